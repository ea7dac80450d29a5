"""The verdict on requests that clients lost."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from verify.timeline import Fault, Request, ScenarioRecord
from verify.verdict.check import Basis, Check, judged

# The load balancer does not repeat a request, so those on a killed task are lost; no more than these.
LOST_SHARE = 0.001
# A request may be sent to a killed task until the load balancer has heard of its end; on a slow
# machine it hears later.
KILL_SLACK_SECONDS = 0.25
# What a client meets of a system that has too little time: no answer (0), no target that passed its
# health check in time (503), a target that did not answer in time (504). A 502 comes of a connection
# that a target closed on a request, which no lack of time does
# (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html).
STARVED_STATUSES = (0, 503, 504)
_ERRORS_SHOWN = 3


def no_request_failed(record: ScenarioRecord) -> Check:
    """Every request was accepted."""
    failed = _failed(record)
    return judged(
        "no_request_failed",
        "no request fails while the fleet grows and shrinks",
        f"{len(failed)} of {len(record.requests)} failed",
        **_told(record, failed),
    )


def failed_only_in_flight(record: ScenarioRecord) -> Check:
    """Requests fail only if they were open when a task was killed; the load balancer repeats none."""
    failed = _failed(record)
    others = [request for request in failed if not _in_flight_at_a_kill(record, request)]
    return judged(
        "failed_only_in_flight",
        f"requests fail only if they were open at a SIGKILL (± {_kill_slack(record):.2g} s), which the load"
        " balancer does not hide",
        f"{len(failed)} failed, {len(failed) - len(others)} of them in flight at a kill",
        **_told(record, others),
    )


def few_requests_failed(record: ScenarioRecord) -> Check:
    """The share of lost requests is bounded."""
    failed = _failed(record)
    share = len(failed) / len(record.requests) if record.requests else 1.0
    return judged(
        "few_requests_failed",
        f"at most {LOST_SHARE:.1%} of all requests fail",
        f"{len(failed)} of {len(record.requests)} = {share:.3%}",
        [f"{share:.3%} failed"] if share > LOST_SHARE else [],
    )


def stop_task_loses_nothing(record: ScenarioRecord) -> Check:
    """A task that is stopped through the API is drained first, so no request notices."""
    stops = [fault for fault in record.faults if fault.kind == "ecs.stop_task"]
    end = record.timeline.ended_at
    lost = [
        request
        for request in _failed(record)
        if not _in_flight_at_a_kill(record, request)
        and any(request.open_between(stop.began_at, stop.replaced_at or end) for stop in stops)
    ]
    return judged(
        "stop_task_loses_nothing",
        "no request fails from ecs.stop_task until the task is replaced",
        f"{len(stops)} tasks stopped, {len(lost)} requests failed",
        **_told(record, lost),
    )


def _failed(record: ScenarioRecord) -> Sequence[Request]:
    return [request for request in record.requests if not request.accepted]


def _kills(record: ScenarioRecord) -> Sequence[Fault]:
    """Kills of tasks that answer requests; nobody waits for an answer of the sender."""
    return [
        fault
        for fault in record.faults
        if fault.kind == "SIGKILL" and fault.service == record.timeline.api.name
    ]


def _in_flight_at_a_kill(record: ScenarioRecord, request: Request) -> bool:
    slack = _kill_slack(record)
    return any(request.open_between(kill.began_at - slack, kill.done_at + slack) for kill in _kills(record))


def _kill_slack(record: ScenarioRecord) -> float:
    return KILL_SLACK_SECONDS * record.slowness


def _told(record: ScenarioRecord, failed: Sequence[Request]) -> dict[str, Any]:
    """Arguments of a check on failed requests; those that a starved host may explain are listed apart."""
    excusable = [request for request in failed if request.status in STARVED_STATUSES]
    others = [request for request in failed if request.status not in STARVED_STATUSES]
    return {
        "problems": _summary(record, others),
        "basis": Basis.DECISIONS,
        "late": _summary(record, excusable),
    }


def _summary(record: ScenarioRecord, failed: Sequence[Request]) -> Sequence[str]:
    """The commonest errors and when the first of each came, for whoever has to find the cause."""
    began = record.timeline.started_at
    reasons = Counter(f"status {request.status} {request.error}".strip() for request in failed)
    first: dict[str, float] = {}
    for request in failed:
        first.setdefault(f"status {request.status} {request.error}".strip(), request.started_at - began)
    return [
        f"{count} x {reason}, first at {first[reason]:.1f} s"
        for reason, count in reasons.most_common(_ERRORS_SHOWN)
    ]
