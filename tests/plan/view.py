"""A plan in the words of ECS, SQS and IAM."""

import json
from dataclasses import dataclass
from typing import Any

from tests.plan.references import find, output_sources, sources

Values = dict[str, Any]


@dataclass(frozen=True)
class Container:
    """The one container of a task definition."""

    definition: Values

    def __getattr__(self, name: str) -> Any:
        """An argument by ECS's own name, such as `stopTimeout`; None where it is not given."""
        return self.definition.get(name)

    @property
    def environment(self) -> dict[str, str]:
        """Environment variables by name."""
        return {pair["name"]: pair["value"] for pair in self.definition["environment"]}


@dataclass(frozen=True)
class Service:
    """An ECS service with its task definition and its scaling, each as planned."""

    service: Values
    task: Values
    container: Container
    target: Values
    policy: Values

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

    sid: str
    effect: str
    actions: frozenset[str]
    resources: frozenset[str]
    condition: Values


class Plan:
    """What would be created, by address and by meaning."""

    def __init__(self, plan: Values) -> None:
        self._configuration = plan["configuration"]["root_module"]
        # Here an output keeps what is known of it; the planned values leave it out altogether.
        self.outputs: Values = {name: one.get("after") for name, one in plan["output_changes"].items()}
        self._changes = [change for change in plan["resource_changes"] if change["mode"] == "managed"]

    @property
    def configuration(self) -> Values:
        """The root module as written, with the modules it calls."""
        return dict(self._configuration)

    @property
    def actions(self) -> set[str]:
        """What would happen to resources."""
        return {action for change in self._changes for action in change["change"]["actions"]}

    def all(self, kind: str) -> dict[str, Values]:
        """Every resource of a type, by address."""
        return {
            change["address"]: change["change"]["after"] for change in self._changes if change["type"] == kind
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

    def service(self, name: str) -> Service:
        """An ECS service by its name."""
        module = f"module.{name.replace('-', '_')}."
        task = self._in(module, "aws_ecs_task_definition")
        container = only(json.loads(task["container_definitions"]))
        target = self._in(f"{module[:-1]}_autoscaling.", "aws_appautoscaling_target")
        policy = self._in(f"{module[:-1]}_autoscaling.", "aws_appautoscaling_policy")
        return Service(self.one("aws_ecs_service", name=name), task, Container(container), target, policy)

    def container(self, name: str) -> Container:
        """The container of a service."""
        return self.service(name).container

    def policy_statements(self, role: str) -> dict[str, Statement]:
        """What a role's inline policies say, by statement id."""
        statements = [
            statement
            for policy in self.all("aws_iam_role_policy").values()
            if policy["role"] == role
            for statement in _as_list(json.loads(policy["policy"])["Statement"])
        ]
        return {
            statement["Sid"]: Statement(
                statement["Sid"],
                statement["Effect"],
                frozenset(_as_list(statement["Action"])),
                frozenset(_as_list(statement["Resource"])),
                statement.get("Condition", {}),
            )
            for statement in statements
        }

    def sources(self, address: str, *path: str) -> set[str]:
        """Addresses of the resources that an argument takes its value from."""
        return sources(self._configuration, address, *path)

    def output_sources(self, name: str) -> set[str]:
        """Addresses of the resources that an output of the root module takes its value from."""
        return output_sources(self._configuration, name)

    def written(self, address: str) -> Values:
        """The arguments that a resource is written with."""
        return dict(find(self._configuration, address)["expressions"])

    def depends_on(self, address: str) -> list[str]:
        """What a resource waits for by `depends_on`, as written in its module."""
        return list(find(self._configuration, address)["depends_on"])

    def _in(self, module: str, kind: str) -> Values:
        return only([values for address, values in self.all(kind).items() if address.startswith(module)])


def only(items: list[Any]) -> Any:
    """The single item of a list.

    Raises:
        AssertionError: There is none, or more than one.
    """
    assert len(items) == 1, f"expected one, found {len(items)}: {items}"
    return items[0]


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
