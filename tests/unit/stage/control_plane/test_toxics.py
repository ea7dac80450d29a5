import json
import threading
import time

import boto3
import botocore.session
import pytest
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionClosedError,
    EndpointConnectionError,
    ReadTimeoutError,
)
from werkzeug.serving import make_server

from stage.control_plane.application import Application
from stage.control_plane.aws import Aws
from stage.control_plane.aws_errors import ERRORS
from stage.control_plane.callers import Caller, Kind, Session
from stage.control_plane.http_handler import Handler
from stage.control_plane.reports import Reporter
from stage.control_plane.toxics import CALLS
from tests.waiting import SOON, reached

REGION = "eu-central-1"
SERVICES = ("sqs", "dynamodb", "secretsmanager")
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/CommonErrors.html
COMMON = {"ServiceUnavailable", "InternalFailure", "ThrottlingException"}
# A reset that comes before the client has read anything may be told as a refused connection.
BROKEN = (ConnectionClosedError, EndpointConnectionError)


def toxic(name, toxicity=1.0, **attributes):
    """A toxic as JSON has it."""
    return {"type": name, "attributes": attributes, "toxicity": toxicity}


@pytest.fixture(scope="module")
def endpoint():
    """Address of the whole emulated AWS, served as the stage serves it."""
    server = make_server("127.0.0.1", 0, Application(), threaded=True, request_handler=Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def key_of(kind):
    """Access key of a task's session of this kind; its token is the same."""
    return f"ASIA{kind.upper()}"


def client_of(endpoint, service, kind=Kind.TASK, read_timeout=SOON):
    """A client that gives up at its first failure."""
    return boto3.client(
        service,
        endpoint_url=endpoint,
        region_name=REGION,
        aws_access_key_id=key_of(kind),
        aws_secret_access_key="any",
        aws_session_token=key_of(kind),
        config=Config(retries={"total_max_attempts": 1}, read_timeout=read_timeout, proxies={}),
    )


@pytest.fixture(scope="module")
def clients(endpoint):
    """Clients of a task by service, which may do all there."""
    iam = boto3.client(
        "iam",
        endpoint_url=endpoint,
        region_name=REGION,
        aws_access_key_id="stage",
        aws_secret_access_key="any",
        config=Config(proxies={}),
    )
    actions = [f"{service}:*" for service in SERVICES]
    rights = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": actions, "Resource": "*"}]}
    role = iam.create_role(RoleName="api", AssumeRolePolicyDocument=json.dumps(rights))["Role"]["Arn"]
    iam.put_role_policy(RoleName="api", PolicyName="all", PolicyDocument=json.dumps(rights))
    for kind in (Kind.TASK, Kind.AGENT):
        Reporter(endpoint).session(Session(Caller(kind, key_of(kind), role, "0a1b"), key_of(kind)))
    yield {service: client_of(endpoint, service) for service in SERVICES}
    Reporter(endpoint).end_sessions("0a1b")


@pytest.fixture(scope="module")
def other(endpoint):
    """Clients of the stage."""
    return Aws(endpoint, endpoint, REGION)


@pytest.fixture
def queue(other):
    """URL of an empty queue."""
    url = other.sqs.create_queue(QueueName="toxics")["QueueUrl"]
    yield url
    other.sqs.delete_queue(QueueUrl=url)


@pytest.fixture
def table(other):
    """Name of a table with nothing in it."""
    other.dynamodb.create_table(
        TableName="toxics",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    yield "toxics"
    other.dynamodb.delete_table(TableName="toxics")


@pytest.fixture
def disturb(endpoint):
    """Has services suffer from toxics until the test ends."""
    reporter = Reporter(endpoint)
    yield lambda service, *toxics: reporter.toxics(service, toxics)
    for service in SERVICES:
        reporter.toxics(service, ())


@pytest.fixture
def send(clients, queue):
    """Sends a message as a task would."""
    return lambda body="hello": clients["sqs"].send_message(QueueUrl=queue, MessageBody=body)


@pytest.fixture
def kept(other, queue):
    """Tells how many messages the queue has, as somebody sees who is not disturbed."""

    def kept():
        asked = other.sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["ApproximateNumberOfMessages"])
        return int(asked["Attributes"]["ApproximateNumberOfMessages"])

    return kept


def timed(call):
    """Seconds that a call takes."""
    began = time.monotonic()
    call()
    return time.monotonic() - began


def error_of(call):
    """Code and status of the error that a call ends with."""
    with pytest.raises(ClientError) as raised:
        call()
    answer = raised.value.response
    return answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"]


def confirmed(send):
    """Whether a client was told of a message that is kept; botocore takes most garbage for an answer."""
    try:
        return "MessageId" in send()
    except (BotoCoreError, ClientError):
        return False


def test_latency_and_its_jitter_come_on_top(disturb, send, kept):
    """On the way there or back, give or take the jitter; the call is carried out."""
    usual = timed(send)
    disturb("sqs", toxic("latency", latency=300, jitter=100))
    back = timed(send)
    disturb("sqs", toxic("latency", latency=300, stream="upstream"))

    assert usual + 0.1 <= back
    assert 0.3 <= timed(send)
    assert 3 == kept()


def test_bandwidth_takes_an_answer_s_size(disturb, send, clients, queue):
    """4 KB at 10 KB/s, on the way of the answer; and of a request where that is slow."""
    send("x" * 4000)
    disturb("sqs", toxic("bandwidth", rate=10))
    received = timed(lambda: clients["sqs"].receive_message(QueueUrl=queue, VisibilityTimeout=0))
    disturb("sqs", toxic("bandwidth", rate=10, stream="upstream"))

    assert 0.4 <= received
    assert 0.4 <= timed(lambda: send("x" * 4000))


@pytest.mark.parametrize(("stream", "carried_out"), [("upstream", 0), ("downstream", 1)])
def test_a_reset_loses_the_request_or_its_answer(disturb, send, kept, stream, carried_out):
    """A client cannot tell which: the one is as if it had never asked, the other is done."""
    disturb("sqs", toxic("reset_peer", stream=stream))

    with pytest.raises(BROKEN) as raised:
        send()

    assert "reset" in repr(raised.value.kwargs["error"]).lower()
    assert carried_out == kept()


@pytest.mark.parametrize(("stream", "carried_out"), [("upstream", 0), ("downstream", 1)])
def test_a_timeout_is_no_answer_and_then_the_end(disturb, send, kept, stream, carried_out):
    """The connection is closed in order, after the time."""
    disturb("sqs", toxic("timeout", timeout=300, stream=stream))
    began = time.monotonic()

    with pytest.raises(ConnectionClosedError):
        send()

    assert 0.3 <= time.monotonic() - began
    assert carried_out == kept()


def test_a_timeout_of_nothing_lasts_until_it_is_taken_away(disturb, send, kept):
    """Then the call goes on as if nothing had been."""
    disturb("sqs", toxic("timeout", stream="upstream"))
    sending = threading.Thread(target=send)
    sending.start()
    before = kept()
    disturb("sqs")
    sending.join(SOON)

    assert not sending.is_alive()
    assert (0, 1) == (before, kept())


@pytest.mark.usefixtures("clients")
def test_nobody_waits_for_a_client_that_has_gone(disturb, endpoint, queue, kept):
    """Its thread ends, and what it asked for is not done later."""
    disturb("sqs", toxic("timeout", stream="upstream"))
    impatient = client_of(endpoint, "sqs", read_timeout=0.05)
    seen, before = sum(CALLS.seen()["sqs"].values()), set(threading.enumerate())

    with pytest.raises(ReadTimeoutError):
        impatient.send_message(QueueUrl=queue, MessageBody="hello")

    # A busy host may read the call only when its client has long gone.
    assert reached(lambda: sum(CALLS.seen()["sqs"].values()) > seen)
    assert reached(lambda: set(threading.enumerate()) <= before)
    disturb("sqs")
    assert 0 == kept()


@pytest.mark.parametrize(("stream", "carried_out"), [("upstream", 0), ("downstream", 1)])
def test_limit_data_cuts_a_request_or_an_answer(disturb, send, kept, stream, carried_out):
    """After so many bytes the connection is closed."""
    disturb("sqs", toxic("limit_data", bytes=250, stream=stream))

    assert not confirmed(lambda: send("x" * 1000))
    assert carried_out == kept()


def test_slow_close_delays_no_answer(disturb, send, kept):
    """Only the end of the connection, for which no client of AWS waits."""
    disturb("sqs", toxic("slow_close", delay=60_000))

    assert timed(send) < 30
    assert 1 == kept()


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("ServiceUnavailable", 503),
        ("InternalFailure", 500),
        ("RequestThrottled", 400),
        ("ThrottlingException", 400),
    ],
)
def test_an_error_of_sqs(disturb, send, kept, code, status):
    """Read by botocore as SQS's own; nothing is done."""
    disturb("sqs", toxic("error", code=code))

    assert (code, status) == error_of(send)
    assert 0 == kept()


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("ServiceUnavailable", 503),
        ("InternalServerError", 500),
        ("ThrottlingException", 400),
        ("ProvisionedThroughputExceededException", 400),
        ("RequestLimitExceeded", 400),
        ("TransactionConflictException", 400),
    ],
)
def test_an_error_of_dynamodb(disturb, clients, table, code, status):
    """Read by botocore as DynamoDB's own; nothing is written."""
    disturb("dynamodb", toxic("error", code=code))

    assert (code, status) == error_of(
        lambda: clients["dynamodb"].put_item(TableName=table, Item={"id": {"S": "1"}})
    )
    disturb("dynamodb")
    assert "Item" not in clients["dynamodb"].get_item(TableName=table, Key={"id": {"S": "1"}})


