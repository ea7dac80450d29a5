"""Watches a canary through AWS while a release goes on: its share of the requests, and its tasks."""

import threading
import time
from collections.abc import Sequence
from types import TracebackType
from typing import Self

from botocore.exceptions import BotoCoreError, ClientError

from common.pages import listed
from verify.released import CanarySample
from verify.target import Target
from verify.waiting import START

_SUFFIX = "-canary"
# The weight is what tells whose fault a failed request is, so it is read more often than a minute's figures.
_INTERVAL_SECONDS = 0.5


class CanaryWatch:
    """A thread that samples until it is told to stop; a context manager.

    Args:
        target: The system, in which there need be no canary.
    """

    def __init__(self, target: Target) -> None:
        self._target = target
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="canary-watch", daemon=True)
        self._samples: list[CanarySample] = []
        self._service = target.api_service + _SUFFIX
        self._listeners: Sequence[str] = ()

    def __enter__(self) -> Self:
        """Find the listeners, take the first sample, go on in the background."""
        self._listeners = _listeners(self._target)
        self._samples.append(self.sample())
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop sampling."""
        self._stopped.set()
        self._thread.join(START)

    def samples(self) -> Sequence[CanarySample]:
        """All samples until now, oldest first."""
        return tuple(self._samples)

    def sample(self) -> CanarySample:
        """Weight and tasks as they are now."""
        asked_at = time.time()
        weight = self._weight()
        tasks = self._tasks()
        read = self._target.addresses_of
        addresses = () if read is None else tuple(f"{host}:{port}" for host, port in read(self._service))
        return CanarySample(asked_at, time.time(), weight, tasks, addresses)

    def _run(self) -> None:
        while not self._stopped.wait(_INTERVAL_SECONDS):
            try:
                self._samples.append(self.sample())
            except (BotoCoreError, ClientError):
                # The next one tells; a gap between two samples is as long as it is.
                continue

    def _tasks(self) -> tuple[str, ...]:
        """ARNs of its tasks; none while it is not there."""
        try:
            arns = listed(
                self._target.ecs,
                "list_tasks",
                "taskArns",
                cluster=self._target.cluster,
                serviceName=self._service,
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "ServiceNotFoundException":
                raise
            return ()
        return tuple(sorted(arns))

    def _weight(self) -> int:
        """The canary's percentage of the requests, by the rule that gives it any."""
        shares = [
            group.get("Weight", 0)
            for listener in self._listeners
            for rule in listed(self._target.elbv2, "describe_rules", "Rules", ListenerArn=listener)
            for action in rule["Actions"]
            for group in action.get("ForwardConfig", {}).get("TargetGroups", [])
            if group["TargetGroupArn"] == self._target.canary_target_group
        ]
        return max(shares, default=0)


def _listeners(target: Target) -> Sequence[str]:
    """ARNs of the listeners of the load balancer that the canary's target group belongs to."""
    groups = listed(
        target.elbv2, "describe_target_groups", "TargetGroups", TargetGroupArns=[target.canary_target_group]
    )
    return [
        listener["ListenerArn"]
        for group in groups
        for balancer in group["LoadBalancerArns"]
        for listener in listed(target.elbv2, "describe_listeners", "Listeners", LoadBalancerArn=balancer)
    ]
