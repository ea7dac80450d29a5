"""Scales as the alarms of target tracking policies trigger them."""

import logging
import queue
import threading
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from common.budget import budget
from stage.clock import Clock
from stage.control_plane.aws import Aws
from stage.control_plane.reports import Reporter
from stage.target_tracking.decide import decide, into_bounds
from stage.target_tracking.model import Bounds, ScalableTarget, ScalingInput, TaskCounts
from stage.target_tracking.perform import Performer
from stage.target_tracking.read import read_counts, read_datapoints, read_in_alarm, read_targets
from stage.target_tracking.scheduled_actions import ScheduledActions

_log = logging.getLogger(__name__)

# AWS seconds after which activities in progress and bounds are looked at, whatever alarms do.
_LOOK_SECONDS = 15
_CLOSING_SECONDS = 30.0


class TargetTracking:
    """A thread that does for the stage what Application Auto Scaling does for ECS services.

    It speaks to ECS, CloudWatch and Application Auto Scaling by their APIs alone, so whoever looks
    at alarms, desired counts and scaling activities sees them change as on AWS. When to scale is its
    alarms' to say, which are evaluated as all others; how far is decided here.
    """

    def __init__(self, aws: Aws, reporter: Reporter, clock: Clock) -> None:
        self._aws = aws
        self._clock = clock
        self._performer = Performer(aws, reporter, clock)
        self._scheduled = ScheduledActions(aws, clock.now())
        self._bounds: dict[str, Bounds] = {}
        self._triggered: queue.Queue[Collection[str] | None] = queue.Queue()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="target-tracking", daemon=True)

    def start(self) -> None:
        """Begin to look at bounds, and to act on alarms that trigger."""
        self._thread.start()

    def close(self) -> None:
        """End the thread; nothing is scaled after this returns."""
        self._closing.set()
        self._triggered.put(None)
        if self._thread.is_alive():
            self._thread.join(budget(_CLOSING_SECONDS))

    def trigger(self, alarms: Collection[str]) -> None:
        """Have the policies of alarms carried out, as an action of an alarm does; returns at once.

        What triggers before `start` is not made up for.
        """
        if self._thread.is_alive():
            self._triggered.put(alarms)

    def evaluate(self, now: datetime, triggered: Collection[str] = ()) -> None:
        """Look at the scalable targets once.

        Args:
            now: AWS time.
            triggered: Names of alarms that were found in ALARM just now. Targets that have none of them are
                not scaled, but for bounds that are new.
        """
        self._scheduled.perform(now)
        targets = read_targets(self._aws.autoscaling)
        counts = read_counts(self._aws.ecs, targets)
        self._forget_all_but(targets)
        for target in targets:
            count = counts.get((target.cluster, target.service))
            if count is None:
                continue
            try:
                self._performer.name_unsupported(target)
                self._performer.activities_of(target).settle(count.desired, count.running, now)
                count = self._within_new_bounds(target, count, now)
                if target.alarms & set(triggered):
                    self._scale(target, count, triggered, now)
            except Exception:  # noqa: BLE001 - one target's error must not stop the others
                _log.exception("target tracking of %s failed this minute", target.resource_id)

    def _run(self) -> None:
        while not self._closing.is_set():
            triggered: Collection[str] | None = ()
            with suppress(queue.Empty):
                triggered = self._triggered.get(timeout=self._clock.real_seconds(_LOOK_SECONDS))
            if triggered is None:
                return
            try:
                self.evaluate(self._clock.now(), triggered)
            except Exception:  # noqa: BLE001 - the next look may go well, and it is logged
                if not self._closing.is_set():
                    _log.exception("target tracking failed this minute")

    def _scale(
        self, target: ScalableTarget, count: TaskCounts, triggered: Collection[str], now: datetime
    ) -> None:
        cloudwatch = self._aws.cloudwatch
        decision = decide(
            ScalingInput(
                policies=[tracked.policy for tracked in target.policies],
                datapoints={
                    tracked.policy.name: read_datapoints(cloudwatch, tracked.metric, now)
                    for tracked in target.policies
                },
                triggered=triggered,
                in_alarm=read_in_alarm(cloudwatch, target.alarms),
                capacity=count.desired,
                running=count.running,
                bounds=target.bounds,
                activities=self._performer.activities_of(target).activities,
                now=now,
                deployment_in_progress=count.deploying,
                suspended=target.suspended,
            )
        )
        self._performer.perform(target, decision, count.desired, now)

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
