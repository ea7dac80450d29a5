import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from moto.sqs.models import Message

from stage.control_plane.extensions.sqs.message_store import (
    MessageStore,
    NotInFlightError,
    ReceiveTerms,
    Redrive,
    UnknownReceiptHandleError,
)
from tests.waiting import SOON

TERMS = ReceiveTerms(max_messages=10, wait_seconds=0, visibility_timeout=30, retention_seconds=3600)
# Nobody who gets something waits that long.
WAITING = replace(TERMS, wait_seconds=2 * SOON)


@pytest.fixture
def store():
    """A queue's empty store."""
    return MessageStore("mail")


@pytest.fixture
def elapse(monkeypatch):
    """Lets seconds pass at once for everything but waiting."""
    real, passed = time.time, [0.0]
    monkeypatch.setattr(time, "time", lambda: real() + passed[0])

    def elapse(seconds):
        passed[0] += seconds

    return elapse


def message(name, delay=0):
    """Make a message that was sent just now."""
    made = Message(name, f"body of {name}")
    made.sent_timestamp = time.time() * 1000
    made.delayed_until = (time.time() + delay) * 1000 if delay else 0
    return made


def ids(messages):
    """Give the ids of messages."""
    return [one.id for one in messages]


def test_messages_are_received_in_order_up_to_the_number_asked_for(store):
    """What one receive leaves is there for the next."""
    for name in "abc":
        store.add(message(name))

    two = replace(TERMS, max_messages=2)

    assert [["a", "b"], ["c"], []] == [ids(store.receive(two)) for _ in range(3)]


def test_a_received_message_is_hidden_until_its_visibility_timeout(store, elapse):
    """Then it is received again, with a new handle and a higher count."""
    store.add(message("a"))
    (first,) = store.receive(TERMS)

    elapse(29)
    hidden = store.receive(TERMS)
    elapse(2)
    (second,) = store.receive(TERMS)

    assert [] == hidden
    assert (1, 2) == (first.approximate_receive_count, second.approximate_receive_count)
    assert first.receipt_handle != second.receipt_handle


def test_a_receive_without_visibility_timeout_returns_a_message_once(store):
    """The message is visible at once, but to the next receive."""
    store.add(message("a"))
    peek = replace(TERMS, visibility_timeout=0)

    assert [["a"], ["a"]] == [ids(store.receive(peek)), ids(store.receive(peek))]


def test_a_delayed_message_is_received_after_its_delay(store, elapse):
    """Until then it counts as delayed."""
    store.add(message("a", delay=10))

    early, counts = store.receive(TERMS), store.counts()
    elapse(11)

    assert ([], (0, 0, 1)) == (early, counts)
    assert ["a"] == ids(store.receive(TERMS))


def test_visible_in_flight_and_delayed_messages_are_counted(store):
    """Each message is in one of the three numbers."""
    store.add(message("a"))
    store.receive(TERMS)
    store.add(message("b"))
    store.add(message("c"))
    store.add(message("d", delay=10))

    assert (2, 1, 1) == store.counts()


def test_a_deleted_message_is_gone(store, elapse):
    """It does not come back, and deleting it again does no harm."""
    store.add(message("a"))
    (received,) = store.receive(TERMS)

    store.delete(received.receipt_handle)
    store.delete(received.receipt_handle)
    elapse(31)

    assert ([], (0, 0, 0)) == (store.receive(TERMS), store.counts())


def test_a_message_that_is_visible_again_can_still_be_deleted(store, elapse):
    """Its newest handle stays good until somebody else receives it."""
    store.add(message("a"))
    (received,) = store.receive(TERMS)
    elapse(31)
    store.counts()

    store.delete(received.receipt_handle)

    assert [] == store.receive(TERMS)


def test_an_old_handle_deletes_nothing(store, elapse):
    """Whoever took longer than the visibility timeout has lost the message."""
    store.add(message("a"))
    (late,) = store.receive(TERMS)
    elapse(31)
    store.receive(TERMS)

    store.delete(late.receipt_handle)

    elapse(31)
    assert ["a"] == ids(store.receive(TERMS))


