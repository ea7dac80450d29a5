import io
import json

import pytest

from stage.control_plane.extensions.sqs import EXTENSION

SIGNATURE = "AWS4-HMAC-SHA256 Credential=k/20260101/eu-central-1/sqs/aws4_request, SignedHeaders=host"


@pytest.fixture
def post():
    """Sends a raw request as the SDKs do; gives status, headers and body, or None if moto is to answer."""

    def post(operation, body, **environ):
        raw, told = json.dumps(body).encode(), []
        answer = EXTENSION.fast_path.answer(
            {
                "PATH_INFO": "/",
                "HTTP_X_AMZ_TARGET": f"AmazonSQS.{operation}",
                "HTTP_AUTHORIZATION": SIGNATURE,
                "CONTENT_TYPE": "application/x-amz-json-1.0",
                "CONTENT_LENGTH": str(len(raw)),
                "wsgi.input": io.BytesIO(raw),
            }
            | environ,
            lambda status, headers: told.extend([status, dict(headers)]),
        )
        return None if answer is None else (told[0], told[1], json.loads(b"".join(answer)))

    return post


def test_messages_are_sent_received_and_deleted(post, queue):
    """The answers are those that moto gives, in AWS's JSON."""
    status, headers, sent = post(
        "SendMessageBatch", {"QueueUrl": queue, "Entries": [{"Id": "one", "MessageBody": "hello"}]}
    )
    _, _, received = post("ReceiveMessage", {"QueueUrl": queue, "MaxNumberOfMessages": 10})
    (message,) = received["Messages"]
    _, _, deleted = post(
        "DeleteMessageBatch",
        {"QueueUrl": queue, "Entries": [{"Id": "one", "ReceiptHandle": message["ReceiptHandle"]}]},
    )
    _, _, nothing = post("ReceiveMessage", {"QueueUrl": queue, "VisibilityTimeout": 0})

    assert ("200 OK", "application/x-amz-json-1.0") == (status, headers["Content-Type"])
    assert "one" == sent["Successful"][0]["Id"]
    assert (sent["Successful"][0]["MessageId"], "hello") == (message["MessageId"], message["Body"])
    assert ([{"Id": "one"}], {}) == (deleted["Successful"], nothing)


def test_an_error_is_written_as_aws_writes_it(post, queue):
    """The SDKs find code and message where they look for them."""
    status, headers, body = post("SendMessage", {"QueueUrl": f"{queue}-missing", "MessageBody": "x"})

    assert "400 Bad Request" == status
    assert body["__type"].endswith("QueueDoesNotExist")
    assert "AWS.SimpleQueueService.NonExistentQueue" in headers["x-amzn-query-error"]


def test_binary_attributes_sent_earlier_are_encoded(post, queue, sqs):
    """What moto took in as bytes goes out in base64."""
    sqs.send_message(
        QueueUrl=queue,
        MessageBody="x",
        MessageAttributes={"blob": {"DataType": "Binary", "BinaryValue": b"\x00"}},
    )

    _, _, received = post("ReceiveMessage", {"QueueUrl": queue, "MessageAttributeNames": ["All"]})

    assert "AA==" == received["Messages"][0]["MessageAttributes"]["blob"]["BinaryValue"]


@pytest.mark.parametrize(
    ("operation", "environ"),
    [
        ("GetQueueAttributes", {}),
        ("SendMessage", {"CONTENT_TYPE": "application/x-www-form-urlencoded"}),
        ("SendMessage", {"HTTP_AUTHORIZATION": ""}),
        ("SendMessage", {"HTTP_X_AMZ_TARGET": "DynamoDB_20120810.PutItem"}),
    ],
)
def test_everything_else_is_left_to_moto(post, queue, operation, environ):
    """Only signed JSON requests of message operations take the short way."""
    assert post(operation, {"QueueUrl": queue, "MessageBody": "x"}, **environ) is None


def test_a_request_with_a_binary_attribute_is_left_to_moto_unread():
    """Its value has to be decoded by the service model, from the whole body."""
    raw = b'{"MessageAttributes": {"a": {"DataType": "Binary", "BinaryValue": "AA=="}}}'
    environ = {
        "PATH_INFO": "/",
        "HTTP_X_AMZ_TARGET": "AmazonSQS.SendMessage",
        "HTTP_AUTHORIZATION": SIGNATURE,
        "CONTENT_TYPE": "application/x-amz-json-1.0",
        "CONTENT_LENGTH": str(len(raw)),
        "wsgi.input": io.BytesIO(raw),
    }

    assert EXTENSION.fast_path.answer(environ, print) is None
    assert raw == environ["wsgi.input"].read()
