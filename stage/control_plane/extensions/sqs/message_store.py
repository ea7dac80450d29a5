"""The messages of one standard queue."""

import base64
import binascii
import copy
import heapq
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import Any

# From so many receives on, SQS puts a message that stays at the queue's end.
_TOO_MANY_RECEIVES = 3

# moto's message: id, sent_timestamp, delayed_until (ms), approximate_receive_count, receipt_handle, …
Message = Any


class UnknownReceiptHandleError(Exception):
    """The receipt handle was not given out by this queue."""


class NotInFlightError(Exception):
    """The message is not hidden by the receive that this receipt handle belongs to."""


@dataclass(frozen=True)
class Redrive:
    """Redrive policy: dead-letter queue for messages that were received too often.

    Attributes:
        max_receive_count: Receives after which the next one moves the message.
        dead_letter: Takes the message over.
    """

    max_receive_count: int
    dead_letter: Callable[[Message], None]


@dataclass(frozen=True)
class ReceiveTerms:
    """Parameters of one receive, from the request and from the queue's attributes.

    Attributes:
        max_messages: Messages to return at most.
        wait_seconds: How long to wait for the first one.
        visibility_timeout: Seconds that received messages stay hidden from other receivers.
        retention_seconds: Age at which a message is dropped.
        redrive: Where messages go that were received too often; None keeps them.
    """

    max_messages: int
    wait_seconds: float
    visibility_timeout: int
    retention_seconds: int
    redrive: Redrive | None = None


@dataclass(slots=True)
class _Stay:
    """A message's time in the queue, in seconds since the Unix epoch.

    Attributes:
        arrived: When it was sent, or moved here as a dead letter.
        receives_before: Its receive count as it arrived.
        hidden_for: Seconds that it was hidden, up to when it was shown last.
        hidden_since: Since when it is hidden; None while it is visible.
    """

    arrived: float
    receives_before: int
    hidden_for: float = 0.0
    hidden_since: float | None = None

    def age(self, now: float, speed: float) -> float:
        """AWS seconds that it has been here; a second of being hidden is one, as its timeout is."""
        hidden = self.hidden_for + (0.0 if self.hidden_since is None else now - self.hidden_since)
        return max(now - self.arrived - hidden, 0.0) * speed + hidden


