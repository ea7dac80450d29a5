import io
import os
import runpy
import signal
import sys
import threading
from uuid import uuid4

import pytest
from rich.console import Console

from email_sender.ledger.item import from_attributes, to_attributes
from email_sender.redrive.command import main
from tests.waiting import START, reached


class Place:
    """Queues and a ledger of a test's own on moto."""

    def __init__(self, sqs, dynamodb, table) -> None:
        self._sqs = sqs
        self._dynamodb = dynamodb
        self._table = table
        self.name = {kind: f"{kind}-{uuid4()}" for kind in ("normal", "high", "dead")}
        self.url = {kind: sqs.create_queue(QueueName=name)["QueueUrl"] for kind, name in self.name.items()}

    @property
    def environment(self) -> dict[str, str]:
        return {
            "QUEUE_NAME": self.name["normal"],
            "PRIORITY_QUEUE_NAME": self.name["high"],
            "DEAD_LETTER_QUEUE_NAME": self.name["dead"],
            "LEDGER_TABLE": self._table,
        }

    def put(self, body, reason="550 no") -> None:
        text = body if isinstance(body, str) else body.to_json()
        attributes = {
            "reason": {"DataType": "String", "StringValue": reason},
            "traceparent": {"DataType": "String", "StringValue": "00-0a-0b-01"},
        }
        self._sqs.send_message(QueueUrl=self.url["dead"], MessageBody=text, MessageAttributes=attributes)

    def remember(self, item) -> None:
        self._dynamodb.put_item(TableName=self._table, Item=to_attributes(item))

    def remembered(self, notification_id):
        key = {"notification_id": {"S": notification_id}}
        return from_attributes(self._dynamodb.get_item(TableName=self._table, Key=key)["Item"])

    def visible(self, kind) -> int:
        name = "ApproximateNumberOfMessages"
        got = self._sqs.get_queue_attributes(QueueUrl=self.url[kind], AttributeNames=[name])
        return int(got["Attributes"][name])

    def take(self, kind):
        [got] = self._sqs.receive_message(QueueUrl=self.url[kind], MessageAttributeNames=["All"])["Messages"]
        return got


@pytest.fixture
def place(sqs_api, dynamodb_api, ledger_table):
    """Somewhere to redrive."""
    return Place(sqs_api, dynamodb_api, ledger_table)


@pytest.fixture
def redrive(aws_environment, environ, place, monkeypatch):
    """Run the command in its environment; exit code and what it printed."""
    monkeypatch.setattr("email_sender.redrive.command._POLL_SECONDS", 0)

    def run(*argv, **changes):
        console = Console(file=io.StringIO(), width=150)
        with environ({**aws_environment, **place.environment, **changes}):
            code = main(argv, console=console)
        return code, console.file.getvalue()

    return run


def test_letters_come_back_to_life(redrive, place, letter_body, ledger_item):
    """From dead letters to messages that the Email Sender will claim: by priority, without the reason."""
    place.put(letter_body("a"))
    place.put(letter_body("b", priority="high"), "gave up after 5 attempts: 450")
    place.put("malformed")
    place.remember(ledger_item("failed", "a"))

    code, text = redrive("--per-second", "100")

    assert 0 == code
    assert [1, 1, 1] == [place.visible(kind) for kind in ("normal", "high", "dead")]
    assert "pending" == place.remembered("a").state
    message = place.take("normal")
    assert letter_body("a").to_json() == message["Body"]
    assert ["traceparent"] == list(message["MessageAttributes"])
    assert "moved back" in text
    assert "malformed" in text
    assert "ada" not in text


def test_options_reach_the_redrive(redrive, place, letter_body, ledger_item):
    """A rehearsal with every choice says what would be done, and does nothing."""
    place.put(letter_body("a"), "550 no")
    place.put(letter_body("b"), "outcome unknown: no answer")
    place.put(letter_body("c"), "550 nobody")
    place.remember(ledger_item("sent", "c"))

    code, text = redrive("--dry-run", "--reason", "550", "--drop-sent", "--limit", "5", "--resend-unknown")

    assert 0 == code
    assert "what would become" in text
    assert "another reason" in text
    assert "deleted" in text
    assert 3 == place.visible("dead")


