"""Suppression list: addresses that get no mail."""

import asyncio
import hashlib
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError
from cachetools import TTLCache

from email_sender.ledger.item import LedgerUnavailableError
from email_sender.reason import without_addresses
from shared.address import with_unicode_domain
from shared.sqs.micro_batcher import BatchLimits, MicroBatcher

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient
    from types_aiobotocore_dynamodb.type_defs import AttributeValueTypeDef

DEFAULT_DAYS = 90
"""Days that an address stays suppressed: mailboxes come back, and so do their owners."""

_CACHE_SECONDS = 60.0
_CACHED_ADDRESSES = 10_000
# Keys in a call: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html
_GATHER = BatchLimits(entries=100, wait_seconds=0.005, calls=4)
_MAX_CALLS = 5
_FIRST_PAUSE_SECONDS = 0.05
_MAX_REASON_LENGTH = 300


def suppression_key(address: str) -> str:
    """Key of an address's item in the ledger table, in which the address itself does not stand.

    A domain is the same in any case of letters, and in Punycode; what stands before it may not be
    (RFC 5321, 2.4).
    """
    return "suppressed/" + hashlib.sha256(with_unicode_domain(address.strip()).encode()).hexdigest()


@dataclass(frozen=True)
class SuppressedAddress:
    """Entry of the suppression list: an address that gets no mail.

    Attributes:
        reason: Why, without any address.
        added_at: Since when, aware.
        expires_at: Until when, aware.
    """

    reason: str
    added_at: datetime
    expires_at: datetime


@dataclass(slots=True)
class _Question:
    key: str
    suppressed: bool = False


class Suppression:
    """The suppression list, which lives in the ledger table.

    An item expires by itself. DynamoDB may take days to delete what has expired, so whoever reads an
    item compares the times: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/TTL.html

    Args:
        client: DynamoDB client; needs dynamodb:BatchGetItem to ask, dynamodb:GetItem, PutItem and
            UpdateItem for the rest.
        table: Name of the ledger table.
        now: Seconds since the Unix epoch.
        pause: Waits for so many seconds before what DynamoDB left undone is asked again.
    """

    def __init__(
        self,
        client: "DynamoDBClient",
        table: str,
        *,
        now: Callable[[], float] = time.time,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._client = client
        self._table = table
        self._now = now
        self._pause = pause
        self._cache: TTLCache[str, bool] = TTLCache(_CACHED_ADDRESSES, _CACHE_SECONDS, timer=now)
        self._questions = MicroBatcher(self._ask, _GATHER)

    async def is_suppressed(self, recipient: str) -> bool:
        """Whether an address gets no mail; up to a minute old.

        Raises:
            LedgerUnavailableError: Nobody can say now.
        """
        key = suppression_key(recipient)
        known = self._cache.get(key)
        if known is not None:
            return known
        question = _Question(key)
        await self._questions.put(question)
        self._cache[key] = question.suppressed
        return question.suppressed

    async def add(self, recipient: str, reason: str, days: int = DEFAULT_DAYS) -> None:
        """Send an address no mail for so many days from now; replaces what was known of it.

        Args:
            recipient: The address.
            reason: Why, in a sentence; addresses in it are left out.
            days: For how long; at least 1.

        Raises:
            LedgerUnavailableError: DynamoDB did not confirm.
        """
        key = suppression_key(recipient)
        added_at = datetime.fromtimestamp(self._now(), UTC)
        expires_at = added_at + timedelta(days=days)
        try:
            await self._client.put_item(
                TableName=self._table,
                Item={
                    "notification_id": {"S": key},
                    "reason": {"S": without_addresses(reason, recipient)[:_MAX_REASON_LENGTH]},
                    "added_at": {"S": added_at.isoformat(timespec="seconds")},
                    "expires_at": {"N": str(int(expires_at.timestamp()))},
                },
            )
        except (BotoCoreError, ClientError) as error:
            raise LedgerUnavailableError(str(error)) from error
        self._cache[key] = True

    async def remove(self, recipient: str) -> bool:
        """Send an address mail again; whether it got none until now.

        The item is not deleted but expires at once, so that nobody needs to be allowed to delete from
        the ledger table.

        Raises:
            LedgerUnavailableError: DynamoDB did not confirm.
        """
        key = suppression_key(recipient)
        try:
            await self._client.update_item(
                TableName=self._table,
                Key={"notification_id": {"S": key}},
                UpdateExpression="SET expires_at = :now",
                ConditionExpression="expires_at > :now",
                ExpressionAttributeValues={":now": {"N": str(int(self._now()))}},
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise LedgerUnavailableError(str(error)) from error
            return False
        except BotoCoreError as error:
            raise LedgerUnavailableError(str(error)) from error
        finally:
            self._cache.pop(key, None)
        return True

    async def look_up(self, recipient: str) -> SuppressedAddress | None:
        """Read an address's entry now; None if the address gets mail.

        Raises:
            LedgerUnavailableError: DynamoDB did not answer.
        """
        key = {"notification_id": {"S": suppression_key(recipient)}}
        try:
            answer = await self._client.get_item(TableName=self._table, Key=key, ConsistentRead=True)
        except (BotoCoreError, ClientError) as error:
            raise LedgerUnavailableError(str(error)) from error
        item = answer.get("Item")
        if item is None or not self._is_live(item):
            return None
        return SuppressedAddress(
            reason=item["reason"]["S"],
            added_at=datetime.fromisoformat(item["added_at"]["S"]),
            expires_at=datetime.fromtimestamp(int(item["expires_at"]["N"]), UTC),
        )

    def _is_live(self, item: "dict[str, AttributeValueTypeDef]") -> bool:
        return int(item["expires_at"]["N"]) > self._now()

    async def _ask(self, questions: Sequence[_Question]) -> list[Exception | None]:
        """Answer up to 100 questions; DynamoDB refuses a call that has the same key twice."""
        by_key: dict[str, list[_Question]] = {}
        for question in questions:
            by_key.setdefault(question.key, []).append(question)
        left = await self._answer(by_key)
        failure = LedgerUnavailableError("DynamoDB has no capacity for the suppression list")
        return [failure if question.key in left else None for question in questions]

    async def _answer(self, by_key: dict[str, list[_Question]]) -> set[str]:
        """Answer what DynamoDB has capacity for, in a few calls; the keys that are left."""
        left = set(by_key)
        pause = _FIRST_PAUSE_SECONDS
        for call in range(_MAX_CALLS):
            if call:
                await self._pause(pause)
                pause *= 2
            try:
                answer = await self._client.batch_get_item(
                    RequestItems={
                        self._table: {
                            "Keys": [{"notification_id": {"S": key}} for key in left],
                            "ProjectionExpression": "notification_id, expires_at",
                        }
                    }
                )
            except (BotoCoreError, ClientError) as error:
                raise LedgerUnavailableError(str(error)) from error
            if "Responses" not in answer:
                # Of nobody it is said that they get mail: nothing was answered.
                raise LedgerUnavailableError("DynamoDB's answer has no responses")
            for item in answer["Responses"].get(self._table, []):
                for question in by_key[item["notification_id"]["S"]]:
                    question.suppressed = self._is_live(item)
            unprocessed = answer.get("UnprocessedKeys", {}).get(self._table)
            left = {key["notification_id"]["S"] for key in unprocessed["Keys"]} if unprocessed else set()
            if not left:
                break
        return left
