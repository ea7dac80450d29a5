import pytest

from tests.bench.stand_in.queue import Queue


class Clock:
    """Seconds that a test moves."""

    now = 100.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    """The queue's clock."""
    return Clock()


@pytest.fixture
def queue(clock):
    """An empty queue that hides for 30 s."""
    return Queue(clock, visibility_seconds=30)


def bodies(messages):
    """What was handed out."""
    return [message.body for message in messages]


def test_messages_come_in_order_and_as_many_as_wanted(queue):
    """Ten wait, three are wanted: the first three."""
    for number in range(10):
        queue.send(str(number), {})

    assert ["0", "1", "2"] == bodies(queue.receive(3))
    assert ["3", "4", "5", "6", "7", "8", "9"] == bodies(queue.receive(10))


def test_what_is_in_flight_is_hidden_until_its_time_is_over(queue, clock):
    """It comes back after the queue's visibility timeout, counted once more."""
    queue.send("a", {})
    (first,) = queue.receive(1)

    clock.now += 29.9
    assert [] == queue.receive(1)
    clock.now += 0.1
    (second,) = queue.receive(1)
    assert (second.id, 2) == (first.id, second.receives)


def test_a_receiver_may_say_how_long_it_is_hidden(queue, clock):
    """Its visibility timeout takes the place of the queue's."""
    queue.send("a", {})
    queue.receive(1, 5)

    assert clock.now + 5 == queue.next_visible_at


def test_what_is_deleted_never_comes_back(queue, clock):
    """Neither from flight nor from the front of the queue."""
    queue.send("flying", {})
    (flying,) = queue.receive(1)
    queue.send("waiting", {})
    queue.delete(flying.handle)
    clock.now += 31

    assert ["waiting"] == bodies(queue.receive(10))
    assert None is not queue.next_visible_at
    assert 1 == len(queue)


def test_deleting_twice_is_no_error(queue):
    """As SQS has it."""
    queue.send("a", {})
    (message,) = queue.receive(1)
    queue.delete(message.handle)
    queue.delete(message.handle)

    assert 0 == len(queue)


def test_a_message_may_be_handed_back_at_once(queue):
    """A visibility timeout of none."""
    queue.send("a", {})
    (message,) = queue.receive(1)

    assert queue.change_visibility(message.handle, 0)
    assert [2] == [again.receives for again in queue.receive(1)]


def test_a_longer_timeout_takes_the_place_of_the_first(queue, clock):
    """What was to come back earlier does not."""
    queue.send("a", {})
    (message,) = queue.receive(1, 5)
    queue.change_visibility(message.handle, 50)
    clock.now += 10

    assert [] == queue.receive(1)
    assert pytest.approx(40) == queue.next_visible_at - clock.now


def test_only_what_is_in_flight_can_be_hidden_longer(queue, clock):
    """Neither what came back nor what is deleted."""
    queue.send("a", {})
    (message,) = queue.receive(1)
    clock.now += 31
    assert not queue.change_visibility(message.handle, 5)

    queue.delete(message.handle)
    assert not queue.change_visibility(message.handle, 5)


def test_what_is_no_handle_is_refused(queue):
    """A typo is not a deleted message."""
    with pytest.raises(ValueError, match="not a receipt handle: 'nonsense'"):
        queue.delete("nonsense")


def test_a_paused_queue_hands_nothing_out(queue):
    """Until it is resumed; what is sent meanwhile is kept."""
    queue.paused = True
    queue.send("a", {})
    assert [] == queue.receive(1)

    queue.paused = False
    assert ["a"] == bodies(queue.receive(1))
