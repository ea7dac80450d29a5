import logging
import threading

import pytest
from botocore.exceptions import ClientError

from stage.errors import StageError
from stage.tasks.logs import LogShipper
from stage.tasks.model import LogDestination
from tests.waiting import eventually

_STREAM = LogDestination("/ecs/demo", "app/app/0a")


@pytest.fixture
def ingested():
    """Streams and lines that the shipper has said CloudWatch Logs took."""
    return []


@pytest.fixture
def shipper(aws, ingested, monkeypatch):
    """A shipper that hurries, and a log group to ship to."""
    monkeypatch.setattr("stage.tasks.logs._PAUSE_SECONDS", 0.01)
    aws.logs.create_log_group(logGroupName=_STREAM.group)
    shipper = LogShipper(lambda *line: ingested.append(line))
    yield shipper
    shipper.close()


@pytest.fixture
def shipped(aws):
    """What has arrived in the stream."""

    def read():
        answer = aws.logs.get_log_events(
            logGroupName=_STREAM.group, logStreamName=_STREAM.stream, startFromHead=True
        )
        return [event["message"] for event in answer["events"]]

    return read


def test_lines_arrive_as_events(aws, shipper, shipped, tmp_path):
    """One line is one event; what is not finished yet waits."""
    path = tmp_path / "log"
    shipper.follow(path, _STREAM, aws.logs)
    path.write_text("one\ntwo\n\nthr")

    eventually(lambda: shipped() == ["one", "two"])
    with path.open("a") as file:
        file.write("ee\n")

    eventually(lambda: shipped() == ["one", "two", "three"])


def test_what_cloudwatch_logs_has_taken_is_told(aws, shipper, ingested, tmp_path):
    """Each line with its stream, in order: metrics are made of some of them."""
    path = tmp_path / "log"
    shipper.follow(path, _STREAM, aws.logs)
    path.write_text("one\ntwo\n")

    eventually(lambda: ingested == [(_STREAM.stream, "one"), (_STREAM.stream, "two")])


def test_the_rest_arrives_after_the_end(aws, shipper, shipped, tmp_path):
    """A last line without a line break is not lost, and bytes that are no text do not matter."""
    path = tmp_path / "log"
    shipper.follow(path, _STREAM, aws.logs)
    path.write_bytes(b"one\nlast \xff words")
    shipper.finish(path)

    eventually(lambda: shipped() == ["one", "last \ufffd words"])


def test_a_line_without_end_goes_out_in_pieces(aws, shipper, shipped, tmp_path):
    """No event is larger than CloudWatch Logs takes."""
    path = tmp_path / "log"
    shipper.follow(path, _STREAM, aws.logs)
    path.write_text("x" * 600_000 + "\n")

    eventually(lambda: sum(map(len, shipped())) == 600_000)
    assert max(map(len, shipped())) <= 262_144


def test_a_long_log_is_sent_in_few_requests(aws, shipper, tmp_path, monkeypatch):
    """Batches are as large as PutLogEvents allows."""
    sizes = []
    send = aws.logs.put_log_events

    def count(**request):
        sizes.append(len(request["logEvents"]))
        return send(**request)

    monkeypatch.setattr(aws.logs, "put_log_events", count)
    path = tmp_path / "log"
    path.write_text("line\n" * 12_000)
    shipper.follow(path, _STREAM, aws.logs)
    shipper.finish(path)

    eventually(lambda: sum(sizes) == 12_000)
    assert [10_000, 2_000] == sizes


def test_a_missing_group_is_an_error(aws, shipper, tmp_path):
    """As on Fargate, the task cannot start without its log group."""
    with pytest.raises(StageError) as told:
        shipper.follow(tmp_path / "log", LogDestination("/ecs/lost", "a/b/c"), aws.logs)

    assert (
        "ResourceInitializationError: failed to validate logger args: "
        "create stream has been retried 1 times: failed to create Cloudwatch log stream: "
        "ResourceNotFoundException: The specified log group does not exist. : exit status 1"
    ) == str(told.value)


