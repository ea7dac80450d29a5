"""The verdict on disturbed dependencies: who noticed, what it cost, and how the system came back."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from verify.record import Request, ScenarioRecord, Tried
from verify.verdict.always import ALWAYS
from verify.verdict.check import Basis, Check, judged
from verify.verdict.kills import open_at_a_kill, slack_seconds
from verify.verdict.traffic import confirmed_before_accepted

UNAVAILABLE = 503
PROBLEM = "application/problem+json"
# A call that was made before the end is given up after so long: two attempts, each with its time limit.
CALL_SECONDS = 2.0
# What is left of an outage: the breaker's last probe (30 s), a visibility timeout (30 s) or a backoff (60 s).
RECOVERY_SECONDS = 100.0
# The first seconds after an end, in which a herd would come, against as many before the beginning.
HERD_SECONDS = 10.0
# A backlog is worked off faster than it came, as fast as the tasks' CPU lets it be; a herd is all at once.
HERD_FACTOR = 6.0
HERD_CALLS = 30
# A mail meets a greylist once or twice more before its time is over.
GREYLISTED_FAILURES = 5
_SHOWN = 3


@dataclass(frozen=True)
class _Stretch:
    """Real instants between which a dependency was disturbed, in whatever ways."""

    dependency: str
    began_at: float
    ended_at: float


def disturbances_met(record: ScenarioRecord) -> Check:
    """Each disturbance was taken away again, and something of the system met it: else it shows nothing."""
    stretches = _stretches(record)
    left = [one for one in record.disturbances if one.ended_at is None]
    problems = [f"{one.dependency} ({one.toxic}) was never healed" for one in left]
    problems += [
        f"nobody called {stretch.dependency} while it was disturbed"
        for stretch in stretches
        if record.calls is not None and not _was_met(record, stretch)
    ]
    problems += [] if stretches else ["nothing was disturbed"]
    return judged(
        "disturbances_met",
        "each dependency that is disturbed is called meanwhile, and is healed",
        ", ".join(f"{count} x {name}" for name, count in Counter(one.dependency for one in stretches).items())
        or "none",
        problems,
        basis=Basis.DECISIONS,
    )


def only_queue_refuses(record: ScenarioRecord) -> Check:
    """Callers notice SQS alone: then they are told 503, and of every other dependency nothing at all."""
    failed = [request for request in record.requests if not request.accepted]
    windows = [stretch for stretch in _stretches(record) if stretch.dependency == "sqs"]
    late = CALL_SECONDS * record.slowness
    others, odd = [], []
    for request in failed:
        if open_at_a_kill(record, request):
            continue
        if not any(request.open_between(one.began_at, one.ended_at + late) for one in windows):
            others.append(request)
        elif request.status != UNAVAILABLE:
            odd.append(request)
    return judged(
        "only_queue_refuses",
        "a request is refused only while SQS is disturbed, with 503, or was open at a kill",
        f"{len(failed)} refused, {len(failed) - len(others)} of them while SQS was disturbed or at a kill",
        [
            *_summary("refused though SQS was well", others),
            *_summary("answered otherwise while SQS was disturbed", odd),
        ],
    )


def refusals_say_when(record: ScenarioRecord) -> Check:
    """A 503 of the API is a problem document that says when to come again (RFC 9457, RFC 9110 10.2.3)."""
    refused = [
        request
        for request in record.requests
        if request.status == UNAVAILABLE and not open_at_a_kill(record, request)
    ]
    wrong = [
        request
        for request in refused
        if request.media_type.partition(";")[0] != PROBLEM or not request.retry_after.isdigit()
    ]
    problems = []
    if wrong:
        kind, when = wrong[0].media_type or "without a media type", wrong[0].retry_after or "missing"
        problems.append(f"{len(wrong)} are not, such as one {kind} with Retry-After {when}")
    return judged(
        "refusals_say_when",
        f"each 503 is {PROBLEM} with Retry-After in seconds",
        f"{len(refused)} answered 503",
        problems,
        basis=Basis.DECISIONS,
    )


def no_attempt_used_up(record: ScenarioRecord) -> Check:
    """An outage counts against no mail; only a greylist, which is about the mail, does, and seldom."""
    greylisted = _greylisted(record)
    allowed = {
        one.notification_id: GREYLISTED_FAILURES if one.notification_id in greylisted else 0
        for one in record.tried
    }
    blamed = [one for one in record.tried if one.failures > allowed[one.notification_id]]
    not_sent = [one for one in record.tried if one.state != "sent"]
    accepted = {request.id for request in record.requests if request.accepted}
    unknown = accepted - {one.notification_id for one in record.tried}
    problems = [] if accepted else ["nothing was accepted"]
    if blamed:
        problems.append(f"{len(blamed)} have failures of their own, such as {_ids(blamed)}")
    if not_sent:
        problems.append(f"{len(not_sent)} are not sent, such as {_ids(not_sent)}: {not_sent[0].state}")
    if unknown:
        problems.append(f"of {len(unknown)} accepted the ledger knows nothing")
    return judged(
        "no_attempt_used_up",
        f"an outage uses up no attempt of any mail, and a greylist at most {GREYLISTED_FAILURES}",
        f"{len(record.tried)} mails in {sum(one.attempts for one in record.tried)} attempts, "
        f"{sum(one.failures for one in record.tried)} of them counted",
        problems,
        basis=Basis.DECISIONS,
    )


def recovered(record: ScenarioRecord) -> Check:
    """Some time after a dependency is well again nothing is left of its absence, by itself."""
    limit = RECOVERY_SECONDS * record.slowness
    ends = sorted({stretch.ended_at for stretch in _stretches(record)})
    took = {end: _made_up_for(record, end) for end in ends}
    slow = {end: seconds for end, seconds in took.items() if seconds > limit}
    return judged(
        "recovered",
        f"within {limit:.0f} s after each disturbance all that was accepted before its end is delivered",
        f"{len(took) - len(slow)} of {len(took)}, slowest {max(took.values(), default=0.0):.0f} s",
        [f"after {_at(record, end)} it took {seconds:.0f} s" for end, seconds in slow.items()],
    )


def no_herd(record: ScenarioRecord) -> Check:
    """When a dependency is back, the tasks' calls of it come at the tasks' pace and not all at once."""
    if record.calls is None:
        return Check("no_herd", "pass", "nobody counts calls here", "calls come back without a herd")
    peaks = {stretch: _peaks(record, stretch) for stretch in _stretches(record)}
    herds = {
        stretch: (before, after)
        for stretch, (before, after) in peaks.items()
        if after > HERD_FACTOR * max(before, HERD_CALLS / HERD_FACTOR)
    }
    worst = max(peaks.values(), key=lambda one: one[1] / max(one[0], 1), default=(0, 0))
    return judged(
        "no_herd",
        f"in the {HERD_SECONDS:.0f} s after a disturbance a dependency has in no second more than "
        f"{HERD_FACTOR:.0f} times the calls, or connections, of the busiest before it, or {HERD_CALLS}",
        f"at most {worst[1]} a second, {worst[0]} before",
        [
            f"{stretch.dependency} at {_at(record, stretch.ended_at)}: {after} in a second, {before} before"
            for stretch, (before, after) in herds.items()
        ],
        basis=Basis.DECISIONS,
    )


def tasks_stay(record: ScenarioRecord) -> Check:
    """A task is not ended because something that it needs is away: the next one would need it too."""
    short = [
        f"{service.name} ran {sample.running} of {sample.desired} at {_at(record, sample.at)}"
        for service in record.timeline.services
        for sample in service.samples
        if sample.running < min(service.minimum, sample.desired)
        and not any(
            fault.service == service.name
            and fault.began_at <= sample.at
            and (fault.replaced_at is None or sample.at <= fault.replaced_at + slack_seconds(record))
            for fault in record.faults
        )
    ]
    return judged(
        "tasks_stay",
        "no service has less than its minimum running but for tasks that were taken away on purpose",
        f"{len(short)} samples with too few",
        short[:_SHOWN],
    )


def starting_tasks_wait(record: ScenarioRecord) -> Check:
    """A task that starts while its keys cannot be read is not used until they can, and then it is."""
    windows = [stretch for stretch in _stretches(record) if stretch.dependency == "secretsmanager"]
    starting = [
        (stretch, fault)
        for stretch in windows
        for fault in record.faults
        if fault.service == record.timeline.api.name
        and stretch.began_at <= fault.began_at <= stretch.ended_at
    ]
    never = [fault for _, fault in starting if fault.replaced_at is None]
    early = [
        fault for stretch, fault in starting if fault.replaced_at and fault.replaced_at < stretch.ended_at
    ]
    return judged(
        "starting_tasks_wait",
        "a task that starts while Secrets Manager is away is healthy once it is back, and not before",
        f"{len(starting)} started meanwhile",
        [
            *(f"{fault.task_arn} was never replaced" for fault in never),
            *(f"{fault.task_arn} was replaced by a task without keys" for fault in early),
        ],
        basis=Basis.DECISIONS,
    )


DISTURBED = (
    disturbances_met,
    only_queue_refuses,
    refusals_say_when,
    confirmed_before_accepted,
    no_attempt_used_up,
    recovered,
    no_herd,
    tasks_stay,
    starting_tasks_wait,
    *ALWAYS,
)
"""Checks that hold while dependencies are disturbed, and those that always do."""


def _stretches(record: ScenarioRecord) -> Sequence[_Stretch]:
    """Stretches in order; several toxics of one dependency at a time are one stretch."""
    end = record.timeline.ended_at
    found = {
        (one.dependency, one.began_at): _Stretch(
            one.dependency, one.began_at, end if one.ended_at is None else one.ended_at
        )
        for one in record.disturbances
    }
    return sorted(found.values(), key=lambda one: one.began_at)


def _was_met(record: ScenarioRecord, stretch: _Stretch) -> bool:
    """Whether a task called the dependency meanwhile; a relay may take mails without a new connection."""
    called = any(
        one.dependency == stretch.dependency and stretch.began_at - 1 <= one.second <= stretch.ended_at
        for one in record.calls or ()
    )
    return called or (
        stretch.dependency == "smtp"
        and any(stretch.began_at <= mail.received_at <= stretch.ended_at for mail in record.mails or ())
    )


def _peaks(record: ScenarioRecord, stretch: _Stretch) -> tuple[int, int]:
    """Calls in the busiest second before a stretch and in the busiest soon after it."""
    counts: Mapping[int, int] = {
        one.second: one.count for one in record.calls or () if one.dependency == stretch.dependency
    }

    def busiest(start: float, end: float) -> int:
        return max((count for second, count in counts.items() if start <= second < end), default=0)

    before = busiest(stretch.began_at - HERD_SECONDS, stretch.began_at - 1)
    return before, busiest(stretch.ended_at, stretch.ended_at + HERD_SECONDS)


def _made_up_for(record: ScenarioRecord, end: float) -> float:
    """Real seconds from an instant until the last mail of what was accepted before it; 0 if none came after.

    Where the mailbox is out of sight, until the queue was empty.
    """
    if record.mails is None:
        empty = (one.at for one in record.timeline.queue if one.at > end and one.visible + one.in_flight == 0)
        return next(empty, record.timeline.ended_at) - end
    before = {request.id for request in record.requests if request.accepted and request.finished_at <= end}
    late = (mail.received_at - end for mail in record.mails if mail.notification_id in before)
    return max([0.0, *late])


def _greylisted(record: ScenarioRecord) -> set[str]:
    """Ids of notifications that a greylist may have met."""
    windows = [one for one in record.disturbances if "greylist_seconds" in one.settings]
    end = record.timeline.ended_at
    return {
        request.id
        for request in record.requests
        for one in windows
        if one.began_at - CALL_SECONDS <= request.finished_at <= (one.ended_at or end)
    }


def _summary(what: str, requests: Sequence[Request]) -> list[str]:
    counts = Counter(f"{request.status} {request.error}".strip() for request in requests)
    return [f"{count} {what}: {reason}" for reason, count in counts.most_common(_SHOWN)]


def _ids(some: Sequence[Tried]) -> str:
    return ", ".join(one.notification_id for one in some[:_SHOWN])


def _at(record: ScenarioRecord, instant: float) -> str:
    return f"{record.timeline.time.at(instant):%H:%M}"
