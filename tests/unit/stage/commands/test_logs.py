import time

from stage.commands.logs import LogStreams
from stage.commands.running import Running
from stage.host.record import own_record

from .conftest import access, create_service

ONE, TWO = "1a2b3c4d5e6f", "9f8e7d6c5b4a"


def write(aws, task, *lines, group="/shop/api", new=True):
    """Have a task write lines: each a time in seconds and a text."""
    stream = f"task/app/{task}"
    if new:
        aws.logs.create_log_stream(logGroupName=group, logStreamName=stream)
    aws.logs.put_log_events(
        logGroupName=group,
        logStreamName=stream,
        logEvents=[{"timestamp": at * 1000, "message": text} for at, text in lines],
    )


def now():
    """A time that CloudWatch Logs takes, in whole seconds."""
    return int(time.time()) - 60


def test_lines_of_all_tasks_are_merged_by_their_time(aws, up, call):
    """Each has its container and the beginning of its task's id before it."""
    at = now()
    write(aws, ONE, (at, "first"), (at + 2, "third"))
    write(aws, TWO, (at + 1, "second"))

    said = call("logs", "api")

    assert ["app/1a2b3c4d | first", "app/9f8e7d6c | second", "app/1a2b3c4d | third"] == said.out.splitlines()


def test_the_last_lines(aws, up, call):
    """What came last is often what is looked for."""
    at = now()
    write(aws, ONE, *((at + number, f"line {number}") for number in range(9)))

    assert ["app/1a2b3c4d | line 7", "app/1a2b3c4d | line 8"] == call(
        "logs", "api", "--tail", "2"
    ).out.splitlines()


def test_a_line_as_json_has_all_of_its_task(aws, up, told):
    """A program gets the whole id and the time."""
    at = now()
    write(aws, ONE, (at, '{"event": "sent"}'))

    (line,) = told("logs", "api", lines=True)

    assert (ONE, "app", '{"event": "sent"}') == (line["task"], line["container"], line["message"])
    assert line["at"].endswith("+00:00")


def test_what_is_followed_is_given_once_also_of_a_task_that_comes_later(aws, up):
    """A second look has what came since the first."""
    at = now()
    write(aws, ONE, (at, "before"))
    streams = LogStreams(Running(own_record("default"), access()), "api")
    first = [line.message for line in streams.new()]
    nothing = streams.new()
    write(aws, ONE, (at + 1, "after"), new=False)
    write(aws, TWO, (at + 2, "another task"))

    assert ["before"] == first
    assert [] == nothing
    assert ["after", "another task"] == [line.message for line in streams.new()]
    assert [] == streams.new()


def test_another_services_streams_are_left_out(aws, up, call):
    """A log group may hold more than one container's streams."""
    aws.logs.create_log_stream(logGroupName="/shop/api", logStreamName="task/app-proxy/1a2b")
    aws.logs.put_log_events(
        logGroupName="/shop/api",
        logStreamName="task/app-proxy/1a2b",
        logEvents=[{"timestamp": now() * 1000, "message": "a proxy's"}],
    )

    assert "" == call("logs", "api").out


def test_a_service_that_is_not_there(aws, up, call):
    """The line names those that are."""
    said = call("logs", "apo")

    assert (2, "stage: there is no service 'apo': there is api\n") == (said.status, said.err)


def test_a_service_that_logs_nowhere(aws, up, call):
    """There is nothing to show, which is not the same as no lines."""
    create_service(aws, "mute", driver="fluentd")

    said = call("logs", "mute")

    assert 2 == said.status
    assert "no container of mute uses the log driver awslogs" in said.err
