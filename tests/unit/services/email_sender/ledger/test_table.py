import asyncio

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from email_sender.ledger import LedgerTable, LedgerUnavailableError, VersionChangedError, dynamodb_client
from email_sender.ledger.item import to_attributes
from shared.sqs.micro_batcher import BatchLimits
from tests.waiting import SOON

_QUICK = BatchLimits(entries=25, wait_seconds=0.001)


@pytest.fixture
async def client(aws):
    """A DynamoDB client of moto."""
    async with dynamodb_client(region="eu-central-1", connections=8) as client:
        yield client


@pytest.fixture
def table(client, ledger_table):
    """The test's table at moto."""
    return LedgerTable(client, ledger_table, limits=_QUICK)


class FakeClient:
    """Answers transactions and puts with what it is told, in turn, and keeps what it was asked."""

    def __init__(self, *answers: object) -> None:
        self.answers = list(answers)
        self.transactions = []
        self.puts = []

    async def transact_write_items(self, *, TransactItems):  # noqa: N803 - AWS's name
        self.transactions.append([_key(entry["Put"]) for entry in TransactItems])
        self._answer()

    async def put_item(self, **asked):
        self.puts.append(_key(asked))
        self._answer()

    async def get_item(self, **_):
        return self._answer() or {}

    def _answer(self):
        answer = self.answers.pop(0) if self.answers else None
        if isinstance(answer, Exception):
            raise answer
        return answer


def _key(asked):
    return asked["Item"]["notification_id"]["S"]


def _cancelled(*reasons):
    return ClientError(
        {"Error": {"Code": "TransactionCanceledException"}, "CancellationReasons": list(reasons)},
        "TransactWriteItems",
    )


_FINE = {"Code": "None"}


async def _write_all(table, *items):
    async with asyncio.timeout(SOON):
        return await asyncio.gather(*map(table.write, items), return_exceptions=True)


async def test_read_what_was_written(table, item):
    """An item that was written is there, an unknown one is not."""
    await table.write(item(version=1))

    assert item(version=1) == await table.read("id-1")
    assert await table.read("other") is None


async def test_next_version_replaces_the_one_before(table, item):
    """A write on top of the version it was made for succeeds."""
    await table.write(item(version=1))
    await table.write(item(version=2, state="sent"))

    assert "sent" == (await table.read("id-1")).state


@pytest.mark.parametrize("version", [1, 3])
async def test_write_on_another_version_is_refused(table, item, version):
    """Who wrote first stays; the other is told what is there."""
    await table.write(item(version=1, owner="first"))

    with pytest.raises(VersionChangedError) as refused:
        await table.write(item(version=version, owner="second"))

    assert item(version=1, owner="first") == refused.value.current


async def test_many_are_written_in_one_transaction(item):
    """Writes that come together go in one call; a lonely one needs no transaction."""
    client = FakeClient()
    table = LedgerTable(client, "ledger", limits=_QUICK)

    await _write_all(table, *(item(notification_id=f"id-{n}") for n in range(3)))
    await table.write(item())

    assert [["id-0", "id-1", "id-2"]] == client.transactions
    assert ["id-1"] == client.puts


async def test_refusal_of_one_holds_up_no_other(table, item):
    """At moto: in a transaction that is cancelled by one entry the others are written all the same."""
    await table.write(item(notification_id="b", version=1, owner="first"))

    results = await _write_all(table, *(item(notification_id=name, version=1) for name in "abc"))

    assert [None, None] == [results[0], results[2]]
    assert item(notification_id="b", version=1, owner="first") == results[1].current
    assert await table.read("c") is not None


async def test_two_writes_of_one_item_do_not_meet_in_a_transaction(table, item):
    """DynamoDB refuses a transaction that touches an item twice: each goes alone, and one wins."""
    results = await _write_all(table, *(item(version=1, owner=owner) for owner in ("a", "b", "c")))

    assert [None, VersionChangedError, VersionChangedError] == sorted(
        (result and type(result) for result in results), key=bool
    )


