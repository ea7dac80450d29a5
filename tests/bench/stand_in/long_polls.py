"""Receivers that wait for a message."""

import asyncio
from collections import deque
from dataclasses import dataclass

from tests.bench.stand_in.queue import Message, Queue


@dataclass(slots=True)
class _Receiver:
    max_messages: int
    visibility_seconds: float | None
    messages: asyncio.Future[list[Message]]


class LongPolls:
    """Hands messages to waiting receivers, the longest waiting first.

    Args:
        queue: What they wait for; whatever may bring them a message has to be told by `wake`.
    """

    def __init__(self, queue: Queue) -> None:
        self._queue = queue
        self._receivers: deque[_Receiver] = deque()
        self._timer: asyncio.TimerHandle | None = None

    def wait(
        self, max_messages: int, visibility_seconds: float | None, wait_seconds: float
    ) -> asyncio.Future[list[Message]]:
        """Messages, as soon as there are any; none once the wait is over. Cancel it to leave."""
        loop = asyncio.get_running_loop()
        receiver = _Receiver(max_messages, visibility_seconds, loop.create_future())
        self._receivers.append(receiver)
        over = loop.call_later(wait_seconds, _give_up, receiver.messages)
        receiver.messages.add_done_callback(lambda _: over.cancel())
        self.wake()
        return receiver.messages

    def wake(self) -> None:
        """Hand out what there is."""
        while self._receivers:
            first = self._receivers[0]
            if not first.messages.done():
                messages = self._queue.receive(first.max_messages, first.visibility_seconds)
                if not messages:
                    break
                first.messages.set_result(messages)
            self._receivers.popleft()
        self._wake_when_one_comes_back()

    def _wake_when_one_comes_back(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        at = self._queue.next_visible_at
        if self._receivers and at is not None and not self._queue.paused:
            self._timer = asyncio.get_running_loop().call_at(at, self.wake)


def _give_up(messages: asyncio.Future[list[Message]]) -> None:
    if not messages.done():
        messages.set_result([])
