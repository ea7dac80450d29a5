"""Arithmetic of what is measured, on made-up runs."""

import json
from collections import Counter
from contextlib import contextmanager
from types import SimpleNamespace

import pytest

from tests.bench.load import Sent
from tests.bench.measure import sender
from tests.bench.measure.calls import Calls, counted
from verify.record import Mail


def sent(*ids, seconds=(0.01,)):
    """Requests that were accepted a second after each other, from instant 100."""
    answers = [(100.0 + place, json.dumps({"id": id_}).encode()) for place, id_ in enumerate(ids)]
    return Sent(seconds=list(seconds), statuses=Counter({202: len(ids)}), answers=answers)


SPENT = Counter(
    SendMessage=1,
    SendMessageBatch=2,
    ReceiveMessage=5,
    DeleteMessage=1,
    DeleteMessageBatch=2,
    ChangeMessageVisibility=3,
    ChangeMessageVisibilityBatch=4,
    PutItem=1000,
)
FOUR = [Mail(at, id_) for id_, at in (("a", 100.5), ("b", 101.25), ("c", 101.0), ("d", 104.0))]


def test_calls_are_those_of_one_notification():
    """Four notifications: calls of each kind by four, DynamoDB's not among them."""
    found = counted(8.0, 0.5, sent(*"abcd"), SPENT, FOUR)

    assert (0.75, 1.25, 2.5) == (found.send, found.receive, found.settle)
    assert 4.5 == found.total
    assert (8.0, 8.0, 4) == (found.offered, found.reached, found.notifications)


def test_an_operation_that_nobody_asked_for_counts_nothing():
    """An idle queue is not received from."""
    found = counted(8.0, 0.5, sent(*"abcd"), {"SendMessage": 4}, FOUR)

    assert (1.0, 0.0, 0.0) == (found.send, found.receive, found.settle)


def test_a_mail_s_time_is_from_the_answer_to_the_smtp_server():
    """In milliseconds, of the mails of this rate alone; one that was out before its answer took no time."""
    earlier = [Mail(5.0, "z"), Mail(900.0, "y")]

    found = counted(8.0, 0.5, sent(*"abcd"), SPENT, [*earlier, *FOUR])

    # 500, 250, less than none, and 1,000.
    assert (250.0, 1000.0) == (found.mail_p50, found.mail_p99)
    assert 0.0 == counted(8.0, 0.5, sent("c"), SPENT, [Mail(99.0, "c")]).mail_p50


def test_a_request_s_time_is_the_client_s():
    """In milliseconds as well."""
    found = counted(8.0, 0.5, sent(*"abcd", seconds=[0.004, 0.001, 0.002, 0.003]), SPENT, FOUR)

    assert (2.0, 4.0) == (found.p50, found.p99)


@pytest.mark.parametrize(("reached", "kept_up"), [(97.0, True), (96.9, False), (100.0, True)])
def test_a_rate_was_kept_up_with_but_for_three_percent(reached, kept_up):
    """Each connection may be a request short at the end."""
    times = dict.fromkeys(("p50", "p99", "mail_p50", "mail_p99"), 1.0)
    found = Calls(100.0, reached, 1, send=0.1, receive=0.2, settle=0.4, **times)

    assert kept_up is found.kept_up
    assert 0.7 == pytest.approx(found.total)


def test_a_wait_is_from_the_queue_to_the_smtp_server():
    """Of the mails that were asked for, in the order in which they came."""
    mails = [Mail(12.0, "b"), Mail(11.5, "z"), Mail(10.25, "a")]

    assert [1.0, 0.25] == sender.waits({"a": 10.0, "b": 11.0}, mails)


class FakeAws:
    """A queue that is paused while it is filled, and empty as soon as it is asked for."""

    def __init__(self):
        self.paused_queues = []
        self.is_paused = False

    @contextmanager
    def paused(self, queue):
        self.paused_queues.append(queue)
        self.is_paused = True
        yield
        self.is_paused = False

    def depth(self, _queue):
        return 0


def test_a_backlog_costs_what_the_processes_spent_from_its_first_receive():
    """Filling the queue and what was spent before count nothing."""
    aws, enqueued, clock = FakeAws(), [], iter([40.0, 43.5])
    log = SimpleNamespace(all=lambda: [Mail(1.0, "earlier"), *(Mail(2.0, id_) for id_ in enqueued)])

    def enqueue(ids):
        assert aws.is_paused
        enqueued.extend(ids)

    def wait_until(what, happened):
        assert not aws.is_paused
        assert happened()

    running = SimpleNamespace(cpu_seconds=lambda: next(clock), wait_until=wait_until)
    candidate = SimpleNamespace(name="ours", running=running, queue="mails", enqueue=enqueue)

    spent = sender._backlog(candidate, aws, log, 30)  # noqa: SLF001 - the rest of it are processes

    assert 3.5 == spent
    assert ["mails"] == aws.paused_queues
    assert 30 == len(set(enqueued))


def test_a_backlog_is_over_when_each_of_its_mails_has_come():
    """Mails that were there before do not stand for those that are missing."""
    seen = []
    log = SimpleNamespace(all=lambda: [Mail(1.0, "earlier")] * (5 if not seen else seen[-1]))

    def wait_until(what, happened):
        for number in (5, 34, 35):
            seen.append(number)
            held.append(happened())

    held = []
    running = SimpleNamespace(cpu_seconds=lambda: 0.0, wait_until=wait_until)
    candidate = SimpleNamespace(name="ours", running=running, queue="mails", enqueue=lambda _: None)
    sender._backlog(candidate, FakeAws(), log, 30)  # noqa: SLF001 - the rest of it are processes

    assert [False, False, True] == held
