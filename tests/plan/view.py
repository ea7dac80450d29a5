"""A plan in the words of ECS, SQS and IAM."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.plan.references import output_sources, root_scope, sources

Values = dict[str, Any]


@dataclass(frozen=True)
class Container:
    """A container of a task definition."""

    definition: Values

    def __getattr__(self, name: str) -> Any:
        """An argument by ECS's own name, such as `stopTimeout`; None where it is not given."""
        return self.definition.get(name)

    @property
    def environment(self) -> dict[str, str]:
        """Environment variables by name."""
        return {pair["name"]: pair["value"] for pair in self.definition["environment"]}

    @property
    def secrets(self) -> dict[str, str]:
        """Where ECS reads further environment variables from, by their names."""
        return {pair["name"]: pair["valueFrom"] for pair in self.definition.get("secrets", [])}


@dataclass(frozen=True)
class Service:
    """An ECS service with its task definition and its scaling, each as planned.

    Attributes:
        plan: What it is planned in.
        module: Address of the module that makes it.
        service: The ECS service itself.
    """

    plan: "Plan"
    module: str
    service: Values

    @property
    def task(self) -> Values:
        """The task definition."""
        return self.plan.within(self.module, "aws_ecs_task_definition")

    @property
    def containers(self) -> dict[str, Container]:
        """Every container of a task, by name."""
        definitions = json.loads(self.task["container_definitions"])
        return {definition["name"]: Container(definition) for definition in definitions}

    @property
    def container(self) -> Container:
        """The application's container."""
        return self.containers[self.service["name"]]

    @property
    def target(self) -> Values:
        """What autoscaling may change."""
        return self.plan.within(self._autoscaling, "aws_appautoscaling_target")

    @property
    def policy(self) -> Values:
        """The scaling policy that tracks CPU utilisation."""
        return only(
            [
                policy
                for policy in self.plan.all("aws_appautoscaling_policy", self._autoscaling).values()
                if _predefined_metric(policy) == "ECSServiceAverageCPUUtilization"
            ]
        )

    @property
    def _autoscaling(self) -> str:
        name, bracket, index = self.module.partition("[")
        return f"{name}_autoscaling{bracket}{index}"

    @property
    def cpu(self) -> int:
        """CPU units of a task."""
        return int(self.task["cpu"])

    @property
    def memory(self) -> int:
        """MiB of a task."""
        return int(self.task["memory"])

    @property
    def tracking(self) -> Values:
        """The target-tracking configuration."""
        return only(self.policy["target_tracking_scaling_policy_configuration"])

    @property
    def network(self) -> Values:
        """The network configuration."""
        return only(self.service["network_configuration"])


@dataclass(frozen=True)
class Statement:
    """A statement of an IAM policy, with lists made of single values."""

    policy: str
    sid: str
    effect: str
    actions: frozenset[str]
    resources: frozenset[str]
    condition: Values


class Plan:
    """What would be created, by address and by meaning."""

    def __init__(self, plan: Values, folder: Path) -> None:
        self.folder = folder
        # The root module's variables, defaults included.
        self.variables: Values = {name: one["value"] for name, one in plan.get("variables", {}).items()}
        self.warnings: list[str] = plan.get("warnings", [])
        self._configuration = plan["configuration"]["root_module"]
        # Here an output keeps what is known of it; the planned values leave it out altogether.
        self.outputs: Values = {
            name: one.get("after") for name, one in plan.get("output_changes", {}).items()
        }
        self.changes: list[Values] = [
            change for change in plan["resource_changes"] if change["mode"] == "managed"
        ]

    @property
    def configuration(self) -> Values:
        """The root module as written, with the modules it calls."""
        return dict(self._configuration)

    @property
    def actions(self) -> set[str]:
        """What would happen to resources."""
        return {action for change in self.changes for action in change["change"]["actions"]}

    def all(self, kind: str, module: str = "") -> dict[str, Values]:
        """Every resource of a type, by address; those of one module if its address is given."""
        return {
            change["address"]: change["change"]["after"]
            for change in self.changes
            if change["type"] == kind and module in ("", change.get("module_address"))
        }

    def one(self, kind: str, **expected: object) -> Values:
        """The only resource of a type whose arguments are these."""
        return only(
            [
                values
                for values in self.all(kind).values()
                if all(values.get(name) == value for name, value in expected.items())
            ]
        )

    def within(self, module: str, kind: str) -> Values:
        """The only resource of a type in a module, by the module's address."""
        return only(list(self.all(kind, module).values()))

    def service(self, name: str) -> Service:
        """An ECS service by its name."""
        address, service = only(
            [one for one in self.all("aws_ecs_service").items() if one[1]["name"] == name]
        )
        return Service(self, address.removesuffix(".aws_ecs_service.this"), service)

    @property
    def service_names(self) -> set[str]:
        """Every ECS service's name."""
        return {values["name"] for values in self.all("aws_ecs_service").values()}

    def container(self, name: str) -> Container:
        """The container of a service."""
        return self.service(name).container

    @property
    def role_names(self) -> set[str]:
        """Every IAM role's name."""
        return {values["name"] for values in self.all("aws_iam_role").values()}

    def policies_of(self, role: str) -> list[Statement]:
        """Every statement of a role's inline policies, as far as they are known before an apply."""
        return [
            _statement(policy["name"], statement)
            for policy in self.all("aws_iam_role_policy").values()
            if policy["role"] == role and "policy" in policy
            for statement in _as_list(json.loads(policy["policy"])["Statement"])
        ]

    def policy_statements(self, role: str) -> dict[str, Statement]:
        """What a role's inline policies say, by statement id."""
        return {statement.sid: statement for statement in self.policies_of(role)}

    def sources(self, address: str, *path: str) -> set[str]:
        """Addresses of the resources that an argument takes its value from."""
        return sources(root_scope(self.folder), address, *path)

    def output_sources(self, name: str) -> set[str]:
        """Addresses of the resources that an output of the root module takes its value from."""
        return output_sources(root_scope(self.folder), name)

    def written(self, address: str) -> Values:
        """The arguments that a resource is written with."""
        return dict(self._found(address)["expressions"])

    def depends_on(self, address: str) -> list[str]:
        """What a resource waits for by `depends_on`, as written in its module."""
        return list(self._found(address)["depends_on"])

    def _found(self, address: str) -> Values:
        """A resource of the configuration."""
        module, name = self._configuration, address
        while name.startswith("module."):
            _, call, name = name.split(".", 2)
            module = module["module_calls"][call]["module"]
        return dict(only([found for found in module["resources"] if found["address"] == name]))


def only(items: list[Any]) -> Any:
    """The single item of a list.

    Raises:
        AssertionError: There is none, or more than one.
    """
    assert 1 == len(items), f"expected one, found {len(items)}: {items}"
    return items[0]


def _statement(policy: str, statement: Values) -> Statement:
    return Statement(
        policy,
        statement.get("Sid", ""),
        statement["Effect"],
        frozenset(_as_list(statement["Action"])),
        frozenset(_as_list(statement["Resource"])),
        statement.get("Condition", {}),
    )


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _predefined_metric(policy: Values) -> str | None:
    """What a target-tracking policy tracks; None for a metric of the customer's own."""
    (tracking,) = policy["target_tracking_scaling_policy_configuration"]
    metrics = tracking["predefined_metric_specification"]
    return metrics[0]["predefined_metric_type"] if metrics else None
