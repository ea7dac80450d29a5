"""Whether a task that hangs, and neither answers nor ends, is replaced."""

from verify.aws_time import AwsTime
from verify.record import ScenarioRecord
from verify.verdict.check import Check, judged
from verify.verdict.tasks import unreplaced

_HUNG = "SIGSTOP"
# What is declared of both health checks, the target group's and the container's: three failures in a row,
# fifteen AWS seconds apart, each after ten real seconds at most.
_CHECKS = 3
_INTERVAL_MINUTES = 0.25
_TIMEOUT_SECONDS = 10.0
# A task that hangs does not end by itself either: so long at most until it is killed
# (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html, stopTimeout).
_STOP_SECONDS = 120.0


def hung_tasks_replaced(record: ScenarioRecord) -> Check:
    """A task that was stopped in its tracks fails its health checks, and another takes its place."""
    hung = [fault for fault in record.faults if fault.kind == _HUNG]
    budget = hung_budget_seconds(record.timeline.time, record.slowness, record.task_budget_seconds)
    wanted = [service for kind, service in record.wanted_faults if kind == _HUNG]
    done = [fault.service for fault in hung]
    delays = [fault.replaced_at - fault.done_at for fault in hung if fault.replaced_at is not None]
    return judged(
        "hung_tasks_replaced",
        f"a task that hangs fails its health checks and is replaced within {budget:.0f} s",
        f"{len(delays)} of {len(hung)} replaced, slowest {max(delays, default=0.0):.1f} s",
        [
            *(f"none of {service} was made to hang" for service in wanted if service not in done),
            *(problem for fault in hung for problem in unreplaced(fault, budget)),
        ],
    )


def hung_budget_seconds(time: AwsTime, slowness: float, task_budget_seconds: float) -> float:
    """Real seconds from the moment at which a task hangs until its service is whole without it.

    Args:
        time: Relation of AWS time to real time.
        slowness: Multiple of the time that a process takes for its work.
        task_budget_seconds: Real seconds within which a task must be started and healthy, or stopped.
    """
    checks = _CHECKS * (time.seconds(_INTERVAL_MINUTES) + _TIMEOUT_SECONDS * slowness)
    return checks + _STOP_SECONDS + task_budget_seconds
