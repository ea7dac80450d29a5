import asyncio
from datetime import UTC, datetime

import pytest

from email_sender.ledger.client import dynamodb_client
from email_sender.ledger.item import LedgerUnavailableError
from email_sender.suppression.suppression import Suppression, suppression_key

_START = 1_700_000_000.0
_DAY = 86_400


class Clock:
    """Time that a test sets."""

    def __init__(self) -> None:
        self.now = _START

    def __call__(self) -> float:
        return self.now


class Seen:
    """A client whose batch reads can be looked at."""

    def __init__(self, client) -> None:
        self._client = client
        self.asked = []

    async def put_item(self, **asked):
        return await self._client.put_item(**asked)

    async def update_item(self, **asked):
        return await self._client.update_item(**asked)

    async def get_item(self, **asked):
        return await self._client.get_item(**asked)

    async def batch_get_item(self, *, RequestItems):  # noqa: N803 - boto3's name
        [(_, read)] = RequestItems.items()
        self.asked.append([key["notification_id"]["S"] for key in read["Keys"]])
        return await self._client.batch_get_item(RequestItems=RequestItems)


class Scarce:
    """A DynamoDB with capacity for so many keys a call."""

    def __init__(self, capacity) -> None:
        self._capacity = capacity
        self.calls = 0

    async def batch_get_item(self, *, RequestItems):  # noqa: N803 - boto3's name
        self.calls += 1
        [(table, read)] = RequestItems.items()
        done, left = read["Keys"][: self._capacity], read["Keys"][self._capacity :]
        items = [{**key, "expires_at": {"N": str(int(_START) + 1)}} for key in done]
        return {"Responses": {table: items}, "UnprocessedKeys": {table: {"Keys": left}} if left else {}}


@pytest.fixture
def clock():
    """The test's own time."""
    return Clock()


@pytest.fixture
def seen(client):
    """The client, watched."""
    return Seen(client)


@pytest.fixture
def suppression(seen, ledger_table, clock):
    """The list in the test's own table."""
    return Suppression(seen, ledger_table, now=clock)


@pytest.fixture
def other(client, ledger_table, clock):
    """The same list as another task sees it."""
    return Suppression(client, ledger_table, now=clock)


async def test_added_address_gets_no_mail(suppression, other):
    """What one task adds, it knows at once and every other when it asks; other addresses get mail."""
    await suppression.add("ada@example.com", "550 5.1.1 no such user")

    assert await suppression.is_suppressed("ada@Example.com")
    assert await other.is_suppressed("ada@example.com")
    assert not await other.is_suppressed("eve@example.com")


async def test_no_address_stands_in_the_table(suppression, client, ledger_table):
    """Neither the key nor the reason has the address in clear."""
    await suppression.add("ada@example.com", "550 5.1.1 <ada@example.com> unknown")

    [item] = (await client.scan(TableName=ledger_table))["Items"]
    assert "ada" not in str(item)
    assert {"S": "550 5.1.1 <address> unknown"} == item["reason"]


async def test_removed_address_gets_mail_again(suppression, other):
    """Removing says whether there was anything to remove."""
    await suppression.add("ada@example.com", "by hand")

    assert await suppression.remove("ada@example.com")
    assert not await suppression.is_suppressed("ada@example.com")
    assert not await other.is_suppressed("ada@example.com")
    assert not await suppression.remove("ada@example.com")
    assert not await suppression.remove("eve@example.com")


async def test_suppression_ends_by_itself(suppression, other, clock, client, ledger_table):
    """An item that is over counts as gone, although DynamoDB has not deleted it yet."""
    await suppression.add("ada@example.com", "by hand", days=2)

    clock.now += 2 * _DAY

    assert 1 == (await client.scan(TableName=ledger_table))["Count"]
    assert not await other.is_suppressed("ada@example.com")
    assert not await suppression.is_suppressed("ada@example.com")
    assert await other.look_up("ada@example.com") is None


async def test_look_up(suppression, clock):
    """Why, since when and until when."""
    await suppression.add("ada@example.com", "by hand", days=3)
    clock.now += 60

    found = await suppression.look_up("ada@example.com")

    assert "by hand" == found.reason
    assert datetime.fromtimestamp(_START, UTC) == found.added_at
    assert datetime.fromtimestamp(_START + 3 * _DAY, UTC) == found.expires_at
    assert await suppression.look_up("eve@example.com") is None