def test_without_a_queue_for_high_priority_everything_goes_to_the_one(redrive, place, letter_body):
    """PRIORITY_QUEUE_NAME may be empty."""
    place.put(letter_body("b", priority="high"))

    assert 0 == redrive(PRIORITY_QUEUE_NAME="")[0]
    assert 1 == place.visible("normal")


def test_interrupt_loses_nothing(redrive, place, letter_body):
    """Ctrl-C ends the run with 1; every letter is on one of the queues, visible."""
    for n in range(5):
        place.put(letter_body(f"id-{n}"))
    gone = threading.Event()

    def interrupt_after_the_first():
        reached(lambda: place.visible("normal") or gone.is_set(), START)
        os.kill(os.getpid(), signal.SIGINT)

    interrupting = threading.Thread(target=interrupt_after_the_first)
    interrupting.start()
    try:
        code, text = redrive("--per-second", "0.2")
    finally:
        gone.set()
        interrupting.join()

    assert 1 == code
    assert "interrupted" in text
    assert 5 == place.visible("normal") + place.visible("dead")
    assert place.visible("dead") > 0


def test_missing_settings_are_named(redrive):
    """Every variable that is not set is named."""
    code, text = redrive(DEAD_LETTER_QUEUE_NAME="", LEDGER_TABLE="")

    assert 1 == code
    assert "DEAD_LETTER_QUEUE_NAME and LEDGER_TABLE must be set" in text


@pytest.mark.parametrize("setting", ["QUEUE_NAME", "PRIORITY_QUEUE_NAME", "DEAD_LETTER_QUEUE_NAME"])
def test_queue_that_is_not_there(redrive, setting):
    """The setting that names it is named."""
    code, text = redrive(**{setting: "no-such-queue"})

    assert 1 == code
    assert f"check {setting}, AWS_REGION" in text


def test_ledger_that_is_not_there(redrive, place, letter_body):
    """Nothing is moved, and what AWS says is told."""
    place.put(letter_body("a"))

    code, text = redrive(LEDGER_TABLE="no-such-table")

    assert 1 == code
    assert "did not confirm" in text
    assert "ResourceNotFound" in text
    assert 1 == place.visible("dead")


@pytest.mark.parametrize("operation", ["GetQueueAttributes", "ReceiveMessage"])
def test_dead_letter_queue_that_may_not_be_read(redrive, monkeypatch, operation):
    """A right that is missing is told, with what AWS says."""
    from aiobotocore.client import AioBaseClient  # noqa: PLC0415 - for this test alone
    from botocore.exceptions import ClientError  # noqa: PLC0415

    from shared.aws_client.call import Call  # noqa: PLC0415 - for this test alone

    refused = ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, operation)
    long_way, short_way = AioBaseClient._make_api_call, Call.__call__  # noqa: SLF001 - each call is one of these

    async def refuse(self, name, parameters):
        if name == operation:
            raise refused
        return await long_way(self, name, parameters)

    async def refuse_short(self, **parameters):
        if self._operation == operation:
            raise refused
        return await short_way(self, **parameters)

    monkeypatch.setattr(AioBaseClient, "_make_api_call", refuse)
    monkeypatch.setattr(Call, "__call__", refuse_short)

    code, text = redrive()

    assert 1 == code
    assert "AccessDenied" in text


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (["--limit", "0"], "must be a whole number from 1"),
        (["--per-second", "0"], "must be a number from 0.1"),
        (["--per-second", "fast"], "must be a number from 0.1"),
        (["--everything"], "unrecognized arguments"),
    ],
)
def test_command_line_that_makes_no_sense(capsys, argv, said):
    """The command line is checked before anything is asked."""
    with pytest.raises(SystemExit) as ended:
        main(argv)

    assert 2 == ended.value.code
    assert said in capsys.readouterr().err


def test_runs_as_a_module(monkeypatch, capsys):
    """`python -m email_sender.redrive` is the command."""
    monkeypatch.setattr(sys, "argv", ["redrive", "--help"])

    with pytest.raises(SystemExit) as ended:
        runpy.run_module("email_sender.redrive", run_name="__main__")

    assert 0 == ended.value.code
    assert "python -m email_sender redrive" in capsys.readouterr().out
