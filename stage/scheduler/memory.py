"""Memory of the scheduler: facts about a service that no API tells."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class Tally:
    """Failed tasks of one deployment since a task of it was last found healthy.

    Attributes:
        failed: Tasks that failed, one after the other.
        never_ran: Those of them, one after the other, that did not even reach RUNNING.
        counted: ARNs of stopped tasks that were looked at.
        last_failure: Real time at which the last failure was noticed.
    """

    failed: int = 0
    never_ran: int = 0
    counted: frozenset[str] = frozenset()
    last_failure: datetime | None = None


@dataclass(frozen=True)
class Completed:
    """The last deployment that completed, and the tasks that it had when last seen as the primary."""

    deployment_id: str
    task_definition: str
    count: int


@dataclass(frozen=True)
class Memory:
    """Facts about one service that are kept from pass to pass.

    Attributes:
        proven: ARNs of tasks that were healthy once.
        tallies: Failures by deployment id.
        completed: Where a rollback would go, and what lost tasks of the old revision are replaced by.
        ineligible: Id of the deployment that a rollback in progress goes to: it is no target for
            another one until a deployment has completed.
    """

    proven: frozenset[str] = frozenset()
    tallies: Mapping[str, Tally] = field(default_factory=dict)
    completed: Completed | None = None
    ineligible: str = ""

    def tally(self, deployment_id: str) -> Tally:
        """Failures of a deployment so far."""
        return self.tallies.get(deployment_id, Tally())
