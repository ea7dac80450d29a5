"""Watch over an apply: learns from its messages while it goes on."""

from collections.abc import Callable, Mapping
from typing import Any


class ApplyWatch:
    """Watches an apply, which waits for tasks that somebody has to run meanwhile, by its messages.

    Args:
        on_cluster: Called with the ARN of the first ECS cluster as soon as it is there.
        on_waiting: Called about every ten seconds while Terraform waits for an ECS service, with the
            cluster's name and the seconds so far.

    Attributes:
        cluster: Name of the cluster; empty while there is none.
    """

    def __init__(self, on_cluster: Callable[[str], None], on_waiting: Callable[[str, float], None]) -> None:
        self.cluster = ""
        self._on_cluster = on_cluster
        self._on_waiting = on_waiting

    def have(self, cluster_arn: str) -> None:
        """Take a cluster for the first one: it is there."""
        self.cluster = cluster_arn.rpartition("/")[2]
        self._on_cluster(cluster_arn)

    def __call__(self, message: Mapping[str, Any]) -> None:
        """Take one message.

        https://developer.hashicorp.com/terraform/internals/machine-readable-ui#operation-messages
        """
        hook = message.get("hook", {})
        kind = hook.get("resource", {}).get("resource_type")
        match message.get("type"), kind:
            case "apply_complete", "aws_ecs_cluster" if not self.cluster:
                self.have(hook["id_value"])
            case "apply_progress", "aws_ecs_service" if hook["action"] != "delete":
                self._on_waiting(self.cluster, float(hook["elapsed_seconds"]))
