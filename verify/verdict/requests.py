"""The verdict on requests that clients lost."""

import math
from collections import Counter
from collections.abc import Sequence
from typing import Any

from verify.record import Request, ScenarioRecord
from verify.verdict.check import Basis, Check, judged
from verify.verdict.kills import AbruptEnd, abrupt_ends, open_at_a_kill, slack_seconds

# The load balancer does not repeat a request, so those on a killed task are lost: its share of what was
# open then, and of all requests no more than these.
LOST_SHARE = 0.001
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
        "no request fails",
        f"{len(failed)} of {len(record.requests)} failed",
        **failures_told(record, failed),
    )


def failed_only_in_flight(record: ScenarioRecord) -> Check:
    """Requests fail only if they were open when a task was killed or hung; the load balancer repeats none."""
    failed = _failed(record)
    others = [request for request in failed if not open_at_a_kill(record, request)]
    return judged(
        "failed_only_in_flight",
        "requests fail only if they were open at a SIGKILL, or while a task hung"
        f" (± {slack_seconds(record):.2g} s), which the load balancer does not hide",
        f"{len(failed)} failed, {len(failed) - len(others)} of them in flight at a kill",
        **failures_told(record, others),
    )


def few_requests_failed(record: ScenarioRecord) -> Check:
    """Bound what is lost: a killed task's share of the requests that were open, and hardly any other.

    How many are open at a kill depends on the rate and on the machine, so a share of all would not do.
    """
    failed, total = _failed(record), len(record.requests)
    at_kills = sum(_share_of_open(record, end) for end in abrupt_ends(record, record.timeline.api.name))
    allowed = math.ceil(at_kills) + int(LOST_SHARE * total)
    problems = [] if total else ["no request was made"]
    if len(failed) > allowed:
        problems.append(f"{len(failed)} failed")
    return judged(
        "few_requests_failed",
        f"at most {LOST_SHARE:.1%} of all requests fail, and of those open at a kill its task's share",
        f"{len(failed)} of {total}, {allowed} allowed",
        problems,
    )


def _share_of_open(record: ScenarioRecord, end: AbruptEnd) -> float:
    """Requests that a task lost at most at its end: the load balancer gives tasks their turn."""
    slack = slack_seconds(record)
    opened = sum(request.open_between(end.start - slack, end.end + slack) for request in record.requests)
    before = [sample.running for sample in record.timeline.api.samples if sample.at <= end.start]
    return opened / max(1, before[-1] if before else 1)


def stop_task_loses_nothing(record: ScenarioRecord) -> Check:
    """A task that is stopped through the API is drained first, so no request notices."""
    stops = [fault for fault in record.faults if fault.kind == "ecs.stop_task"]
    end = record.timeline.ended_at
    lost = [
        request
        for request in _failed(record)
        if not open_at_a_kill(record, request)
        and any(request.open_between(stop.began_at, stop.replaced_at or end) for stop in stops)
    ]
    return judged(
        "stop_task_loses_nothing",
        "no request fails from ecs.stop_task until the task is replaced",
        f"{len(stops)} tasks stopped, {len(lost)} requests failed",
        **failures_told(record, lost),
    )


def _failed(record: ScenarioRecord) -> Sequence[Request]:
    return [request for request in record.requests if not request.accepted]


def failures_told(record: ScenarioRecord, failed: Sequence[Request]) -> dict[str, Any]:
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
