"""Ends that a task is not asked for, and for how long they excuse what was in its hands."""

from collections.abc import Sequence
from dataclasses import dataclass

from verify.record import Request, ScenarioRecord

# A request may be sent to a killed task until the load balancer has heard of its end; on a slow
# machine it hears later.
KILL_SLACK_SECONDS = 0.25
# So long may a task have been sending a mail when it is killed: the rehearsal's server takes milliseconds.
IN_FLIGHT_SECONDS = 10.0
# A task that hangs ends at last by SIGKILL too.
ABRUPT = ("SIGKILL", "out of memory", "SIGSTOP")
_HUNG = "SIGSTOP"


@dataclass(frozen=True)
class AbruptEnd:
    """A task that was taken away without a chance to finish what it had in hand.

    Attributes:
        task_arn: The task.
        start: Real instant from which on it may have answered nothing.
        end: Real instant from which on nothing may be in its hands any more.
    """

    task_arn: str
    start: float
    end: float


def abrupt_ends(record: ScenarioRecord, service: str) -> Sequence[AbruptEnd]:
    """Those of a service's tasks, in order; a hung one keeps what it has until it is replaced."""
    return [
        AbruptEnd(
            fault.task_arn,
            fault.began_at,
            (fault.replaced_at or record.timeline.ended_at) if fault.kind == _HUNG else fault.done_at,
        )
        for fault in record.faults
        if fault.service == service and fault.kind in ABRUPT
    ]


def open_at_a_kill(record: ScenarioRecord, request: Request) -> bool:
    """Whether a request was under way when a task that answers requests was taken away."""
    slack = slack_seconds(record)
    # Nobody waits for an answer of the sender.
    ends = abrupt_ends(record, record.timeline.api.name)
    return any(request.open_between(end.start - slack, end.end + slack) for end in ends)


def slack_seconds(record: ScenarioRecord) -> float:
    """Real seconds after a kill in which a request may still go to the task."""
    return KILL_SLACK_SECONDS * record.slowness
