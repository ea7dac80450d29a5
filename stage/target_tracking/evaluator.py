"""Evaluates every target tracking policy once an AWS minute."""

import logging
import threading
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError

from stage.clock import Clock
from stage.control_plane.aws import Aws
from stage.control_plane.reports import Reporter
from stage.host.budget import budget
from stage.target_tracking import alarms
from stage.target_tracking.metric import read_datapoints
from stage.target_tracking.model import Bounds, Datapoint, Decision, Policy, ScalingInput
from stage.target_tracking.read import ScalableTarget, read_targets
from stage.target_tracking.rule import decide, into_bounds
from stage.target_tracking.scaling_activities import ScalingActivities

_log = logging.getLogger(__name__)

# AWS seconds after a minute's end at which its datapoints are looked for. A target is evaluated as
# soon as all of them are there; at the last look, a datapoint that is not there is missing. One that
# comes later still is looked at in the next minutes, as part of the alarms' evaluation range.
_LOOKS = (5, 10, 15, 20, 30, 45)
_CLOSING_SECONDS = 30.0


@dataclass(frozen=True)
class _Count:
    desired: int
    running: int
    deploying: bool


class TargetTracking:
    """A thread that does for the stage what Application Auto Scaling does for ECS services.

    It speaks to ECS, CloudWatch and Application Auto Scaling by their APIs alone, so whoever looks
    at alarms, desired counts and scaling activities sees them change as on AWS.
    """

    def __init__(self, aws: Aws, reporter: Reporter, clock: Clock) -> None:
        self._aws = aws
        self._reporter = reporter
        self._clock = clock
        self._scaling_activities: dict[str, ScalingActivities] = {}
        self._bounds: dict[str, Bounds] = {}
        self._alarm_states: dict[str, str] = {}
        self._named: set[tuple[str, str]] = set()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="target-tracking", daemon=True)

    def start(self) -> None:
        """Begin with the next AWS minute."""
        self._thread.start()

    def close(self) -> None:
        """End the thread; nothing is scaled after this returns."""
        self._closing.set()
        if self._thread.is_alive():
            self._thread.join(budget(_CLOSING_SECONDS))

    def evaluate(self, now: datetime, only: Collection[str] | None = None, *, final: bool = True) -> set[str]:
        """Evaluate the scalable targets once.

        Args:
            now: AWS time.
            only: Resource ids to decide on, all if None; activities in progress are settled for all.
            final: Take a datapoint that is not there yet for missing, rather than wait for it.

        Returns:
            The resource ids that still wait for a datapoint of the last closed minute.
        """
        targets = read_targets(self._aws.autoscaling)
        counts = self._counts(targets)
        self._forget_all_but(targets)
        waiting = set()
        for target in targets:
            count = counts.get((target.cluster, target.service))
            if count is None:
                continue
            try:
                self._activities_of(target).settle(count.desired, count.running, now)
                count = self._within_new_bounds(target, count, now)
                if (only is None or target.resource_id in only) and not self._decided(
                    target, count, now, final
                ):
                    waiting.add(target.resource_id)
            except Exception:  # noqa: BLE001 - one target's error must not stop the others
                _log.exception("target tracking of %s failed this minute", target.resource_id)
        return waiting

    def _run(self) -> None:
        minute = _floor(self._clock.now())
        while not self._closing.is_set():
            minute = max(minute + alarms.MINUTE, _floor(self._clock.now()))
            if not self._wait_until(minute):
                self._minute(minute)

    def _minute(self, minute: datetime) -> None:
        waiting: set[str] | None = None
        for look in _LOOKS:
            nothing_left = waiting is not None and not waiting
            if nothing_left and not any(
                scaling_activities.in_progress for scaling_activities in self._scaling_activities.values()
            ):
                return
            if self._wait_until(minute + timedelta(seconds=look)):
                return
            try:
                waiting = self.evaluate(self._clock.now(), waiting, final=look == _LOOKS[-1])
            except Exception:  # noqa: BLE001 - the next look may go well, and it is logged
                _log.exception("target tracking failed this minute")

    def _wait_until(self, moment: datetime) -> bool:
        """Wait for an AWS time; True when closing."""
        left = self._clock.real_seconds((moment - self._clock.now()).total_seconds())
        return self._closing.wait(max(0.0, left))

    def _decided(self, target: ScalableTarget, count: _Count, now: datetime, final: bool) -> bool:
        datapoints = {
            tracked.policy.name: read_datapoints(self._aws.cloudwatch, tracked.metric, now)
            for tracked in target.policies
        }
        if not final and not all(alarms.up_to_date(series, now) for series in datapoints.values()):
            return False
        self._name_unsupported(target)
        policies = [tracked.policy for tracked in target.policies]
        for policy in policies:
            self._set_alarms(policy, datapoints[policy.name], now)
        decision = decide(
            ScalingInput(
                policies,
                datapoints,
                count.desired,
                count.running,
                target.bounds,
                self._activities_of(target).activities,
                now,
                count.deploying,
                target.suspended,
            )
        )
        if decision.kind == "none":
            _log.debug("%s stays at %s: %s", target.resource_id, count.desired, decision.cause)
            return True
        self._scale(target, decision, count, now)
        return True

    def _within_new_bounds(self, target: ScalableTarget, count: _Count, now: datetime) -> _Count:
        """Correct a desired count outside of bounds that are new; the count as it is then."""
        if self._bounds.get(target.resource_id) == target.bounds:
            return count
        correction = into_bounds(count.desired, target.bounds, deploying=count.deploying)
        if correction.kind != "none":
            self._scale(target, correction, count, now)
        if correction.capacity == target.bounds.clamp(correction.capacity):
            self._bounds[target.resource_id] = target.bounds
        return replace(count, desired=correction.capacity)

    def _forget_all_but(self, targets: Sequence[ScalableTarget]) -> None:
        """Forget the bounds of targets that are registered no more: the next ones are new."""
        registered = {target.resource_id for target in targets}
        self._bounds = {name: bounds for name, bounds in self._bounds.items() if name in registered}

    def _scale(self, target: ScalableTarget, decision: Decision, count: _Count, now: datetime) -> None:
        self._aws.ecs.update_service(
            cluster=target.cluster, service=target.service, desiredCount=decision.capacity
        )
        self._activities_of(target).begin(decision, count.desired, now)

    def _set_alarms(self, policy: Policy, datapoints: Sequence[Datapoint], now: datetime) -> None:
        for name, state in (
            (policy.alarm_high, alarms.high(policy, datapoints, now)),
            (policy.alarm_low, alarms.low(policy, datapoints, now)),
        ):
            if not name or self._alarm_states.get(name) == state:
                continue
            try:
                self._aws.cloudwatch.set_alarm_state(
                    AlarmName=name, StateValue=state, StateReason=f"target tracking at {policy.target:g}"
                )
            except ClientError as error:
                # Somebody deleted the alarm; AWS would stop scaling, but the metric is still there.
                _log.warning("cannot set alarm %s: %s", name, error)
            self._alarm_states[name] = state

    def _name_unsupported(self, target: ScalableTarget) -> None:
        for sentence in target.unsupported:
            if (target.resource_id, sentence) in self._named:
                continue
            self._named.add((target.resource_id, sentence))
            self._reporter.service_event(target.cluster, target.service, sentence, self._clock.now())

    def _counts(self, targets: Sequence[ScalableTarget]) -> dict[tuple[str, str], _Count]:
        counts = {}
        for cluster in sorted({target.cluster for target in targets}):
            names = sorted(target.service for target in targets if target.cluster == cluster)
            for start in range(0, len(names), 10):
                answer = self._aws.ecs.describe_services(cluster=cluster, services=names[start : start + 10])
                for service in answer["services"]:
                    if service["status"] == "ACTIVE":
                        counts[cluster, service["serviceName"]] = _count(service)
        return counts

    def _activities_of(self, target: ScalableTarget) -> ScalingActivities:
        return self._scaling_activities.setdefault(
            target.resource_id, ScalingActivities(self._reporter, target.resource_id)
        )


def _count(service: dict[str, Any]) -> _Count:
    deployments = service.get("deployments", [])
    deploying = len(deployments) > 1 or any(d.get("rolloutState") == "IN_PROGRESS" for d in deployments)
    return _Count(service["desiredCount"], service["runningCount"], deploying)


def _floor(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)
