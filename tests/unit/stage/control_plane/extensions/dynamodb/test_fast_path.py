import io
import json

import pytest

from stage.control_plane.extensions.dynamodb import EXTENSION

SIGNATURE = "AWS4-HMAC-SHA256 Credential=k/20260101/eu-central-1/dynamodb/aws4_request, SignedHeaders=host"
KEY = {"id": {"S": "one"}}


@pytest.fixture
def post():
    """Sends a raw request as the SDKs do; gives status and body, or None if moto is to answer."""

    def post(operation, body):
        raw, told = json.dumps(body).encode(), []
        answer = EXTENSION.fast_path.answer(
            {
                "PATH_INFO": "/",
                "HTTP_X_AMZ_TARGET": f"DynamoDB_20120810.{operation}",
                "HTTP_AUTHORIZATION": SIGNATURE,
                "CONTENT_TYPE": "application/x-amz-json-1.0",
                "CONTENT_LENGTH": str(len(raw)),
                "wsgi.input": io.BytesIO(raw),
            },
            lambda status, _headers: told.append(status),
        )
        return None if answer is None else (told[0], json.loads(b"".join(answer)))

    return post


def test_items_are_written_counted_and_read(post, table):
    """The answers are those that moto gives, in AWS's JSON."""
    item = KEY | {"version": {"N": "1"}, "sent": {"BOOL": False}}
    count = {"UpdateExpression": "ADD version :one", "ExpressionAttributeValues": {":one": {"N": "2"}}}

    put = post("PutItem", {"TableName": table, "Item": item})
    updated = post("UpdateItem", {"TableName": table, "Key": KEY, "ReturnValues": "UPDATED_NEW"} | count)
    got = post("GetItem", {"TableName": table, "Key": KEY, "ConsistentRead": True})
    batch = post("BatchGetItem", {"RequestItems": {table: {"Keys": [KEY, {"id": {"S": "two"}}]}}})

    now = item | {"version": {"N": "3"}}
    assert ("200 OK", {}) == put
    assert {"version": {"N": "3"}} == updated[1]["Attributes"]
    assert ("200 OK", {"Item": now}) == got
    assert [now] == batch[1]["Responses"][table]


def test_nothing_is_found_where_nothing_is(post, table):
    """An answer without an item."""
    assert ("200 OK", {}) == post("GetItem", {"TableName": table, "Key": KEY})


def test_an_error_is_written_as_aws_writes_it(post, table):
    """The SDKs find the code, and the item that is there instead, where they look for them."""
    request = {
        "TableName": table,
        "Item": KEY,
        "ConditionExpression": "attribute_not_exists(id)",
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    }
    post("PutItem", request)

    status, body = post("PutItem", request)
    _, cancelled = post("TransactWriteItems", {"TransactItems": [{"Put": request}]})

    assert "400 Bad Request" == status
    assert body["__type"].endswith("#ConditionalCheckFailedException")
    assert KEY == body["Item"]
    assert cancelled["__type"].endswith("#TransactionCanceledException")
    assert [KEY] == [reason["Item"] for reason in cancelled["CancellationReasons"]]


@pytest.mark.parametrize(
    ("operation", "item"),
    [("Scan", {}), ("PutItem", {"blob": {"B": "AA=="}}), ("PutItem", {"blobs": {"BS": ["AA=="]}})],
)
def test_everything_else_is_left_to_moto(post, table, operation, item):
    """Other operations, and what has to be decoded by the service model."""
    assert post(operation, {"TableName": table, "Item": KEY | item}) is None
