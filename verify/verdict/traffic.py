"""Whether the planned requests were made, and what the service answered is what it documents."""

from collections import Counter
from collections.abc import Iterator

from verify.record import ACCEPTED, Request, ScenarioRecord
from verify.verdict.check import Basis, Check, judged
from verify.verdict.kills import open_at_a_kill

# Fewer say nothing about one in a thousand; a slow machine makes a tenth of some 4,000 at least.
MIN_REQUESTS = 300
# A user whose answer is late lets its turn go, so that a saturated fleet is asked for less than was planned.
MAX_MISSED_SHARE = 0.25
# What the API documents for a request in order (services/notification_api/routes.py), and what a load
# balancer says for a target that gives no answer; 0 is none at all.
DOCUMENTED = frozenset({ACCEPTED, 429, 503})
BALANCERS = frozenset({0, 502, 503, 504})
# The witness writes in batches, and may be asked before its last.
_MAX_UNSEEN_SHARE = 0.01
# A toxic works on the calls that are made after it.
_TOXIC_SECONDS = 0.5
_SHOWN = 3


def turns_kept(record: ScenarioRecord) -> Check:
    """Nearly every request that was planned was made: else the load was another one."""
    generator = record.generator
    turns = generator.sent + generator.missed
    share = generator.missed / turns if turns else 1.0
    return judged(
        "turns_kept",
        f"at most {MAX_MISSED_SHARE:.0%} of the turns pass because an answer is still awaited",
        f"{generator.missed} of {turns} turns missed",
        [f"{share:.0%} missed"] if share > MAX_MISSED_SHARE else [],
    )


def enough_requests(record: ScenarioRecord) -> Check:
    """A run that asked for hardly anything proves nothing."""
    accepted = sum(request.accepted for request in record.requests)
    lost = record.generator.sent - len(record.requests)
    problems = [f"{lost} of {record.generator.sent} have no record"] if lost > 0 else []
    if accepted < MIN_REQUESTS:
        problems.append(f"only {accepted} were accepted")
    return judged(
        "enough_requests",
        f"at least {MIN_REQUESTS} requests are accepted, and each that was begun has a record",
        f"{accepted} of {len(record.requests)} accepted",
        problems,
        basis=Basis.DECISIONS,
    )


def statuses_documented(record: ScenarioRecord) -> Check:
    """The API answers as it documents: 202 with an id, or not now; other answers are the balancer's."""
    allowed = DOCUMENTED | BALANCERS
    counts = Counter(request.status for request in record.requests)
    wrong = {status: count for status, count in counts.items() if status not in allowed}
    # An answer is written in two parts, and a task may be killed between them.
    nameless = [
        request
        for request in record.requests
        if request.status == ACCEPTED and not request.id and not open_at_a_kill(record, request)
    ]
    shared = [id_ for id_, count in Counter(_ids(record)).items() if count > 1]
    return judged(
        "statuses_documented",
        "a request is answered 202 with an id of its own, 429 or 503, or by the load balancer",
        ", ".join(f"{count} x {status}" for status, count in sorted(counts.items())) or "no answer",
        [
            *(f"{count} answered {status}" for status, count in sorted(wrong.items())),
            *([f"{len(nameless)} answered 202 without an id"] if nameless else []),
            *([f"{len(shared)} ids were given several times, such as {shared[0]}"] if shared else []),
        ],
        basis=Basis.DECISIONS,
    )


def one_task_each(record: ScenarioRecord) -> Check:
    """No POST reaches two tasks: what was done twice can be two mails, and a load balancer knows no better.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html
    """
    return judged(
        "one_task_each",
        "each request is sent to one task, once",
        "nobody can see it here" if record.handled is None else f"{len(record.handled)} sent",
        _repeated(record),
        basis=Basis.DECISIONS,
    )


def confirmed_before_accepted(record: ScenarioRecord) -> Check:
    """While the way to the queue is slow, no request is accepted sooner than the queue can have answered."""
    slow = [
        disturbance
        for disturbance in record.disturbances
        if disturbance.dependency == "sqs"
        and disturbance.toxic == "latency"
        and disturbance.settings.get("toxicity", 1.0) == 1.0
    ]
    margin = _TOXIC_SECONDS * record.slowness
    early: list[Request] = []
    seen = 0
    for one in slow:
        least = max(0.0, one.settings.get("latency", 0) - one.settings.get("jitter", 0)) / 1000
        end = record.timeline.ended_at if one.ended_at is None else one.ended_at
        # All of the request lies within, so that no call to the queue was made before or after.
        within = [
            request
            for request in record.requests
            if request.accepted
            and request.started_at >= one.began_at + margin
            and request.finished_at <= end - margin
        ]
        seen += len(within)
        early += [request for request in within if request.finished_at - request.started_at < least]
    problems = [f"{len(early)} were accepted sooner, such as {early[0].id}"] if early else []
    if slow and not seen:
        problems.append("none was accepted meanwhile")
    return judged(
        "confirmed_before_accepted",
        "202 says that the queue has it: while SQS is slow, none comes sooner than its answer",
        f"{seen} accepted while SQS was slow",
        problems,
        basis=Basis.DECISIONS,
    )


def _ids(record: ScenarioRecord) -> Iterator[str]:
    return (request.id for request in record.requests if request.accepted)


def _repeated(record: ScenarioRecord) -> Iterator[str]:
    handled = record.handled
    if handled is None:
        return
    ours = {request.trace_id for request in record.requests if request.trace_id}
    times = Counter(one.trace_id for one in handled if one.trace_id in ours)
    twice = [trace_id for trace_id, count in times.items() if count > 1]
    if twice:
        yield f"{len(twice)} were sent to a task more than once, such as {', '.join(twice[:_SHOWN])}"
    accepted = [request for request in record.requests if request.accepted]
    unseen = [request for request in accepted if request.trace_id not in times]
    if len(unseen) > _MAX_UNSEEN_SHARE * len(accepted):
        yield f"{len(unseen)} of {len(accepted)} accepted requests were sent to no task that is known"