async def test_reason_without_the_item_is_looked_up(item):
    """What the refusal does not bring along is read, also when it has gone meanwhile."""
    lost = {"Code": "ConditionalCheckFailed"}
    found = item(notification_id="a", version=7)
    client = FakeClient(_cancelled(lost, lost, _FINE), {"Item": to_attributes(found)}, {})
    table = LedgerTable(client, "ledger", limits=_QUICK)

    results = await _write_all(table, *(item(notification_id=name) for name in "abc"))

    assert (found, None) == (results[0].current, results[1].current)
    assert ["c"] == client.puts


async def test_look_up_that_fails_is_an_outage(item):
    """Without the item nobody can decide."""
    refused = ClientError({"Error": {"Code": "ConditionalCheckFailedException"}}, "PutItem")
    client = FakeClient(refused, EndpointConnectionError(endpoint_url="http://dynamodb"))

    with pytest.raises(LedgerUnavailableError):
        await LedgerTable(client, "ledger", limits=_QUICK).write(item())


async def test_conflicting_transaction_goes_on_alone(item):
    """An item that another transaction holds is put by itself; the rest does not wait for it."""
    client = FakeClient(_cancelled(_FINE, {"Code": "TransactionConflict"}, _FINE))
    table = LedgerTable(client, "ledger", limits=_QUICK)

    assert [None] * 3 == await _write_all(table, *(item(notification_id=name) for name in "abc"))
    assert ([["a", "b", "c"], ["a", "c"]], ["b"]) == (client.transactions, client.puts)


async def test_throttled_entry_is_an_outage(item):
    """What DynamoDB has no capacity for may be tried later."""
    client = FakeClient(_cancelled(_FINE, {"Code": "ThrottlingError", "Message": "slow down"}))

    results = await _write_all(
        LedgerTable(client, "ledger", limits=_QUICK), *(item(notification_id=name) for name in "ab")
    )

    assert results[0] is None
    assert "ThrottlingError: slow down" == str(results[1])
    assert isinstance(results[1], LedgerUnavailableError)


@pytest.mark.parametrize(
    "error",
    [
        EndpointConnectionError(endpoint_url="http://dynamodb"),
        ClientError({"Error": {"Code": "ThrottlingException"}}, "TransactWriteItems"),
        _cancelled(_FINE, _FINE),
    ],
)
@pytest.mark.parametrize("names", ["ab", "a"])
async def test_call_that_fails_fails_all_its_writes(item, error, names):
    """Without an answer nobody knows what was written."""
    client = FakeClient(error)

    results = await _write_all(
        LedgerTable(client, "ledger", limits=_QUICK), *(item(notification_id=name) for name in names)
    )

    assert {LedgerUnavailableError} == set(map(type, results))


@pytest.mark.parametrize("reasons", [None, 7, "ab", {"Code": "None"}, [None, None], ["a", "b"], [{}]])
async def test_reasons_that_are_none_fail_all_writes(item, reasons):
    """A cancelled transaction that does not say why, entry for entry, confirms nothing."""
    error = ClientError(
        {"Error": {"Code": "TransactionCanceledException"}, "CancellationReasons": reasons},
        "TransactWriteItems",
    )
    table = LedgerTable(FakeClient(error), "ledger", limits=_QUICK)

    results = await _write_all(table, item(notification_id="a"), item(notification_id="b"))

    assert [LedgerUnavailableError] * 2 == [type(result) for result in results]


async def test_table_that_does_not_exist(client, item):
    """Reads and writes of a table that is not there say so."""
    table = LedgerTable(client, "no-such", limits=_QUICK)

    with pytest.raises(LedgerUnavailableError, match="ResourceNotFound"):
        await table.write(item())
    with pytest.raises(LedgerUnavailableError, match="ResourceNotFound"):
        await table.read("id-1")


async def test_flush_waits_for_nobody(item):
    """What waits for company is written at once when asked to."""
    client = FakeClient()
    table = LedgerTable(client, "ledger", limits=BatchLimits(wait_seconds=60))
    writing = asyncio.create_task(table.write(item()))
    await asyncio.sleep(0)

    await table.flush()
    await asyncio.wait_for(writing, SOON)

    assert ["id-1"] == client.puts
