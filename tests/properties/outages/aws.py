"""SQS and a ledger table in memory, with outages, as a client in virtual time sees them.

The benchmarks' SQS (`tests/bench/stand_in`) answers processes over HTTP in real time, and never fails.
"""

import asyncio
import heapq
import itertools
import math
from collections import defaultdict, deque

from botocore.exceptions import EndpointConnectionError

from email_sender.ledger import LedgerUnavailableError, VersionChangedError

_CALL_SECONDS = 0.005
_OUTAGE_CALL_SECONDS = 0.5
_MAX_RECEIVES = 1000
# At the beginning of an outage some writes go through of which only the confirmation is lost.
_HALF_DOWN_SECONDS = 3.0


class _Queue:
    """One queue: what is visible, what is hidden until when, and who waits."""

    def __init__(self, now) -> None:
        self._now = now
        self.messages = {}
        self._visible = deque()
        self._hidden = []
        self._waiting = deque()
        self._emptied = asyncio.Event()
        self.too_often = []

    def put(self, name, body, attributes) -> None:
        self.messages[name] = {
            "body": body,
            "attributes": attributes,
            "receives": 0,
            "handle": None,
            "sent_at": self._now(),
        }
        self._show(name)

    def hide(self, name, seconds) -> None:
        """Hide a message for so long from now."""
        message = self.messages[name]
        message["hidden_until"] = until = self._now() + seconds
        if seconds <= 0:
            self._show(name)
        else:
            heapq.heappush(self._hidden, (until, name))

    def take(self, max_messages, visibility):
        """Hand out what is visible."""
        while self._hidden and self._hidden[0][0] <= self._now():
            until, name = heapq.heappop(self._hidden)
            if name in self.messages and self.messages[name].get("hidden_until") == until:
                self._visible.append(name)
        taken = []
        while self._visible and len(taken) < max_messages:
            name = self._visible.popleft()
            message = self.messages.get(name)
            if message is None:
                continue
            message["receives"] += 1
            if message["receives"] > _MAX_RECEIVES:
                self.too_often.append(self.messages.pop(name))
                continue
            message["handle"] = f"{name}/{message['receives']}"
            self.hide(name, visibility)
            taken.append((name, message))
        return taken

    async def wait(self, deadline) -> None:
        """Until something may be visible, or the deadline."""
        until = min([deadline, *(moment for moment, _ in self._hidden[:1])])
        turn = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            async with asyncio.timeout(max(until - self._now(), 0.001)):
                await turn
        except TimeoutError:
            pass

    async def empty(self) -> None:
        """Until nothing is on the queue, visible or not."""
        self._emptied = asyncio.Event()
        if self.messages:
            await self._emptied.wait()

    def remove(self, name) -> None:
        """Take a message off for good."""
        del self.messages[name]
        if not self.messages:
            self._emptied.set()

    def _show(self, name) -> None:
        self._visible.append(name)
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                return


class Sqs:
    """As much of a client as inboxes and dead-letter queues use, for all tasks."""

    def __init__(self, now) -> None:
        self._now = now
        self._names = itertools.count()
        self.queues = defaultdict(lambda: _Queue(now))
        self.is_down = False
        self.calls = []

    def put(self, queue, body, attributes=None) -> None:
        """What the Notification API does."""
        self.queues[queue].put(f"m{next(self._names)}", body, attributes or {})

    async def receive_message(self, *, QueueUrl, **asked):  # noqa: N803 - boto3's names
        await self._call()
        queue, deadline = self.queues[QueueUrl], self._now() + asked["WaitTimeSeconds"]
        max_messages, visibility = asked["MaxNumberOfMessages"], asked["VisibilityTimeout"]
        while not (taken := queue.take(max_messages, visibility)) and self._now() < deadline:
            await queue.wait(deadline)
            if self.is_down:
                await self._call()
        return {
            "Messages": [
                {
                    "MessageId": name,
                    "ReceiptHandle": message["handle"],
                    "Body": message["body"],
                    "MessageAttributes": message["attributes"],
                    "Attributes": {
                        "ApproximateReceiveCount": str(message["receives"]),
                        "SentTimestamp": str(int(message["sent_at"] * 1000)),
                    },
                }
                for name, message in taken
            ]
        }

    async def delete_message_batch(self, *, QueueUrl, Entries):  # noqa: N803 - boto3's names
        return await self._each(QueueUrl, Entries, lambda queue, name, _: queue.remove(name))

    async def change_message_visibility_batch(self, *, QueueUrl, Entries):  # noqa: N803 - boto3's names
        return await self._each(
            QueueUrl, Entries, lambda queue, name, entry: queue.hide(name, entry["VisibilityTimeout"])
        )

    async def send_message_batch(self, *, QueueUrl, Entries):  # noqa: N803 - boto3's names
        await self._call()
        for entry in Entries:
            self.put(QueueUrl, entry["MessageBody"], entry["MessageAttributes"])
        return {"Successful": [{"Id": entry["Id"]} for entry in Entries]}

    async def _each(self, url, entries, change):
        await self._call()
        queue, answer = self.queues[url], {"Successful": [], "Failed": []}
        for entry in entries:
            name = entry["ReceiptHandle"].partition("/")[0]
            message = queue.messages.get(name)
            if message is not None and message["handle"] == entry["ReceiptHandle"]:
                change(queue, name, entry)
            answer["Successful"].append({"Id": entry["Id"]})
        return answer

    async def _call(self) -> None:
        self.calls.append(self._now())
        await asyncio.sleep(_OUTAGE_CALL_SECONDS if self.is_down else _CALL_SECONDS)
        if self.is_down:
            raise EndpointConnectionError(endpoint_url="sqs")


class Table:
    """The ledger's table for all tasks: compare, and swap."""

    def __init__(self, now) -> None:
        self._now = now
        self.items = {}
        self._down_since = math.inf
        self.calls = []
        self._writes = itertools.count()

    @property
    def is_down(self) -> bool:
        """Whether it answers nobody."""
        return self._down_since <= self._now()

    @is_down.setter
    def is_down(self, down) -> None:
        self._down_since = self._now() if down else math.inf

    async def read(self, notification_id, *, consistent=True):
        del consistent
        await self._call()
        return self.items.get(notification_id)

    async def write(self, item) -> None:
        if (
            self.is_down
            and self._now() < self._down_since + _HALF_DOWN_SECONDS
            and next(self._writes) % 3 == 0
        ):
            self._swap(item)
        await self._call()
        self._swap(item)

    def _swap(self, item) -> None:
        current = self.items.get(item.notification_id)
        if item.version != (1 if current is None else current.version + 1):
            raise VersionChangedError(current)
        self.items[item.notification_id] = item

    async def _call(self) -> None:
        self.calls.append(self._now())
        await asyncio.sleep(_OUTAGE_CALL_SECONDS if self.is_down else _CALL_SECONDS)
        if self.is_down:
            raise LedgerUnavailableError("down")
