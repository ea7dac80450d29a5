"""Whether what was promised was delivered."""

from collections import Counter

from verify.record import ScenarioRecord
from verify.verdict.check import Basis, Check, judged
from verify.verdict.kills import ABRUPT, IN_FLIGHT_SECONDS, abrupt_ends, slack_seconds

# So long may what was promised too early still be on its way to the queue.
PROMISED_SECONDS = 2.0
_IDS_SHOWN = 3


def accepted_delivered(record: ScenarioRecord) -> Check:
    """Every accepted notification was delivered once, or was in flight in a task that was killed.

    That SQS may deliver a message twice excuses nothing: the ledger is there for it. Whether a mail that a
    killed task was sending has left, nobody can say: the system holds it back, as is set by default, and
    says so.
    Where nobody can look into the mailbox, an empty queue and an empty dead-letter queue stand for it.
    """
    accepted = [request.id for request in record.requests if request.accepted]
    if record.mails is None:
        return _drained(record, len(accepted))
    delivered = Counter(mail.notification_id for mail in record.mails)
    in_flight = _in_flight_at_kills(record)
    lost = [id_ for id_ in accepted if id_ not in delivered and id_ not in in_flight]
    promised = _lost_at_kills(record, set(lost))
    missing = sum(id_ not in delivered for id_ in accepted)
    waiting = _waiting(record)
    repeated = sum(delivered[id_] - 1 for id_ in set(accepted) & delivered.keys())
    return judged(
        "accepted_delivered",
        "every accepted notification is delivered once; only what a killed task was sending may be held back",
        f"{len(accepted) - missing} of {len(accepted)} delivered, {repeated} duplicates"
        + (f", {missing - len(lost)} held: in flight in a killed task" if missing > len(lost) else ""),
        [*([] if waiting else [*_missing(accepted, lost), *promised]), *_doubled(delivered, accepted)],
        basis=Basis.DECISIONS,
        late=_missing(accepted, lost) if waiting else [],
    )


def _in_flight_at_kills(record: ScenarioRecord) -> set[str]:
    """Ids of notifications whose attempt, which nobody ended, was under way when a sender was killed.

    A task has so many mails in flight and no more, so that a kill excuses no more either: of those that are
    one too many nobody knows which, so none of them is excused.
    """
    max_seconds = IN_FLIGHT_SECONDS * record.slowness
    slack = slack_seconds(record)
    kills = [
        fault
        for fault in record.faults
        if fault.kind in ABRUPT and fault.service == record.timeline.sender.name
    ]
    excused: set[str] = set()
    for kill in kills:
        under_way = {
            one.notification_id
            for one in record.held
            if kill.began_at - max_seconds <= one.attempt_at <= kill.done_at + slack
        }
        if len(under_way - excused) <= record.max_in_flight:
            excused |= under_way
    return excused


def _lost_at_kills(record: ScenarioRecord, lost: set[str]) -> list[str]:
    """A task that promises a mail before the queue has it takes its promise along when it is killed."""
    ends = abrupt_ends(record, record.timeline.api.name)
    before = PROMISED_SECONDS * record.slowness
    promised = [
        request.id
        for request in record.requests
        if request.id in lost and any(end.start - before <= request.finished_at <= end.end for end in ends)
    ]
    if not promised:
        return []
    return [f"{len(promised)} of them answered 202 just before a task was killed: before the queue had them"]


def _waiting(record: ScenarioRecord) -> bool:
    """Whether what is missing may still come: the queue was not empty when the wait for it ended."""
    queue = record.timeline.queue
    return bool(queue) and queue[-1].visible + queue[-1].in_flight > 0


def _doubled(delivered: Counter[str], accepted: list[str]) -> list[str]:
    twice = [id_ for id_ in dict.fromkeys(accepted) if delivered[id_] > 1]
    return (
        [f"{len(twice)} delivered more than once, such as {', '.join(twice[:_IDS_SHOWN])}"] if twice else []
    )


def _drained(record: ScenarioRecord, accepted: int) -> Check:
    left = (
        record.timeline.queue[-1].visible + record.timeline.queue[-1].in_flight
        if record.timeline.queue
        else -1
    )
    problems = []
    if record.dead_letters:
        problems.append(f"{record.dead_letters} messages are in the dead-letter queue")
    if not accepted:
        problems.append("nothing was accepted")
    return judged(
        "accepted_delivered",
        "every accepted notification has left the queue and none is dead; the mailbox is out of sight here",
        f"{accepted} accepted, {left} left, {record.dead_letters} dead",
        problems,
        basis=Basis.DECISIONS,
        late=[] if left == 0 else [f"{left} messages are left in the queue"],
    )


def _missing(accepted: list[str], lost: list[str]) -> list[str]:
    if not accepted:
        return ["nothing was accepted"]
    return [f"{len(lost)} lost, such as {', '.join(lost[:_IDS_SHOWN])}"] if lost else []