class MessageStore:
    """Messages of a queue: ready, or hidden until an instant because delayed or in flight.

    Safe for concurrent use. Sending and deleting cost the same however long the queue is, and
    receiving costs by the message received.

    Attributes:
        name: The queue's name, part of its receipt handles.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._changed = threading.Condition()
        self._messages: dict[str, Message] = {}
        self._stays: dict[str, _Stay] = {}
        self._ready: deque[Message] = deque()
        # Entries of messages that were deleted or hidden anew stay until they are due.
        self._hidden: list[tuple[float, int, Message]] = []
        self._hidden_until: dict[str, float] = {}
        self._ticket = count()

    def add(self, message: Message) -> None:
        """Take a message; it is ready now or, if delayed, at its `delayed_until`."""
        with self._changed:
            self._messages[message.id] = message
            self._stays[message.id] = _Stay(time.time(), message.approximate_receive_count)
            delayed_until = message.delayed_until / 1000
            if delayed_until > time.time():
                self._hide(message, delayed_until)
            else:
                self._ready.append(message)
            self._changed.notify()

    def receive(
        self, terms: ReceiveTerms, receiver_is_there: Callable[[], bool] = lambda: True
    ) -> list[Message]:
        """Up to `terms.max_messages` messages, as soon as there is one, hidden from other receivers.

        They are copies: what happens to a message later does not change what was received. A receiver
        that has hung up while it waited gets none, because its messages would be hidden for a
        visibility timeout although nobody has them.
        """
        deadline = time.monotonic() + terms.wait_seconds
        while True:
            taken, dead = self._receive_until(deadline, terms, receiver_is_there)
            # Outside the lock: two queues may be each other's dead-letter queue.
            for message in dead:
                terms.redrive.dead_letter(message)  # type: ignore[union-attr]
            if taken or not dead or time.monotonic() >= deadline:
                return taken

    def delete(self, receipt_handle: str) -> None:
        """Delete the message of a receipt handle, if that is its newest.

        A handle of an earlier receive deletes nothing, without an error; AWS leaves open whether it
        does (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_DeleteMessage.html).

        Raises:
            UnknownReceiptHandleError: The handle is not one of this queue's.
        """
        message_id, receive_count = self._parse(receipt_handle)
        with self._changed:
            message = self._messages.get(message_id)
            if message is None or message.approximate_receive_count != receive_count:
                return
            self._forget(message)
            if self._hidden_until.pop(message_id, None) is None:
                self._ready.remove(message)

    def change_visibility(self, receipt_handle: str, seconds: int) -> None:
        """Hide a message for `seconds` from now, or show it again at once with 0.

        Raises:
            UnknownReceiptHandleError: The handle is not one of this queue's.
            NotInFlightError: The message is gone, ready again, or received again since.
        """
        message_id, receive_count = self._parse(receipt_handle)
        with self._changed:
            self._reveal_due()
            message = self._messages.get(message_id)
            if (
                message is None
                or message.approximate_receive_count != receive_count
                or message_id not in self._hidden_until
            ):
                raise NotInFlightError
            self._hide(message, time.time() + seconds)
            if seconds == 0:
                self._reveal_due()
            self._changed.notify()

    def clear(self) -> None:
        """Forget every message."""
        with self._changed:
            self._messages.clear()
            self._stays.clear()
            self._ready.clear()
            self._hidden.clear()
            self._hidden_until.clear()

    def counts(self) -> tuple[int, int, int]:
        """Number of messages that are visible, in flight, and delayed."""
        with self._changed:
            self._reveal_due()
            delayed = sum(
                self._messages[message_id].approximate_receive_count == 0 for message_id in self._hidden_until
            )
            return len(self._ready), len(self._hidden_until) - delayed, delayed

    def oldest_age(self, speed: float) -> float:
        """Age of the oldest message that has not been received too often, in AWS seconds; 0 without any.

        A message that was received three times and is still there is left out of it, and a dead letter is as
        old as its stay here
        (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html).

        Args:
            speed: AWS seconds a real second. A message waits in AWS time, and is hidden for real seconds,
                since a visibility timeout bounds the work of a process.
        """
        with self._changed:
            self._reveal_due()
            now = time.time()
            return max(
                (
                    stay.age(now, speed)
                    for message_id, stay in self._stays.items()
                    if self._messages[message_id].approximate_receive_count - stay.receives_before
                    < _TOO_MANY_RECEIVES
                ),
                default=0.0,
            )

    def _receive_until(
        self, deadline: float, terms: ReceiveTerms, receiver_is_there: Callable[[], bool]
    ) -> tuple[list[Message], list[Message]]:
        """Messages for the receiver and messages for the dead-letter queue, as soon as there are any."""
        with self._changed:
            while True:
                self._reveal_due()
                if self._ready and not receiver_is_there():
                    # The next one in line was not woken for this message.
                    self._changed.notify()
                    return [], []
                taken, dead = self._take(terms)
                left = deadline - time.monotonic()
                if taken or dead or left <= 0:
                    return taken, dead
                self._changed.wait(min(left, self._seconds_to_next()))

    def _take(self, terms: ReceiveTerms) -> tuple[list[Message], list[Message]]:
        taken: list[Message] = []
        dead: list[Message] = []
        shown_again: list[Message] = []
        now = time.time()
        while self._ready and len(taken) < terms.max_messages:
            message = self._ready.popleft()
            if message.sent_timestamp / 1000 + terms.retention_seconds <= now:
                self._forget(message)
            elif terms.redrive and message.approximate_receive_count >= terms.redrive.max_receive_count:
                self._forget(message)
                dead.append(message)
            else:
                taken.append(self._received(message, now))
                if terms.visibility_timeout > 0:
                    self._hide(message, now + terms.visibility_timeout)
                else:
                    shown_again.append(message)
        self._ready.extend(shown_again)
        if self._ready:
            # More than this receiver takes: the next one in line may have them.
            self._changed.notify()
        return taken, dead

    def _received(self, message: Message, now: float) -> Message:
        message.approximate_receive_count += 1
        if message.approximate_first_receive_timestamp is None:
            message.approximate_first_receive_timestamp = int(now * 1000)
        message.receipt_handle = self._handle(message)
        return copy.copy(message)

    def _forget(self, message: Message) -> None:
        del self._messages[message.id]
        del self._stays[message.id]

    def _hide(self, message: Message, until: float) -> None:
        stay = self._stays[message.id]
        if stay.hidden_since is None:
            stay.hidden_since = time.time()
        self._hidden_until[message.id] = until
        heapq.heappush(self._hidden, (until, next(self._ticket), message))

    def _show(self, message: Message, since: float) -> None:
        stay = self._stays[message.id]
        if stay.hidden_since is not None:
            stay.hidden_for += max(since - stay.hidden_since, 0.0)
            stay.hidden_since = None
        self._ready.append(message)

    def _reveal_due(self) -> None:
        now = time.time()
        while self._hidden and self._hidden[0][0] <= now:
            until, _, message = heapq.heappop(self._hidden)
            if self._hidden_until.get(message.id) == until:
                del self._hidden_until[message.id]
                self._show(message, until)

    def _seconds_to_next(self) -> float:
        return max(0.0, self._hidden[0][0] - time.time()) if self._hidden else threading.TIMEOUT_MAX

    def _handle(self, message: Message) -> str:
        told = f"{self.name}\n{message.id}\n{message.approximate_receive_count}"
        return base64.b64encode(told.encode()).decode()

    def _parse(self, receipt_handle: str) -> tuple[str, int]:
        try:
            name, message_id, receive_count = (
                base64.b64decode(receipt_handle, validate=True).decode().split("\n")
            )
            if name != self.name:
                raise UnknownReceiptHandleError
            return message_id, int(receive_count)
        except (binascii.Error, UnicodeDecodeError, ValueError) as error:
            raise UnknownReceiptHandleError from error
