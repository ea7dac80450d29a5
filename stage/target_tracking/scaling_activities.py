"""The scaling activities of one scalable target, kept and reported."""

import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from stage.control_plane.reports import Reporter
from stage.target_tracking.model import DIMENSION, Activity, Decision

# More than can be cooling at once; older ones decide nothing.
_KEPT = 50


class ScalingActivities:
    """Scaling activities of one target, kept for later decisions and reported to the control plane.

    An activity is in progress until ECS runs as many tasks as it asked for; its cooldown starts then
    (https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-scaling-activities.html).
    """

    def __init__(self, reporter: Reporter, resource_id: str) -> None:
        self._reporter = reporter
        self._resource_id = resource_id
        self._activities: list[Activity] = []
        self._open: dict[str, Any] | None = None

    @property
    def activities(self) -> Sequence[Activity]:
        """All activities that may still matter, oldest first."""
        return tuple(self._activities)

    @property
    def in_progress(self) -> bool:
        """Whether ECS has still to fulfil the last activity."""
        return self._open is not None

    def begin(self, decision: Decision, before: int, now: datetime) -> None:
        """Record a scaling that ECS has accepted."""
        if self._open is not None:
            self._end(now, "Overridden", f"Found it was later changed to {decision.capacity}.")
        if decision.kind == "none":
            raise ValueError("a decision to do nothing is no activity")
        activity = Activity(decision.kind, before, decision.capacity, None, decision.cooldown)
        self._activities = [*self._activities[-_KEPT:], activity]
        self._open = {
            "ActivityId": str(uuid.uuid4()),
            "ServiceNamespace": "ecs",
            "ResourceId": self._resource_id,
            "ScalableDimension": DIMENSION,
            "Description": f"Setting desired count to {decision.capacity}.",
            "Cause": decision.cause,
            "StartTime": now,
            "StatusCode": "InProgress",
            "StatusMessage": f"{self._set()} Waiting for change to be fulfilled by ecs.",
        }
        self._reporter.scaling_activity(self._open)

    def settle(self, desired: int, running: int, now: datetime) -> None:
        """End the activity in progress once ECS has fulfilled it, or someone else changed the count."""
        if self._open is None:
            return
        current = self._activities[-1]
        if desired != current.after:
            self._end(now, "Overridden", f"Found it was later changed to {desired}.")
        elif running >= desired if current.kind == "out" else running <= desired:
            self._end(now, "Successful", "Change successfully fulfilled by ecs.")

    def _end(self, now: datetime, status: str, message: str) -> None:
        if self._open is None:
            return
        closed = {
            **self._open,
            "EndTime": now,
            "StatusCode": status,
            "StatusMessage": f"{self._set()} {message}",
        }
        self._activities[-1] = replace(self._activities[-1], ended_at=now)
        self._open = None
        self._reporter.scaling_activity(closed)

    def _set(self) -> str:
        return f"Successfully set desired count to {self._activities[-1].after}."
