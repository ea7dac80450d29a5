"""Carries out what was decided: desired counts with their scaling activities."""

import logging
from datetime import datetime

from stage.clock import Clock
from stage.control_plane.aws import Aws
from stage.control_plane.reports import Reporter
from stage.target_tracking.model import Decision, ScalableTarget
from stage.target_tracking.scaling_activities import ScalingActivities

_log = logging.getLogger(__name__)


class Performer:
    """Sets desired counts by the API and remembers what it has told, to tell it once."""

    def __init__(self, aws: Aws, reporter: Reporter, clock: Clock) -> None:
        self._aws = aws
        self._reporter = reporter
        self._clock = clock
        self._scaling_activities: dict[str, ScalingActivities] = {}
        self._named: set[tuple[str, str]] = set()

    def activities_of(self, target: ScalableTarget) -> ScalingActivities:
        """The scaling activities of a target, none at first."""
        return self._scaling_activities.setdefault(
            target.resource_id, ScalingActivities(self._reporter, target.resource_id)
        )

    def perform(self, target: ScalableTarget, decision: Decision, before: int, now: datetime) -> None:
        """Set the desired count, if that was decided, and begin the activity that AWS would show.

        Args:
            target: The service.
            decision: To scale out or in, or not at all.
            before: The desired count so far.
            now: AWS time.
        """
        match decision.kind:
            case "none":
                _log.debug("%s stays at %s: %s", target.resource_id, before, decision.cause)
            case "out" | "in":
                self._aws.ecs.update_service(
                    cluster=target.cluster, service=target.service, desiredCount=decision.capacity
                )
                self.activities_of(target).begin(decision, before, now)

    def name_unsupported(self, target: ScalableTarget) -> None:
        """Say in the service's events, once, which of its policies are not evaluated."""
        for sentence in target.unsupported:
            if (target.resource_id, sentence) in self._named:
                continue
            self._named.add((target.resource_id, sentence))
            self._reporter.service_event(target.cluster, target.service, sentence, self._clock.now())
