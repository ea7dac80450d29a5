import pytest
from botocore.exceptions import ClientError


def put(key, version=1, **more):
    """A write that compares before it swaps."""
    entry = {
        "TableName": "ledger",
        "Item": {"notification_id": {"S": key}, "version": {"N": str(version)}, **more},
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    }
    if version == 1:
        return {**entry, "ConditionExpression": "attribute_not_exists(notification_id)"}
    return {
        **entry,
        "ConditionExpression": "version = :v",
        "ExpressionAttributeValues": {":v": {"N": str(version - 1)}},
    }


@pytest.fixture
async def table(client):
    """A client of DynamoDB."""
    async with client("dynamodb") as entered:
        yield entered


async def held(table, key):
    """The item under a key, or None."""
    answer = await table.get_item(TableName="ledger", Key={"notification_id": {"S": key}})
    return answer.get("Item")


async def test_what_is_put_is_there(table):
    """And what was not put is not."""
    await table.put_item(**put("a"))

    assert put("a")["Item"] == await held(table, "a")
    assert None is await held(table, "b")


async def test_a_condition_that_fails_keeps_the_item(table):
    """The refusal shows what is there."""
    await table.put_item(**put("a", owner={"S": "first"}))
    with pytest.raises(table.exceptions.ConditionalCheckFailedException) as refused:
        await table.put_item(**put("a", owner={"S": "second"}))

    assert {"S": "first"} == refused.value.response["Item"]["owner"]
    assert {"S": "first"} == (await held(table, "a"))["owner"]


async def test_a_transaction_is_all(table):
    """Two items in one call."""
    await table.transact_write_items(TransactItems=[{"Put": put("a")}, {"Put": put("b")}])

    assert {"N": "1"} == (await held(table, "b"))["version"]


async def test_a_transaction_is_nothing_if_one_condition_fails(table):
    """The reasons say which one, in order."""
    await table.put_item(**put("a"))
    with pytest.raises(table.exceptions.TransactionCanceledException) as cancelled:
        await table.transact_write_items(TransactItems=[{"Put": put("b")}, {"Put": put("a")}])

    reasons = cancelled.value.response["CancellationReasons"]
    assert ["None", "ConditionalCheckFailed"] == [reason["Code"] for reason in reasons]
    assert put("a")["Item"] == reasons[1]["Item"]
    assert None is await held(table, "b")


async def test_a_transaction_touches_no_item_twice(table):
    """DynamoDB refuses that, so does this."""
    with pytest.raises(ClientError, match="multiple operations on one item"):
        await table.transact_write_items(TransactItems=[{"Put": put("a")}, {"Put": put("a", 2)}])


async def test_several_are_read_in_one_call(table):
    """Those that are there."""
    await table.put_item(**put("a"))
    keys = [{"notification_id": {"S": key}} for key in ("a", "b")]
    answer = await table.batch_get_item(RequestItems={"ledger": {"Keys": keys}})

    assert [put("a")["Item"]] == answer["Responses"]["ledger"]


async def test_a_table_that_is_not_there_is_said(table):
    """By the name that DynamoDB has for it."""
    with pytest.raises(table.exceptions.ResourceNotFoundException, match="there is no table 'other'"):
        await table.get_item(TableName="other", Key={"notification_id": {"S": "a"}})


async def test_an_operation_that_is_not_known_is_said(table):
    """It must not look as if it had worked."""
    with pytest.raises(ClientError, match="does not know 'Scan'"):
        await table.scan(TableName="ledger")
