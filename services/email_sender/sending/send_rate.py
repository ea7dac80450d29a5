"""Limit of the mails that the whole account sends in a second, shared by all tasks."""

import asyncio
import math
import random
import time
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from botocore.exceptions import BotoCoreError, ClientError

from shared.backoff import Backoff
from shared.message import Priority
from shared.outage import Outage

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient

# A busy task asks for so much at once that it makes about this many calls a second.
_LOTS_A_SECOND = 4
# Tasks that found a second sold out ask for the next one spread over this part of it.
_SPREAD_SECONDS = 0.1
_FIRST_PAUSE_SECONDS = 0.5
_MAX_PAUSE_SECONDS = 5.0
# Clocks of tasks differ by less. DynamoDB deletes the item some time after that.
_KEPT_SECONDS = 600


class Clock(Protocol):
    """Time, and waiting for it."""

    def now(self) -> float:
        """Seconds since the Unix epoch."""

    async def sleep(self, seconds: float) -> None:
        """Return when so many seconds have passed."""


class SystemClock:
    """The host's time, which Fargate keeps in step for all tasks."""

    def now(self) -> float:
        """Seconds since the Unix epoch."""
        return time.time()

    async def sleep(self, seconds: float) -> None:
        """Return when so many seconds have passed."""
        await asyncio.sleep(seconds)


class SendRate:
    """Hands out tokens, each worth one mail in one second of the clock.

    All tasks take from the same item of the ledger table, one for each second. A task reserves tokens in
    lots: as many as it has callers waiting, or a share of what it lately used. Tokens of a second that
    is over are worth nothing, so a lot that came too late or was too large sends less, never more.

    What SES allows an account is such a rate:
    https://docs.aws.amazon.com/ses/latest/dg/manage-sending-quotas.html

    Args:
        client: DynamoDB client; needs dynamodb:UpdateItem.
        table: Name of the ledger table.
        rate: Mails a second for all tasks together; 0 is no limit.
        clock: Time, in step with that of the other tasks.
        jitter: A random number in [0, 1).

    Attributes:
        outage: Outage of the table, without which no tokens can be had.
    """

    def __init__(
        self,
        client: "DynamoDBClient",
        table: str,
        rate: int,
        *,
        clock: Clock | None = None,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._client = client
        self._table = table
        self._rate = rate
        self._clock = clock or SystemClock()
        self._jitter = jitter
        self._high: deque[asyncio.Future[None]] = deque()
        self._normal: deque[asyncio.Future[None]] = deque()
        self._serving: asyncio.Task[None] | None = None
        self._second = 0
        self._tokens = 0
        self._used = 0
        self._used_before = 0
        self._call_seconds = 0.0
        self._backoff = Backoff(_FIRST_PAUSE_SECONDS, _MAX_PAUSE_SECONDS, jitter)
        self.outage = Outage("send_rate")

    async def take(self, priority: Priority = "normal") -> None:
        """Wait until one mail may be sent.

        Callers of high priority go before all others of this task. While DynamoDB does not answer,
        nobody goes: an account that sends faster than it may is worse than one that sends later.

        Args:
            priority: "high" or "normal".
        """
        if not self._rate:
            return
        self._enter(int(self._clock.now()))
        if self._tokens > 0 and not self._high and not self._normal:
            self._spend()
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        (self._high if priority == "high" else self._normal).append(turn)
        if self._serving is None:
            self._serving = asyncio.create_task(self._serve())
        await turn

    async def _serve(self) -> None:
        """Reserve tokens and hand them out until no caller waits for one."""
        try:
            while waiting := self._waiting():
                self._enter(int(self._clock.now()))
                if self._tokens == 0:
                    await self._reserve(waiting)
                while self._tokens > 0 and (turn := self._next()) is not None:
                    self._spend()
                    turn.set_result(None)
        except Exception as error:  # noqa: BLE001 - whatever went wrong, no caller may wait for ever
            while (turn := self._next()) is not None:
                turn.set_exception(error)
        finally:
            self._serving = None

    def _waiting(self) -> int:
        return sum(not turn.done() for queue in (self._high, self._normal) for turn in queue)

    def _next(self) -> "asyncio.Future[None] | None":
        for queue in (self._high, self._normal):
            while queue:
                turn = queue.popleft()
                if not turn.done():
                    return turn
        return None

    def _spend(self) -> None:
        self._tokens -= 1
        self._used += 1

    def _enter(self, second: int) -> None:
        """Let the tokens of another second lapse; also those of a later one, if the clock was set back."""
        if second == self._second:
            return
        self._used_before = self._used if second == self._second + 1 else 0
        self._second, self._tokens, self._used = second, 0, 0

    async def _reserve(self, waiting: int) -> None:
        """Get a lot for the second in which DynamoDB's answer will be here, or wait for a better time."""
        asked_at = self._clock.now()
        second = int(asked_at + self._call_seconds)
        lot = self._lot(waiting, second, asked_at)
        try:
            granted = await self._ask(second, lot)
        except (BotoCoreError, ClientError) as error:
            self.outage.note(str(error))
            await self._clock.sleep(self._backoff.next())
            return
        self.outage.note(None)
        self._backoff.reset()
        now = self._clock.now()
        self._call_seconds = now - asked_at
        if granted == 0:
            await self._wait_until(second + 1 + self._jitter() * _SPREAD_SECONDS)
            return
        await self._wait_until(second)
        self._enter(int(self._clock.now()))
        if self._second == second:
            self._tokens = granted

    def _lot(self, waiting: int, second: int, now: float) -> int:
        """Number of tokens to reserve with the next call.

        Never less than there are callers, since each of them wants one now. A task that has used many in
        this second or the one before will want more, but only as many as the rest of the second lasts.
        """
        used = max(self._used, self._used_before) if second == self._second else self._used
        rest = 1.0 if second > now else second + 1 - now
        return min(self._rate, max(waiting, math.ceil(min(used / _LOTS_A_SECOND, used * rest))))

    async def _ask(self, second: int, lot: int) -> int:
        """Reserve tokens; the number of them that are ours: all, the last ones that were left, or none.

        The counter may pass the rate in the one call that takes the last tokens; what is above the rate
        belongs to nobody. So a lot that does not fit whole needs no second call.
        """
        try:
            answer = await self._client.update_item(
                TableName=self._table,
                Key={"notification_id": {"S": f"send-rate/{second}"}},
                UpdateExpression="SET expires_at = :expires_at ADD taken :lot",
                ConditionExpression="attribute_not_exists(taken) OR taken < :rate",
                ExpressionAttributeValues={
                    ":expires_at": {"N": str(second + _KEPT_SECONDS)},
                    ":lot": {"N": str(lot)},
                    ":rate": {"N": str(self._rate)},
                },
                ReturnValues="UPDATED_NEW",
            )
        except ClientError as error:
            if error.response["Error"]["Code"] == "ConditionalCheckFailedException":
                return 0
            raise
        taken = int(answer["Attributes"]["taken"]["N"])
        return max(0, lot - max(0, taken - self._rate))

    async def _wait_until(self, moment: float) -> None:
        seconds = moment - self._clock.now()
        if seconds > 0:
            await self._clock.sleep(seconds)
