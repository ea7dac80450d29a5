"""Envoy's view of its endpoints as target health, in the ELBv2 API's words.

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stage.control_plane.reports import TargetHealth
from stage.load_balancer.model import Endpoint, EndpointHealth, Target, TargetGroup

HEALTHY = TargetHealth("healthy")
REGISTERING = TargetHealth("initial", "Elb.RegistrationInProgress", "Target registration is in progress")
CHECKING = TargetHealth("initial", "Elb.InitialHealthChecking", "Initial health checks in progress")
DRAINING = TargetHealth("draining", "Target.DeregistrationInProgress", "Target deregistration is in progress")
NOT_IN_USE = TargetHealth(
    "unused", "Target.NotInUse", "Target group is not configured to receive traffic from the load balancer"
)
TIMED_OUT = TargetHealth("unhealthy", "Target.Timeout", "Request timed out")
FAILED = TargetHealth("unhealthy", "Target.FailedHealthChecks", "Health checks failed")


@dataclass(frozen=True)
class FailedCheck:
    """One failed health check.

    Attributes:
        endpoint: Who failed it.
        timed_out: Nothing came back in time.
        status: The status that came back; 0 if none did.
    """

    endpoint: Endpoint
    timed_out: bool
    status: int

    def verdict(self) -> TargetHealth:
        """Reason and description that the API gives for a target that is unhealthy because of this check."""
        if self.timed_out:
            return TIMED_OUT
        if self.status:
            description = f"Health checks failed with these codes: [{self.status}]"
            return TargetHealth("unhealthy", "Target.ResponseCodeMismatch", description)
        return FAILED


class FailureLog:
    """Reads the failed checks that Envoy logs, each once."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._offset = 0

    def new(self) -> list[FailedCheck]:
        """Failed checks logged since the last call."""
        try:
            with self._path.open("rb") as log:
                log.seek(self._offset)
                text = log.read()
        except FileNotFoundError:
            return []
        # The last line may be half written: it is read next time.
        whole = text[: text.rfind(b"\n") + 1]
        self._offset += len(whole)
        checks = (_failed_check(json.loads(line)) for line in whole.splitlines())
        return [check for check in checks if check is not None]


def _failed_check(event: dict[str, Any]) -> FailedCheck | None:
    failure = event.get("health_check_failure_event")
    if failure is None:
        return None
    host = event["host"]["socket_address"]
    return FailedCheck(
        Endpoint(event["cluster_name"], host["address"], host["port_value"]),
        timed_out=failure["failure_type"] == "NETWORK_TIMEOUT",
        status=failure.get("http_status_code", 0),
    )


@dataclass
class _Record:
    """History of a registered target: Envoy itself forgets why and how often it failed."""

    passed: bool = False
    failures: int = 0
    verdict: TargetHealth = FAILED


class TargetStates:
    """Follows targets from registration to the end of their deregistration delay.

    Args:
        real_address: Where the target with a given private IPv4 address listens.
    """

    def __init__(self, real_address: Callable[[str], str]) -> None:
        self._real_address = real_address
        self._records: dict[str, dict[Target, _Record]] = {}
        self._draining: dict[str, dict[Target, float]] = {}

    def registered(
        self, group: TargetGroup, targets: Iterable[Target], now: float, deregistration_delay: float
    ) -> None:
        """Update the targets that are registered with a group.

        A target that is no longer registered shows as draining until its delay is over, even if
        nothing was in flight
        (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html).

        Args:
            group: The target group.
            targets: Its registered targets.
            now: Real seconds on any steady clock.
            deregistration_delay: Real seconds.
        """
        present = set(targets)
        records = self._records.setdefault(group.arn, {})
        draining = self._draining.setdefault(group.arn, {})
        for target in records.keys() - present:
            del records[target]
            draining[target] = now + deregistration_delay
        for target in present:
            records.setdefault(target, _Record())
            draining.pop(target, None)

    def health(
        self,
        group: TargetGroup,
        endpoints: Mapping[Endpoint, EndpointHealth],
        out: Mapping[str, TargetHealth],
        now: float,
    ) -> dict[tuple[str, int], TargetHealth]:
        """Health of every target of a group that is in use, the draining ones included.

        Args:
            group: The target group.
            endpoints: What Envoy says.
            out: What holds for real addresses that get no requests any more, whatever Envoy says.
            now: Real seconds on the clock of `registered`.
        """
        draining = self._draining.get(group.arn, {})
        for target in [target for target, until in draining.items() if until <= now]:
            del draining[target]
        states: dict[tuple[str, int], TargetHealth] = dict.fromkeys(draining, DRAINING)
        for target, record in self._records.get(group.arn, {}).items():
            endpoint = self._endpoint(group, target)
            states[target] = out.get(endpoint.address) or _state(record, endpoints.get(endpoint), group)
        return states

    def unused(self, group: TargetGroup) -> dict[tuple[str, int], TargetHealth]:
        """Health of every target of a group to which no listener forwards."""
        return dict.fromkeys(self._records.get(group.arn, {}), NOT_IN_USE)

    def note_failures(self, groups: Iterable[TargetGroup], failures: Iterable[FailedCheck]) -> None:
        """Count failed checks and remember why the last one failed."""
        records = {
            self._endpoint(group, target): record
            for group in groups
            for target, record in self._records.get(group.arn, {}).items()
        }
        for failure in failures:
            record = records.get(failure.endpoint)
            if record is not None:
                record.failures += 1
                record.verdict = failure.verdict()

    def _endpoint(self, group: TargetGroup, target: Target) -> Endpoint:
        return Endpoint(group.name, self._real_address(target.ip), target.port)


def _state(record: _Record, endpoint: EndpointHealth | None, group: TargetGroup) -> TargetHealth:
    if endpoint is None:
        return REGISTERING
    if endpoint.pending:
        return CHECKING
    if not endpoint.failed:
        record.passed = True
        return HEALTHY
    # Envoy holds back a new target after one failed check, the API calls it initial until it has
    # failed as often as makes any target unhealthy.
    if not record.passed and record.failures < group.health_check.unhealthy_threshold:
        return CHECKING
    return TIMED_OUT if endpoint.timed_out else record.verdict
