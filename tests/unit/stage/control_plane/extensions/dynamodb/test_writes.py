import copy
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from botocore.exceptions import ClientError
from moto.dynamodb.exceptions import TransactionCanceledException
from moto.dynamodb.models import dynamodb_backends
from moto.dynamodb.models.table import Table


@pytest.fixture
def put(table):
    """Makes the put of an item whose id may be taken once."""

    def put(identity, version="1", **options):
        item = {"id": {"S": identity}, "version": {"N": version}}
        condition = {"ConditionExpression": "attribute_not_exists(id)"}
        return {"TableName": table, "Item": item} | condition | options

    return put


@pytest.fixture
def stored(dynamodb, table):
    """The version of each item that is there."""

    def stored():
        items = dynamodb.scan(TableName=table)["Items"]
        return {item["id"]["S"]: item["version"]["N"] for item in items}

    return stored


def transact(dynamodb, *puts):
    """Write all or none; gives the reasons of a cancellation."""
    try:
        dynamodb.transact_write_items(TransactItems=[{"Put": put} for put in puts])
    except dynamodb.exceptions.TransactionCanceledException as error:
        return error.response["CancellationReasons"]
    return None


def test_a_transaction_writes_every_item(dynamodb, put, stored):
    """New items are there, and old ones replaced, where the conditions hold."""
    dynamodb.put_item(**put("old"))
    replaced = put(
        "old", "2", ConditionExpression="version = :v", ExpressionAttributeValues={":v": {"N": "1"}}
    )

    assert transact(dynamodb, put("new"), replaced) is None

    assert {"new": "1", "old": "2"} == stored()


def test_one_condition_that_fails_cancels_the_whole_transaction(dynamodb, put, stored):
    """Each item has a reason, and the one at fault says what is there instead."""
    dynamodb.put_item(**put("taken", "7"))

    reasons = transact(
        dynamodb, put("free"), put("taken", ReturnValuesOnConditionCheckFailure="ALL_OLD"), put("other")
    )

    assert ["None", "ConditionalCheckFailed", "None"] == [reason["Code"] for reason in reasons]
    assert {"id": {"S": "taken"}, "version": {"N": "7"}} == reasons[1]["Item"]
    assert {"taken": "7"} == stored()


def test_what_is_there_is_told_only_to_who_asks(dynamodb, put):
    """A reason has no item by itself."""
    dynamodb.put_item(**put("taken"))

    (reason,) = transact(dynamodb, put("taken"))

    assert ("ConditionalCheckFailed", False) == (reason["Code"], "Item" in reason)


def test_an_item_that_cannot_be_written_undoes_those_before_it(dynamodb, put, stored, monkeypatch):
    """New ones are gone again, and old ones as they were."""
    dynamodb.put_item(**put("old"))
    broken = put("broken")
    write = Table.put_item

    def refuse(self, item, *arguments, **options):
        if item["id"] == {"S": "broken"}:
            raise ValueError("no room")
        return write(self, item, *arguments, **options)

    monkeypatch.setattr(Table, "put_item", refuse)
    replaced = put("old", "2")
    del replaced["ConditionExpression"]

    reasons = transact(dynamodb, put("new"), replaced, broken)

    assert ["None", "None", "ValueError"] == [reason["Code"] for reason in reasons]
    assert {"old": "1"} == stored()


@pytest.mark.parametrize(
    ("makes", "message"),
    [
        (lambda put: [{"Put": put("one")}, {"Put": put("one")}], "multiple operations on one item"),
        (lambda put: [{"Put": put(str(number))} for number in range(101)], "less than or equal to 100"),
    ],
)
def test_a_request_that_dynamodb_does_not_take_is_refused(dynamodb, put, stored, makes, message):
    """An item twice, or more than a hundred of them."""
    with pytest.raises(ClientError, match=message):
        dynamodb.transact_write_items(TransactItems=makes(put))

    assert {} == stored()


def test_a_transaction_of_other_operations_is_motos(dynamodb, table, put, stored):
    """It is undone as a whole all the same."""
    dynamodb.put_item(**put("old"))
    delete = {"Delete": {"TableName": table, "Key": {"id": {"S": "old"}}}}
    missing = {"TableName": table, "Key": {"id": {"S": "-"}}, "ConditionExpression": "attribute_exists(id)"}

    with pytest.raises(dynamodb.exceptions.TransactionCanceledException):
        dynamodb.transact_write_items(
            TransactItems=[delete, {"Put": put("free")}, {"ConditionCheck": missing}]
        )
    assert {"old": "1"} == stored()

    dynamodb.transact_write_items(TransactItems=[delete])
    assert {} == stored()


def test_a_transaction_costs_what_is_in_it(dynamodb, put, monkeypatch):
    """No table is copied for it, however much is in there."""
    copied = []
    monkeypatch.setattr(copy, "deepcopy", lambda value, *_: copied.append(type(value)) or value)

    assert transact(dynamodb, put("one"), put("two")) is None

    assert [] == [kind for kind in copied if kind is Table]


@pytest.mark.parametrize("operation", ["put_item", "update_item", "transact_write_items"])
def test_a_write_begins_when_the_one_before_it_is_done(table, put, monkeypatch, operation):
    """Between a condition and what is written for it there is nobody else."""
    together = threading.Barrier(2)
    met = []
    read = Table.get_item

    def meet(self, *arguments, **options):
        with suppress(threading.BrokenBarrierError):
            together.wait(0.2)
            met.append(operation)
        return read(self, *arguments, **options)

    backend = dynamodb_backends["123456789012"]["eu-central-1"]
    arguments = {
        "put_item": (table, {"id": {"S": "one"}}),
        "update_item": (table, {"id": {"S": "one"}}, "ADD version :one", {}, {":one": {"N": "1"}}),
        "transact_write_items": ([{"Put": put("one")}],),
    }[operation]
    monkeypatch.setattr(Table, "get_item", meet)

    def write(_):
        with suppress(TransactionCanceledException):
            getattr(backend, operation)(*arguments)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(write, range(2)))

    assert [] == met