@pytest.mark.parametrize("handle", ["nonsense", "bm9uc2Vuc2U=", "bWFpbApvbmUKdHdv"])
def test_a_handle_of_no_message_is_refused(store, handle):
    """Garbage is not a receipt handle."""
    with pytest.raises(UnknownReceiptHandleError):
        store.delete(handle)


def test_a_handle_of_another_queue_is_refused(store):
    """A receipt handle belongs to one queue."""
    other = MessageStore("other")
    other.add(message("a"))
    (received,) = other.receive(TERMS)

    with pytest.raises(UnknownReceiptHandleError):
        store.delete(received.receipt_handle)


def test_visibility_can_be_extended(store, elapse):
    """The new timeout counts from now, not from the receive."""
    store.add(message("a"))
    (received,) = store.receive(TERMS)
    elapse(20)
    store.change_visibility(received.receipt_handle, 30)

    elapse(20)
    hidden = store.receive(TERMS)
    elapse(11)

    assert ([], ["a"]) == (hidden, ids(store.receive(TERMS)))


def test_a_message_can_be_given_back(store):
    """A visibility timeout of zero shows it at once."""
    store.add(message("a"))
    (received,) = store.receive(TERMS)

    store.change_visibility(received.receipt_handle, 0)

    assert ["a"] == ids(store.receive(TERMS))


def test_visibility_of_what_is_not_in_flight_cannot_change(store, elapse):
    """Neither with an old handle, nor after the timeout, nor after deletion."""
    store.add(message("a"))
    (old,) = store.receive(TERMS)
    elapse(31)
    with pytest.raises(NotInFlightError):
        store.change_visibility(old.receipt_handle, 30)
    (new,) = store.receive(TERMS)
    with pytest.raises(NotInFlightError):
        store.change_visibility(old.receipt_handle, 30)
    store.delete(new.receipt_handle)
    with pytest.raises(NotInFlightError):
        store.change_visibility(new.receipt_handle, 30)


def test_a_message_older_than_the_retention_period_is_dropped(store, elapse):
    """It is neither received nor counted any more."""
    store.add(message("a"))

    elapse(3601)

    assert ([], (0, 0, 0)) == (store.receive(TERMS), store.counts())


def test_a_message_received_too_often_goes_to_the_dead_letters(store, elapse):
    """The receive after the last allowed one moves it."""
    dead_letters = MessageStore("dead")
    terms = replace(TERMS, redrive=Redrive(2, dead_letters.add))
    store.add(message("a"))
    for _ in range(2):
        assert ["a"] == ids(store.receive(terms))
        elapse(31)

    assert [] == store.receive(terms)
    assert ((0, 0, 0), (1, 0, 0)) == (store.counts(), dead_letters.counts())


def test_a_waiting_receiver_is_woken_by_a_message(store):
    """A long poll returns when there is something, long before its time is over."""
    with ThreadPoolExecutor() as pool:
        receiving = pool.submit(store.receive, WAITING)
        store.add(message("a"))

        assert ["a"] == ids(receiving.result(SOON))


def test_a_waiting_receiver_is_woken_when_a_message_becomes_visible(store):
    """A delay that ends while somebody waits ends the waiting."""
    store.add(message("a", delay=0.05))

    with ThreadPoolExecutor() as pool:
        assert ["a"] == ids(pool.submit(store.receive, WAITING).result(SOON))


def test_a_receiver_that_hung_up_takes_nothing(store):
    """The message goes to the next one that waits."""
    hung_up = threading.Event()
    with ThreadPoolExecutor() as pool:
        gone = pool.submit(store.receive, WAITING, lambda: not hung_up.is_set())
        there = pool.submit(store.receive, WAITING)
        hung_up.set()
        store.add(message("a"))

        assert ["a"] == ids(there.result(SOON))
        store.add(message("b"))
        assert [] == gone.result(SOON)


