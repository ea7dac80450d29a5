"""Waits until what is out stands: each service's deployment is completed, and its tasks are healthy.

Terraform waits for a service to be steady, which it may be for a moment between two tasks that end as soon as
they run: as many run as are wanted (https://docs.aws.amazon.com/cli/latest/reference/ecs/wait/services-stable.html).
"""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from tenacity import RetryError, Retrying, retry_if_result, stop_after_delay, wait_fixed

from common.pages import described_services, listed
from ops.deployments import rollout_state, tasks_of, why
from ops.environment import Say
from ops.errors import OpsError

# As long as Terraform waits for an update.
_BUDGET_SECONDS = 1800.0
_FAILED = "its deployment FAILED."


@dataclass(frozen=True)
class _Service:
    """A service that is out.

    Attributes:
        name: Its name in ECS.
        target_group: ARN; None where none sends it requests.
    """

    name: str
    target_group: str | None


class Standing:
    """Waits for the services of an environment.

    Args:
        session: boto3's, for the environment's region.
        say: Told what is waited for.
        poll_seconds: Real seconds between two looks.
        budget_seconds: Real seconds that all services get together.
    """

    def __init__(
        self, session: Any, say: Say, poll_seconds: float, budget_seconds: float = _BUDGET_SECONDS
    ) -> None:
        self._ecs, self._elbv2 = session.client("ecs"), session.client("elbv2")
        self._say = say
        self._poll_seconds = poll_seconds
        self._budget_seconds = budget_seconds

    def __call__(self, outputs: Mapping[str, Any]) -> None:
        """Wait until all services stand.

        Args:
            outputs: The root module's.

        Raises:
            OpsError: A deployment failed, or a service does not stand in time; the message says why.
            ClientError: AWS refuses.
            BotoCoreError: AWS does not answer.
        """
        cluster, services = outputs["cluster_name"], list(_services(outputs))
        waiting = Retrying(
            retry=retry_if_result(bool),
            stop=stop_after_delay(self._budget_seconds),
            wait=wait_fixed(self._poll_seconds),
        )
        try:
            waiting(self._open, cluster, services)
        except RetryError as error:
            name, state = error.last_attempt.result()[0]
            raise OpsError(f"{name}: {state} still.{why(self._ecs, cluster, name)}") from None

    def failing(self, outputs: Mapping[str, Any]) -> Callable[[], str]:
        """Gives a function that tells which deployment has failed since, and why; empty while none has.

        Args:
            outputs: The root module's.
        """
        cluster = outputs["cluster_name"]
        before, asked_at = self._failed(cluster), time.monotonic()

        def failing() -> str:
            nonlocal asked_at
            if time.monotonic() - asked_at < self._poll_seconds:
                return ""
            asked_at = time.monotonic()
            try:
                names = sorted(self._failed(cluster) - before)
                return "; ".join(f"{name}: {_FAILED}{why(self._ecs, cluster, name)}" for name in names)
            except (BotoCoreError, ClientError) as error:
                # The apply goes on whether anybody can look at it or not.
                self._say(f"the deployments could not be looked at: {error}")
                return ""

        return failing

    def _failed(self, cluster: str) -> set[str]:
        """Names of services whose newest deployment has failed."""
        arns = listed(self._ecs, "list_services", "serviceArns", cluster=cluster)
        services = described_services(self._ecs, cluster, arns)
        return {one["serviceName"] for one in services if rollout_state(one) == "FAILED"}

    def _open(self, cluster: str, services: list[_Service]) -> list[tuple[str, str]]:
        """Services that do not stand yet, and what each waits for.

        Raises:
            OpsError: A deployment failed.
        """
        described = {
            one["serviceName"]: one
            for one in described_services(self._ecs, cluster, [service.name for service in services])
        }
        found = []
        for service in services:
            if service.name not in described:
                raise OpsError(f"there is no service {service.name} in {cluster}: apply first")
            lacks = self._lacks(cluster, service, described[service.name])
            if lacks:
                found.append((service.name, lacks))
        if found:
            self._say("waiting for " + ", ".join(f"{name}: {lacks}" for name, lacks in found))
        return found

    def _lacks(self, cluster: str, service: _Service, described: Mapping[str, Any]) -> str:
        """Say what a service waits for; empty if it stands."""
        state, wanted = rollout_state(described), described["desiredCount"]
        if state == "FAILED":
            raise OpsError(f"{service.name}: its deployment FAILED.{why(self._ecs, cluster, service.name)}")
        if state != "COMPLETED":
            return f"its deployment is {state}"
        healthy = self._healthy(cluster, service)
        return "" if healthy >= wanted else f"{healthy} of {wanted} tasks are healthy"

    def _healthy(self, cluster: str, service: _Service) -> int:
        """So many tasks are healthy: for the load balancer, else by their containers' own checks."""
        if service.target_group is not None:
            asked = {"TargetGroupArn": service.target_group}
            targets = self._elbv2.describe_target_health(**asked)["TargetHealthDescriptions"]
            return sum(target["TargetHealth"]["State"] == "healthy" for target in targets)
        tasks = tasks_of(self._ecs, cluster, service.name)
        return sum(task["lastStatus"] == "RUNNING" and task["healthStatus"] == "HEALTHY" for task in tasks)


def _services(outputs: Mapping[str, Any]) -> Iterator[_Service]:
    """All services that are out, the canaries' first."""
    api, sender, canary = outputs["notification_api"], outputs["email_sender"], outputs["canary"]
    if canary["service_name"] is not None:
        yield _Service(canary["service_name"], canary["target_group_arn"])
    if canary["sender_service_name"] is not None:
        yield _Service(canary["sender_service_name"], None)
    yield _Service(api["service_name"], api["target_group_arn"])
    yield _Service(sender["service_name"], None)
