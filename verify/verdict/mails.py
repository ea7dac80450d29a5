"""One effect for each notification: one mail, to its recipient, with its text, in its time, and no other.

A mail is known by what it says, which only one request asked for, whatever id the system has given it. That
SQS may deliver a message twice excuses nothing: the ledger is there for it.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from statistics import quantiles

from verify.record import Fault, Mail, Request, ScenarioRecord
from verify.verdict.check import Basis, Check, judged
from verify.verdict.kills import IN_FLIGHT_SECONDS, AbruptEnd, abrupt_ends, slack_seconds
from verify.verdict.latency import BEYOND_DOUBT

# The queue and the dead-letter queue stand for it then, in `accepted_delivered`.
_OUT_OF_SIGHT = "the mailbox is out of sight here"
_SHOWN = 3
# From acceptance to the relay while nothing is saturated: two waits for a batch, and the work; 0.24 s were
# measured on a busy machine.
REST_SECONDS = 2.0
# A backlog grows until the fleet has: three datapoints, their delay, a start, and as long again for the rest.
BACKLOG_MINUTES = 8.0
BACKLOG_SECONDS = 15.0
# What a killed task had in hand comes again after the visibility timeout, and is looked into then.
VISIBILITY_SECONDS = 30.0
_MIN_AT_REST = 20


def delivered_as_sent(record: ScenarioRecord) -> Check:
    """Each mail goes to the address and has the subject and body that its request asked for."""
    expectation = "each mail goes to the recipient, with the subject and body, of the request that it answers"
    if record.mails is None:
        return Check("delivered_as_sent", "pass", _OUT_OF_SIGHT, expectation)
    asked = {request.id: request for request in record.requests if request.accepted}
    found = [(mail, asked[mail.notification_id]) for mail in record.mails if mail.notification_id in asked]
    elsewhere = [mail for mail, request in found if mail.recipient != request.recipient]
    otherwise = [mail for mail, request in found if mail.digest != request.digest]
    unknown = [request for request in asked.values() if not (request.recipient and request.digest)]
    return judged(
        "delivered_as_sent",
        expectation,
        f"{len(found)} mails, {len(elsewhere)} to another recipient, {len(otherwise)} with another text",
        [
            *_told("went to another recipient than was asked for", elsewhere),
            *_told("have another subject or body than was asked for", otherwise),
            *([f"of {len(unknown)} requests nobody knows what they asked for"] if unknown else []),
            *([] if found else ["no mail answers a request"]),
        ],
        basis=Basis.DECISIONS,
    )


def one_mail_each(record: ScenarioRecord) -> Check:
    """No text arrives twice, unless the first of two was in hand in a task of the sender that was killed."""
    expectation = "no mail arrives twice, but for one that a killed task had in hand, and those one by one"
    if record.mails is None:
        return Check("one_mail_each", "pass", _OUT_OF_SIGHT, expectation)
    copies = _by_digest(record)
    doubled = {digest: mails for digest, mails in copies.items() if len(mails) > 1}
    explained = _explained(record, doubled)
    # One id each: the ledger let one through. Several: the request was taken several times.
    repeated = [mails for mails in doubled.values() if len({mail.notification_id for mail in mails}) > 1]
    again = [
        mails
        for digest, mails in doubled.items()
        if len({mail.notification_id for mail in mails}) == 1 and digest not in explained
    ]
    return judged(
        "one_mail_each",
        expectation,
        f"{sum(len(mails) - 1 for mails in doubled.values())} duplicates"
        + (f", in hand at a kill: {', '.join(sorted(explained.values()))}" if explained else ""),
        [
            *_told("came more than once", [mails[0] for mails in again]),
            *_told("came of one request under several ids", [mails[0] for mails in repeated]),
        ],
        basis=Basis.DECISIONS,
    )


def no_other_mail(record: ScenarioRecord) -> Check:
    """Every mail of this run was asked for, be it by a request whose answer was lost."""
    expectation = "no mail arrives that no request asked for"
    if record.mails is None:
        return Check("no_other_mail", "pass", _OUT_OF_SIGHT, expectation)
    ids = {request.id for request in record.requests if request.accepted}
    digests = {request.digest for request in record.requests}
    strangers = [
        mail
        for mail in _of_this_run(record)
        if mail.notification_id not in ids and mail.digest not in digests
    ]
    lost_answers = sum(
        mail.notification_id not in ids and mail.digest in digests for mail in _of_this_run(record)
    )
    return judged(
        "no_other_mail",
        expectation,
        f"{len(strangers)} mails that nobody asked for, {lost_answers} whose request got no answer",
        _told("were asked for by nobody", strangers),
        basis=Basis.DECISIONS,
    )


def delivered_in_time(record: ScenarioRecord) -> Check:
    """Mails come at once while the fleet is at rest, and no later than a backlog or a kill explains."""
    rest = REST_SECONDS * record.slowness
    most = record.timeline.time.seconds(BACKLOG_MINUTES) + BACKLOG_SECONDS * record.slowness
    if _sender_ends(record):
        most += 2 * VISIBILITY_SECONDS
    expectation = (
        f"99 % of mails come within {rest:.0f} s while the fleet is at rest, and all within {most:.0f} s"
    )
    if record.mails is None:
        return Check("delivered_in_time", "pass", _OUT_OF_SIGHT, expectation)
    ages = _ages(record)
    start, end = record.baseline
    # What comes just before a task goes is late, however little there is to do and however the task goes.
    gone = [fault for fault in record.faults if fault.service == record.timeline.sender.name]
    end = min([end, *(fault.began_at - rest for fault in gone)])
    at_rest = [age for request, age in ages if start <= request.started_at < end]
    typical = quantiles(at_rest, n=100)[-1] if len(at_rest) >= _MIN_AT_REST else None
    late = [(request, age) for request, age in ages if age > most]
    problems: list[str] = []
    excusable: list[str] = []
    if typical is not None and typical > rest:
        excusable.append(f"at rest the slowest of a hundred took {typical:.1f} s")
    if late:
        request, age = max(late, key=lambda one: one[1])
        told = f"{len(late)} came too late, {request.id} after {age:.0f} s"
        (problems if age > BEYOND_DOUBT * most else excusable).append(told)
    return judged(
        "delivered_in_time",
        expectation,
        f"{'unknown' if typical is None else f'{typical:.2f} s'} at rest, slowest"
        f" {max((age for _, age in ages), default=0.0):.1f} s",
        problems,
        basis=Basis.DECISIONS,
        late=excusable,
    )


def no_dead_letters(record: ScenarioRecord) -> Check:
    """Nothing is given up: the load holds no message that cannot be sent.

    Only a mail that a killed task was sending is put aside, since nobody can say whether it has left: no more
    than were in its hands, be it that they arrived or not.
    """
    in_hand = sum(_in_hand(record, kill) for kill in _sender_ends(record))
    problems = []
    if record.dead_letters > 0:
        problems.append(f"{record.dead_letters} messages are left in the dead-letter queue")
    if record.held_letters > in_hand:
        problems.append(f"{record.held_letters} were put aside, but killed tasks had {in_hand} mails in hand")
    return judged(
        "no_dead_letters",
        "no message ends in the dead-letter queue, but what a killed task was sending",
        f"{record.dead_letters} dead letters, {record.held_letters} of at most {in_hand} in hand at kills",
        problems,
        basis=Basis.DECISIONS,
    )


def mails_met_kills(record: ScenarioRecord) -> Check:
    """At each kill of a sender mails were under way: accepted before it, and there only after it."""
    sender = record.timeline.sender.name
    kills = [fault for fault in record.faults if fault.service == sender and fault.kind == "SIGKILL"]
    expectation = "at each SIGKILL of a task of the sender mails are under way"
    if record.mails is None:
        return Check("mails_met_kills", "pass", _OUT_OF_SIGHT, expectation)
    arrived = _arrivals(record)
    under_way = [_under_way(record, kill, arrived) for kill in kills]
    return judged(
        "mails_met_kills",
        expectation,
        f"{', '.join(map(str, under_way)) or 'none'} under way at {len(kills)} kills",
        [f"none at {kill.task_arn}" for kill, count in zip(kills, under_way, strict=True) if not count],
    )


def _under_way(record: ScenarioRecord, kill: Fault, arrived: Mapping[str, float]) -> int:
    return sum(
        request.accepted
        and request.finished_at <= kill.done_at
        and arrived.get(request.id, float("inf")) > kill.began_at
        for request in record.requests
    )


def _sender_ends(record: ScenarioRecord) -> Sequence[AbruptEnd]:
    return abrupt_ends(record, record.timeline.sender.name)


def _in_hand(record: ScenarioRecord, kill: AbruptEnd) -> int:
    """Mails that a task may have been sending when it was killed: no more than it sends at once."""
    before = kill.start - IN_FLIGHT_SECONDS * record.slowness
    after = kill.end + slack_seconds(record)
    if record.mails is None:
        return record.max_in_flight
    around = sum(before <= mail.received_at <= after for mail in record.mails)
    held = sum(before <= one.attempt_at <= after for one in record.held)
    return min(record.max_in_flight, around + held)


def _of_this_run(record: ScenarioRecord) -> Sequence[Mail]:
    """Mails since the run began; the log has those of earlier ones too."""
    return [mail for mail in record.mails or () if mail.received_at >= record.timeline.started_at]


def _by_digest(record: ScenarioRecord) -> Mapping[str, Sequence[Mail]]:
    wanted = {request.digest for request in record.requests}
    copies: dict[str, list[Mail]] = defaultdict(list)
    for mail in record.mails or ():
        if mail.digest in wanted:
            copies[mail.digest].append(mail)
    return copies


def _explained(record: ScenarioRecord, doubled: Mapping[str, Sequence[Mail]]) -> Mapping[str, str]:
    """Doubled mails whose first copy was in hand at a kill: their ids by digest; no more than a task has."""
    explained: dict[str, str] = {}
    slack, before = slack_seconds(record), IN_FLIGHT_SECONDS * record.slowness
    for kill in _sender_ends(record):
        in_hand = {
            digest: mails[0].notification_id
            for digest, mails in doubled.items()
            if len(mails) == 2  # noqa: PLR2004 - the one that was in hand, and the one after it
            and len({mail.notification_id for mail in mails}) == 1
            and kill.start - before <= mails[0].received_at <= kill.end + slack
            and mails[1].received_at >= kill.start
        }
        if len(in_hand.keys() - explained.keys()) <= record.max_in_flight:
            explained |= in_hand
    return explained


def _arrivals(record: ScenarioRecord) -> Mapping[str, float]:
    """Real instant of the first mail of each notification."""
    arrived: dict[str, float] = {}
    for mail in record.mails or ():
        arrived.setdefault(mail.notification_id, mail.received_at)
    return arrived


def _ages(record: ScenarioRecord) -> Sequence[tuple[Request, float]]:
    """Accepted requests and the real seconds from their answers to their mails."""
    arrived = _arrivals(record)
    return [
        (request, arrived[request.id] - request.finished_at)
        for request in record.requests
        if request.accepted and request.id in arrived
    ]


def _told(what: str, mails: Sequence[Mail]) -> Iterator[str]:
    if mails:
        names = ", ".join(mail.notification_id for mail in mails[:_SHOWN])
        yield f"{len(mails)} mails {what}, such as {names}"
