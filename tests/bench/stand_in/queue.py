"""A queue with SQS's promises: hidden for a while when handed out, counted, gone only when deleted.

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html
"""

import heapq
import itertools
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4


@dataclass(slots=True)
class Message:
    """A message that has not been deleted.

    Attributes:
        id: SQS's own.
        body: What was sent.
        attributes: Message attributes as SendMessage takes them.
        sent_at: When it was sent, in seconds since the Unix epoch.
        receives: How often it has been handed out.
        visible_at: When it may be handed out again; None while it may be.
    """

    id: str
    body: str
    attributes: Mapping[str, Any]
    sent_at: float
    receives: int = 0
    visible_at: float | None = None

    @property
    def handle(self) -> str:
        """What the newest receive is let go by."""
        return f"{self.id}.{self.receives}"


@dataclass(order=True, slots=True)
class _Hidden:
    visible_at: float
    number: int
    message: Message = field(compare=False)


class Queue:
    """Messages in order of arrival, those in flight beside them.

    Args:
        now: Seconds on a clock that only goes forward.
        visibility_seconds: How long a message is hidden if its receiver does not say.

    Attributes:
        paused: Nothing is handed out as long as it is set.
    """

    def __init__(self, now: Callable[[], float], visibility_seconds: float) -> None:
        self._now = now
        self._visibility_seconds = visibility_seconds
        self._messages: dict[str, Message] = {}
        self._visible: deque[Message] = deque()
        self._hidden: list[_Hidden] = []
        self._numbers = itertools.count()
        self.paused = False

    def __len__(self) -> int:
        """Messages that have not been deleted."""
        return len(self._messages)

    @property
    def next_visible_at(self) -> float | None:
        """When the first message in flight would come back; None if there is none in flight."""
        while self._hidden and not self._is_current(self._hidden[0]):
            heapq.heappop(self._hidden)
        return self._hidden[0].visible_at if self._hidden else None

    def send(self, body: str, attributes: Mapping[str, Any]) -> Message:
        """Add a message."""
        message = Message(str(uuid4()), body, attributes, time.time())
        self._messages[message.id] = message
        self._visible.append(message)
        return message

    def receive(self, max_messages: int, visibility_seconds: float | None = None) -> list[Message]:
        """Hand out up to this many messages and hide them."""
        self._bring_back()
        taken: list[Message] = []
        while self._visible and len(taken) < max_messages and not self.paused:
            message = self._visible.popleft()
            if message.id in self._messages:
                message.receives += 1
                self._hide(
                    message, self._visibility_seconds if visibility_seconds is None else visibility_seconds
                )
                taken.append(message)
        return taken

    def delete(self, handle: str) -> None:
        """Forget a message; that it has been forgotten already is no error.

        Raises:
            ValueError: Not a receipt handle.
        """
        self._messages.pop(_id_of(handle), None)

    def change_visibility(self, handle: str, seconds: float) -> bool:
        """Hide a message in flight for this long from now; false if it is not in flight.

        Raises:
            ValueError: Not a receipt handle.
        """
        self._bring_back()
        message = self._messages.get(_id_of(handle))
        if message is None or message.visible_at is None:
            return False
        self._hide(message, seconds)
        self._bring_back()
        return True

    def _hide(self, message: Message, seconds: float) -> None:
        message.visible_at = self._now() + seconds
        heapq.heappush(self._hidden, _Hidden(message.visible_at, next(self._numbers), message))

    def _bring_back(self) -> None:
        now = self._now()
        while self._hidden and self._hidden[0].visible_at <= now:
            hidden = heapq.heappop(self._hidden)
            if self._is_current(hidden):
                hidden.message.visible_at = None
                self._visible.append(hidden.message)

    def _is_current(self, hidden: _Hidden) -> bool:
        """Whether the message still is in flight until then: it may be gone, or hidden anew."""
        message = hidden.message
        return message.id in self._messages and message.visible_at == hidden.visible_at


def _id_of(handle: str) -> str:
    message_id, dot, _ = handle.rpartition(".")
    if not dot:
        raise ValueError(f"not a receipt handle: {handle!r}")
    return message_id