def test_what_was_received_does_not_change_afterwards(store, elapse):
    """A receiver keeps its own handle when somebody else receives the message later."""
    store.add(message("a"))
    (first,) = store.receive(TERMS)
    handle = first.receipt_handle
    elapse(31)

    store.receive(TERMS)

    assert (handle, 1) == (first.receipt_handle, first.approximate_receive_count)


def test_an_emptied_queue_has_nothing(store):
    """Clearing forgets messages in flight too."""
    store.add(message("a"))
    store.receive(TERMS)
    store.add(message("b"))

    store.clear()

    assert (0, 0, 0) == store.counts()


def test_under_concurrent_use_every_message_is_deleted_exactly_once(store):
    """Nothing is lost, doubled, or resurrected."""
    total, deleted = 600, []

    def send(part):
        for number in range(part, total, 4):
            store.add(message(f"message-{number}"))

    def consume(_):
        while len(deleted) < total:
            for received in store.receive(replace(TERMS, wait_seconds=0.05)):
                store.delete(received.receipt_handle)
                deleted.append(received.id)

    with ThreadPoolExecutor(8) as pool:
        for done in [pool.submit(work, part) for part in range(4) for work in (send, consume)]:
            done.result(SOON)

    assert sorted(deleted) == sorted({f"message-{number}" for number in range(total)})
    assert (0, 0, 0) == store.counts()


def test_the_oldest_message_tells_its_age(store, elapse):
    """In AWS seconds: one that waits ages as AWS time goes."""
    assert 0.0 == store.oldest_age(30.0)
    store.add(message("a"))
    elapse(10)
    store.add(message("b"))
    elapse(10)

    assert 600.0 == pytest.approx(store.oldest_age(30.0), abs=5)


def test_a_message_that_is_hidden_ages_by_real_seconds(store, elapse):
    """A visibility timeout bounds a process's work, which is no faster here than on AWS."""
    store.add(message("a"))
    elapse(2)
    (received,) = store.receive(TERMS)
    elapse(20)
    in_flight = store.oldest_age(30.0)
    store.change_visibility(received.receipt_handle, 30)
    elapse(10)
    store.change_visibility(received.receipt_handle, 0)
    elapse(1)

    assert [2 * 30 + 20, 3 * 30 + 30] == pytest.approx([in_flight, store.oldest_age(30.0)], abs=5)


def test_a_message_that_is_visible_again_waits_again(store, elapse):
    """From the end of its visibility timeout on, whenever that is noticed."""
    store.add(message("a"))
    store.receive(TERMS)
    elapse(32)

    assert 30 + 2 * 30 == pytest.approx(store.oldest_age(30.0), abs=5)


def test_a_message_that_is_received_in_vain_is_not_the_oldest(store, elapse):
    """From its third receive on SQS has it at the queue's end, and looks at the next one."""
    store.add(message("poison"))
    store.add(message("late", delay=100))
    ages = []
    for _ in range(3):
        (received,) = store.receive(TERMS)
        store.change_visibility(received.receipt_handle, 0)
        elapse(10)
        ages.append(round(store.oldest_age(1.0)))

    assert [10, 20, 30] == pytest.approx(ages, abs=2)
    assert 1 == store.counts()[2]


def test_a_deleted_message_is_no_message(store, elapse):
    """Neither is one that is cleared."""
    store.add(message("a"))
    store.add(message("b"))
    elapse(10)
    (first,) = store.receive(replace(TERMS, max_messages=1))
    store.delete(first.receipt_handle)
    still = store.oldest_age(1.0)
    store.clear()

    assert [10.0, 0.0] == pytest.approx([still, store.oldest_age(1.0)], abs=2)


def test_a_dead_letter_is_as_old_as_its_stay(store, elapse):
    """Not as old as its first sending, however often it was received before."""
    letters = MessageStore("dead")
    terms = replace(TERMS, redrive=Redrive(3, letters.add))
    store.add(message("a"))
    for _ in range(4):
        for received in store.receive(terms):
            store.change_visibility(received.receipt_handle, 0)
        elapse(10)

    assert [10.0, 0.0] == pytest.approx([letters.oldest_age(1.0), store.oldest_age(1.0)], abs=2)
