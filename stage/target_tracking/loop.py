"""Evaluates every target tracking policy once an AWS minute."""

import logging
import threading
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from stage.clock import MINUTE, Clock, minute_of
from stage.control_plane.aws import Aws
from stage.control_plane.reports import Reporter
from stage.host.budget import budget
from stage.target_tracking import alarms
from stage.target_tracking.decide import decide, into_bounds
from stage.target_tracking.model import Bounds, ScalableTarget, ScalingInput, TaskCounts
from stage.target_tracking.perform import Performer
from stage.target_tracking.read import read_counts, read_datapoints, read_targets

_log = logging.getLogger(__name__)

# AWS seconds after a minute's end at which its datapoints are looked for. A target is evaluated as
# soon as all of them are there; at the last look, a datapoint that is not there is missing. One that
# comes later still is looked at in the next minutes, as part of the alarms' evaluation range.
_LOOKS = (5, 10, 15, 20, 30, 45)
_CLOSING_SECONDS = 30.0


class TargetTracking:
    """A thread that does for the stage what Application Auto Scaling does for ECS services.

    It speaks to ECS, CloudWatch and Application Auto Scaling by their APIs alone, so whoever looks
    at alarms, desired counts and scaling activities sees them change as on AWS.
    """

    def __init__(self, aws: Aws, reporter: Reporter, clock: Clock) -> None:
        self._aws = aws
        self._clock = clock
        self._performer = Performer(aws, reporter, clock)
        self._bounds: dict[str, Bounds] = {}
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
        counts = read_counts(self._aws.ecs, targets)
        self._forget_all_but(targets)
        waiting = set()
        for target in targets:
            count = counts.get((target.cluster, target.service))
            if count is None:
                continue
            try:
                self._performer.activities_of(target).settle(count.desired, count.running, now)
                count = self._within_new_bounds(target, count, now)
                if (only is None or target.resource_id in only) and not self._decided(
                    target, count, now, final
                ):
                    waiting.add(target.resource_id)
            except Exception:  # noqa: BLE001 - one target's error must not stop the others
                _log.exception("target tracking of %s failed this minute", target.resource_id)
        return waiting

    def _run(self) -> None:
        minute = minute_of(self._clock.now())
        while not self._closing.is_set():
            minute = max(minute + MINUTE, minute_of(self._clock.now()))
            if not self._closing.wait(self._clock.real_seconds_until(minute)):
                self._minute(minute)

    def _minute(self, minute: datetime) -> None:
        waiting: set[str] | None = None
        for look in _LOOKS:
            nothing_left = waiting is not None and not waiting
            if nothing_left and not self._performer.in_progress:
                return
            if self._closing.wait(self._clock.real_seconds_until(minute + timedelta(seconds=look))):
                return
            try:
                waiting = self.evaluate(self._clock.now(), waiting, final=look == _LOOKS[-1])
            except Exception:  # noqa: BLE001 - the next look may go well, and it is logged
                _log.exception("target tracking failed this minute")

    def _decided(self, target: ScalableTarget, count: TaskCounts, now: datetime, final: bool) -> bool:
        datapoints = {
            tracked.policy.name: read_datapoints(self._aws.cloudwatch, tracked.metric, now)
            for tracked in target.policies
        }
        if not final and not all(alarms.up_to_date(series, now) for series in datapoints.values()):
            return False
        self._performer.name_unsupported(target)
        policies = [tracked.policy for tracked in target.policies]
        for policy in policies:
            series = datapoints[policy.name]
            self._performer.set_alarms(
                policy, alarms.high(policy, series, now), alarms.low(policy, series, now)
            )
        decision = decide(
            ScalingInput(
                policies,
                datapoints,
                count.desired,
                count.running,
                target.bounds,
                self._performer.activities_of(target).activities,
                now,
                count.deploying,
                target.suspended,
            )
        )
        self._performer.perform(target, decision, count.desired, now)
        return True

    def _within_new_bounds(self, target: ScalableTarget, count: TaskCounts, now: datetime) -> TaskCounts:
        """Correct a desired count outside of bounds that are new; the count as it is then."""
        if self._bounds.get(target.resource_id) == target.bounds:
            return count
        correction = into_bounds(count.desired, target.bounds, deploying=count.deploying)
        self._performer.perform(target, correction, count.desired, now)
        if correction.capacity == target.bounds.clamp(correction.capacity):
            self._bounds[target.resource_id] = target.bounds
        return replace(count, desired=correction.capacity)

    def _forget_all_but(self, targets: Sequence[ScalableTarget]) -> None:
        """Forget the bounds of targets that are registered no more: the next ones are new."""
        registered = {target.resource_id for target in targets}
        self._bounds = {name: bounds for name, bounds in self._bounds.items() if name in registered}