def test_a_transaction_conflicts(disturb, clients, table):
    """With a reason an item; no other operation ends so."""
    disturb("dynamodb", toxic("error", code="TransactionCanceledException"))
    put = [{"Put": {"TableName": table, "Item": {"id": {"S": str(number)}}}} for number in range(2)]

    with pytest.raises(clients["dynamodb"].exceptions.TransactionCanceledException) as raised:
        clients["dynamodb"].transact_write_items(TransactItems=put)

    reasons = raised.value.response["CancellationReasons"]
    assert ["TransactionConflict", "None"] == [reason["Code"] for reason in reasons]
    assert "Item" not in clients["dynamodb"].get_item(TableName=table, Key={"id": {"S": "0"}})


@pytest.mark.parametrize("operation", ["get_item", "update_item"])
def test_only_writes_of_one_item_meet_a_transaction(disturb, clients, table, operation):
    """A read never does."""
    disturb("dynamodb", toxic("error", code="TransactionConflictException"))
    call = getattr(clients["dynamodb"], operation)
    key = {"TableName": table, "Key": {"id": {"S": "1"}}}

    if operation == "get_item":
        assert "Item" not in call(**key)
    else:
        assert "TransactionConflictException" == error_of(lambda: call(**key))[0]


@pytest.mark.parametrize("code", ["ServiceUnavailable", "InternalServiceError", "ThrottlingException"])
def test_an_error_of_secrets_manager(disturb, clients, other, code):
    """Also to the stage when it reads a secret for a task; whoever watches reads on."""
    name = other.secretsmanager.create_secret(Name=f"toxics-{code}", SecretString="s")["Name"]
    disturb("secretsmanager", toxic("error", code=code))

    assert code == error_of(lambda: clients["secretsmanager"].get_secret_value(SecretId=name))[0]
    assert "s" == other.secretsmanager.get_secret_value(SecretId=name)["SecretString"]
    agent = client_of(other.endpoint_url, "secretsmanager", Kind.AGENT)
    assert code == error_of(lambda: agent.get_secret_value(SecretId=name))[0]


