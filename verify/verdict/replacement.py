"""Whether lost tasks come back."""

from collections.abc import Iterator

from verify.aws_time import MINUTE
from verify.timeline import Fault, ScenarioRecord
from verify.verdict.check import Check, judged


def tasks_replaced(record: ScenarioRecord, budget_seconds: float) -> Check:
    """Every lost task is replaced by a new one until as many run as are wanted."""
    delays = [fault.replaced_at - fault.done_at for fault in record.faults if fault.replaced_at is not None]
    return judged(
        "tasks_replaced",
        f"a new task runs in the lost one's place within {budget_seconds:.0f} s",
        f"{len(delays)} of {len(record.faults)} replaced, slowest {max(delays, default=0.0):.1f} s",
        (problem for fault in record.faults for problem in _unreplaced(fault, budget_seconds)),
    )


def faults_injected(record: ScenarioRecord, kinds: tuple[str, ...]) -> Check:
    """Each kind of fault was done to each service: a run without faults proves nothing."""
    done = {(fault.kind, fault.service) for fault in record.faults}
    wanted = [(kind, service.name) for service in record.timeline.services for kind in kinds]
    return judged(
        "faults_injected",
        f"a task of each service is lost by {' and by '.join(kinds)}",
        f"{len(record.faults)} tasks taken away, the fleet at {_cpu_before(record)} CPU",
        (f"no {kind} of {service}" for kind, service in wanted if (kind, service) not in done),
    )


def _cpu_before(record: ScenarioRecord) -> str:
    """CPU of the load-balanced service in the last minute before the first fault."""
    timeline = record.timeline
    first = timeline.time.at(min((fault.began_at for fault in record.faults), default=timeline.ended_at))
    before = [point.value for point in timeline.api.cpu if point.minute + MINUTE <= first]
    return f"{before[-1]:.0f} %" if before else "unknown"


def _unreplaced(fault: Fault, budget_seconds: float) -> Iterator[str]:
    what = f"{fault.service} after {fault.kind}"
    if fault.replaced_at is None:
        yield f"{what}: never replaced"
    elif not fault.replacements:
        yield f"{what}: no new task"
    elif fault.replaced_at - fault.done_at > budget_seconds:
        yield f"{what}: only after {fault.replaced_at - fault.done_at:.1f} s"
