import json
import threading
from io import BytesIO

import pytest
from moto import backends
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends

from stage.control_plane.application import Application, Services
from tests.waiting import SOON

_MEANWHILE = 0.2


def test_the_folders_of_moto_are_looked_up_once(monkeypatch):
    """No request reads the file system to find out whose it is."""
    listed, listing = [], backends.list_of_moto_modules
    monkeypatch.setattr(backends, "list_of_moto_modules", lambda: listed.append(1) or listing())
    services = Services()

    found = [services.get_backend_for_host("sqs") for _ in range(2)]

    assert ["sqs", "sqs"] == found
    assert [1] == listed


@pytest.fixture
def ask():
    """Asks the whole application; gives the status and the body."""
    application = Application()

    def ask(key, path="/", target="AmazonSQS.GetQueueUrl", body=b'{"QueueName": "lost_"}'):
        service = "sqs" if "SQS" in target else "dynamodb"
        scope = f"{key}/20260101/eu-central-1/{service}/aws4_request"
        request = {
            "REQUEST_METHOD": "POST",
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "80",
            "wsgi.url_scheme": "http",
            "PATH_INFO": path,
            "HTTP_AUTHORIZATION": f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0",
            "HTTP_X_AMZ_TARGET": target,
            "CONTENT_TYPE": "application/x-amz-json-1.0",
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.input": BytesIO(body),
        }
        said = []
        body = b"".join(application(request, lambda status, _headers: said.append(status)))
        return said[0], body

    return ask


class _Watched(dict):
    """Items of a table while somebody goes through them, during which a write is tried."""

    def __init__(self, write):
        super().__init__({"before": None})
        self.write = threading.Thread(target=write)

    def values(self):
        yield from self._begun(super().values())

    def _begun(self, values):
        for value in values:
            self.write.start()
            self.write.join(_MEANWHILE)
            yield value


def test_a_table_is_described_while_items_are_put(client, ask):
    """The write comes after the answer; otherwise Terraform would be told of an internal error."""
    keys = {"KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}], "BillingMode": "PAY_PER_REQUEST"}
    types = [{"AttributeName": "id", "AttributeType": "S"}]
    client("dynamodb").create_table(TableName="mails", AttributeDefinitions=types, **keys)
    put = json.dumps({"TableName": "mails", "Item": {"id": {"S": "one"}}}).encode()
    ended = []
    table = dynamodb_backends[DEFAULT_ACCOUNT_ID]["eu-central-1"].get_table("mails")
    table.items = _Watched(
        lambda: ended.append(ask("stage", target="DynamoDB_20120810.PutItem", body=put)[0])
    )

    status, told = ask("stage", target="DynamoDB_20120810.DescribeTable", body=b'{"TableName": "mails"}')
    table.items.write.join(SOON)

    assert ("200 OK", 1) == (status, json.loads(told)["Table"]["ItemCount"])
    assert ["200 OK"] == ended


def test_a_call_of_nobody_s_does_not_get_as_far_as_the_service(client, ask):
    """It is not even told that there is no such queue."""
    assert client
    assert b"QueueDoesNotExist" in ask("stage")[1]
    status, body = ask("nobody")
    assert "403 Forbidden" == status
    assert b"QueueDoesNotExist" not in body


def test_the_stage_itself_reports_without_a_key(ask):
    """Its reports are none of AWS's calls."""
    assert "200 OK" == ask("nobody", "/stage/ready")[0]