@pytest.mark.parametrize(
    ("kind", "stream", "carried_out"),
    [
        ("html", "upstream", 0),
        ("html", "downstream", 1),
        ("cut", "downstream", 1),
        ("empty", "downstream", 1),
    ],
)
def test_garbage_is_no_answer(disturb, send, kept, kind, stream, carried_out):
    """A page of a proxy's, half of the answer or none of it: nothing that SQS says of a message is in it."""
    disturb("sqs", toxic("garbage", kind=kind, stream=stream))

    assert not confirmed(send)
    assert carried_out == kept()


def test_toxicity_is_a_share_of_the_calls(disturb, send, kept):
    """None at 0, all at 1, and some between."""
    disturb("sqs", toxic("error", 0.0), toxic("error", 0.5, code="RequestThrottled"))
    good = [confirmed(send) for _ in range(60)].count(True)

    assert 10 <= good <= 50
    assert good == kept()


def test_only_some_operations(disturb, send, clients, queue):
    """A queue from which nothing can be received may be sent to."""
    disturb("sqs", toxic("error", operations=["ReceiveMessage"]))

    send()
    assert "ServiceUnavailable" == error_of(lambda: clients["sqs"].receive_message(QueueUrl=queue))[0]


def test_other_services_and_who_is_no_task_are_not_concerned(disturb, other, clients, queue, table):
    """Terraform, the stage and whoever watches see each service as it is."""
    disturb("sqs", toxic("error"))

    clients["dynamodb"].put_item(TableName=table, Item={"id": {"S": "1"}})
    other.sqs.send_message(QueueUrl=queue, MessageBody="hello")


def test_calls_of_tasks_are_counted_by_second(disturb, send, other, queue, endpoint):
    """Also those that fail; nobody else's."""
    reporter = Reporter(endpoint)
    before = sum(reporter.calls("sqs").values())
    send()
    disturb("sqs", toxic("error"))
    confirmed(send)
    other.sqs.send_message(QueueUrl=queue, MessageBody="hello")
    now = time.time()

    calls = reporter.calls("sqs")

    assert before + 2 == sum(calls.values())
    assert 0 <= now - max(calls) < SOON


@pytest.mark.parametrize(
    ("service", "wrong", "said"),
    [
        ("ses", toxic("error"), "there are sqs, dynamodb"),
        ("sqs", toxic("error", code="TransactionCanceledException"), "there are ServiceUnavailable"),
        ("sqs", toxic("latency", at="mail"), "it has jitter, latency, operations, stream"),
        ("sqs", toxic("garbage", kind="xml"), "html, cut, empty"),
        ("sqs", toxic("latency", stream="both"), "upstream or downstream"),
    ],
)
def test_a_toxic_that_there_is_not_is_an_error(disturb, service, wrong, said):
    """A scenario that misspells it would otherwise show nothing."""
    with pytest.raises(ClientError, match=said):
        disturb(service, wrong)


@pytest.mark.parametrize("service", SERVICES)
def test_errors_are_spelled_as_aws_spells_them(service):
    """Each is in the service's own model, or one that all services have."""
    model = botocore.session.get_session().get_service_model(service)
    known = {shape.name for shape in model.error_shapes}

    assert {"ServiceUnavailable"} <= ERRORS[service].keys() - known <= COMMON