async def test_many_addresses_are_one_call(suppression, seen):
    """Questions at the same time go together, the same address once, at most 100 in a call."""
    await asyncio.gather(*(suppression.is_suppressed(f"a{n}@example.com") for n in range(120)))
    await asyncio.gather(*(suppression.is_suppressed("eve@example.com") for n in range(5)))

    assert [100, 20, 1] == [len(keys) for keys in seen.asked]


async def test_answers_are_kept_for_a_minute(suppression, seen, other, clock):
    """A known address costs no call until a minute is over."""
    assert not await suppression.is_suppressed("ada@example.com")
    await other.add("ada@example.com", "by hand")

    clock.now += 59
    assert not await suppression.is_suppressed("ada@example.com")
    assert 1 == len(seen.asked)
    clock.now += 2
    assert await suppression.is_suppressed("ada@example.com")
    assert 2 == len(seen.asked)


async def test_what_dynamodb_leaves_undone_is_asked_again(clock):
    """Keys that DynamoDB had no capacity for go in a further call, after pauses that grow."""
    pauses = []

    async def pause(seconds):
        pauses.append(seconds)

    suppression = Suppression(Scarce(2), "ledger", now=clock, pause=pause)

    answers = await asyncio.gather(*(suppression.is_suppressed(f"a{n}@example.com") for n in range(5)))

    assert [True] * 5 == answers
    assert 2 == len(pauses)
    assert pauses[1] == 2 * pauses[0]


async def test_lasting_lack_of_capacity_fails_only_those_left(clock):
    """After a few calls those that were answered have their answer, the others an error."""

    async def pause(_):
        pass

    scarce = Scarce(1)
    suppression = Suppression(scarce, "ledger", now=clock, pause=pause)

    answers = await asyncio.gather(
        *(suppression.is_suppressed(f"a{n}@example.com") for n in range(8)), return_exceptions=True
    )

    assert answers.count(True) == scarce.calls == 5
    assert [LedgerUnavailableError] * 3 == [type(answer) for answer in answers if answer is not True]


async def test_unavailable_table(client, clock):
    """Whatever is asked of a table that is not there says so, and nothing counts as known."""
    suppression = Suppression(client, "no-such-table", now=clock)

    for ask in (
        lambda: suppression.is_suppressed("ada@example.com"),
        lambda: suppression.add("ada@example.com", "by hand"),
        lambda: suppression.remove("ada@example.com"),
        lambda: suppression.look_up("ada@example.com"),
        lambda: suppression.is_suppressed("ada@example.com"),
    ):
        with pytest.raises(LedgerUnavailableError, match="ResourceNotFound"):
            await ask()


async def test_unreachable_dynamodb(aws, monkeypatch, clock):
    """A connection that fails is the same kind of trouble as a refusal."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    async with dynamodb_client(region="eu-central-1", connections=1) as client:
        with pytest.raises(LedgerUnavailableError, match="Could not connect"):
            await Suppression(client, "ledger", now=clock).remove("ada@example.com")


async def test_an_answer_without_responses_is_none(clock):
    """Whoever is not told of a suppressed address must not take it for one that gets mail."""

    class Silent:
        async def batch_get_item(self, **_):
            return {}

    with pytest.raises(LedgerUnavailableError, match="no responses"):
        await Suppression(Silent(), "ledger", now=clock).is_suppressed("ada@example.com")


def test_address_does_not_stand_in_its_key():
    """The key is a digest of fixed length."""
    key = suppression_key("ada@example.com")

    assert key.startswith("suppressed/")
    assert len(key) == len("suppressed/") + 64
    assert "ada" not in key


def test_case_of_the_domain_does_not_matter_and_that_of_the_mailbox_does():
    """Domains are compared without regard to case; what stands before them belongs to their mail server."""
    assert suppression_key("Ada@example.com") == suppression_key(" Ada@EXAMPLE.com ")
    assert suppression_key("Ada@example.com") != suppression_key("ada@example.com")


def test_both_spellings_of_a_domain_have_one_key():
    """An international domain is one domain, in letters of its language as in Punycode; so is its key."""
    written, on_the_wire = suppression_key("ada@Bücher.example"), suppression_key("ada@xn--bcher-kva.example")

    assert written == on_the_wire
    assert written != suppression_key("ada@bucher.example")