def test_a_destroyed_group_does_not_stop_the_others(shipper, shipped, aws, tmp_path, caplog):
    """A task's group may be destroyed before the task has ended: its lines stay in the file."""
    caplog.set_level(logging.INFO, "stage")
    lost, kept = tmp_path / "lost", tmp_path / "kept"
    aws.logs.create_log_group(logGroupName="/ecs/short")
    shipper.follow(lost, LogDestination("/ecs/short", "a/b/c"), aws.logs)
    shipper.follow(kept, _STREAM, aws.logs)
    aws.logs.delete_log_group(logGroupName="/ecs/short")
    lost.write_text("gone\n")
    kept.write_text("here\n")
    eventually(lambda: shipped() == ["here"])
    with lost.open("a") as file:
        file.write("more\n")
    with kept.open("a") as file:
        file.write("there\n")
    eventually(lambda: shipped() == ["here", "there"])

    told = [record for record in caplog.records if "lost is not shipped" in record.getMessage()]
    assert [logging.INFO] == [record.levelno for record in told]


def test_what_cannot_be_shipped_is_told(aws, shipper, shipped, tmp_path, caplog, monkeypatch):
    """A control plane that refuses is worth a warning, and the next lines are tried again."""
    answers = iter([ClientError({"Error": {"Code": "ServiceUnavailable"}}, "PutLogEvents")])
    send = aws.logs.put_log_events

    def refuse_once(**request):
        for error in answers:
            raise error
        return send(**request)

    monkeypatch.setattr(aws.logs, "put_log_events", refuse_once)
    path = tmp_path / "log"
    shipper.follow(path, _STREAM, aws.logs)
    path.write_text("one\n")
    eventually(lambda: "log is not shipped" in caplog.text)
    with path.open("a") as file:
        file.write("two\n")

    eventually(lambda: shipped() == ["two"])


def test_an_ended_task_s_log_is_shipped_at_once(aws, ingested, shipped, tmp_path, monkeypatch):
    """Whoever waits for it need not wait for the next second, and finds it all there."""
    monkeypatch.setattr("stage.tasks.logs._PAUSE_SECONDS", 3600)
    aws.logs.create_log_group(logGroupName=_STREAM.group)
    shipper = LogShipper(lambda *line: ingested.append(line))
    path = tmp_path / "log"
    shipper.follow(path, _STREAM, aws.logs)
    path.write_text("last words\n")
    shipper.finish(path)
    shipper.wait(path)

    assert ["last words"] == shipped()
    shipper.close()


def test_a_log_that_is_not_taken_is_given_up(aws, shipper, tmp_path, monkeypatch, caplog):
    """A task is stopped all the same; nothing of it is shipped later, when its keys have ended."""
    hangs, calls = threading.Event(), []
    monkeypatch.setattr("stage.tasks.logs.budget", lambda _: 0.01)
    monkeypatch.setattr(aws.logs, "put_log_events", lambda **call: calls.append(call) or hangs.wait())
    path = tmp_path / "log"
    shipper.follow(path, _STREAM, aws.logs)
    path.write_text("one\n")
    eventually(lambda: calls)
    with path.open("a") as file:
        file.write("two\n")
    shipper.finish(path)
    shipper.wait(path)
    other = tmp_path / "other"
    shipper.follow(other, LogDestination(_STREAM.group, "app/app/1c"), aws.logs)
    other.write_text("three\n")
    shipper.finish(other)
    hangs.set()
    eventually(lambda: "three" in str(calls))

    assert "two" not in str(calls)


def test_a_log_that_is_not_shipped_is_not_waited_for(shipper, tmp_path):
    """The task uses no log driver, or all is shipped already."""
    shipper.wait(tmp_path / "log")
