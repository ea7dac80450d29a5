import asyncio
import io
import json

import pytest
from structlog.testing import capture_logs

from shared.metrics import Compared, Metrics


@pytest.fixture
def stream():
    """What was written."""
    return io.StringIO()


@pytest.fixture
def metrics(stream):
    """Metrics at a known time."""
    return Metrics("notification-api", "staging", stream=stream, now=lambda: 1_700_000_000.5)


def _lines(stream):
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_line_is_embedded_metric_format(metrics, stream):
    """A flush writes one line as CloudWatch's specification has it."""
    metrics.count("Accepted")
    metrics.count("Accepted", 2)
    metrics.observe("Duration", 1.23456, "Milliseconds")
    metrics.observe("Duration", 7, "Milliseconds")

    metrics.flush()

    assert [
        {
            "_aws": {
                "Timestamp": 1_700_000_000_500,
                "CloudWatchMetrics": [
                    {
                        "Namespace": "Notifications",
                        "Dimensions": [["Service", "Environment"]],
                        "Metrics": [
                            {"Name": "Accepted", "Unit": "Count"},
                            {"Name": "Duration", "Unit": "Milliseconds"},
                        ],
                    }
                ],
            },
            "Service": "notification-api",
            "Environment": "staging",
            "Accepted": 3,
            "Duration": [1.235, 7],
        }
    ] == _lines(stream)


def test_nothing_observed_nothing_written(metrics, stream):
    """A second flush has nothing left to write."""
    metrics.count("Accepted")
    metrics.flush()
    metrics.flush()

    assert 1 == len(_lines(stream))


def test_no_array_exceeds_the_specification(metrics, stream):
    """The line goes out early when an array has the 100 values it may have."""
    for value in range(250):
        metrics.observe("Duration", value, "Milliseconds")
    metrics.flush()

    assert [100, 100, 50] == [len(line["Duration"]) for line in _lines(stream)]


async def test_flushes_at_an_interval(metrics, stream, eventually):
    """Observations are written while the block is still open."""

    @eventually
    async def written():
        assert [3] == [line["Accepted"] for line in _lines(stream)]

    async with metrics.flushed(seconds=0.01):
        metrics.count("Accepted", 3)
        await written()


async def test_flushes_when_the_block_ends(metrics, stream):
    """What was observed last is written at shutdown, even when that is an error."""

    async def interrupted():
        async with metrics.flushed(seconds=60):
            metrics.count("Accepted")
            raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await interrupted()

    assert 1 == len(_lines(stream))


def test_more_dimensions_are_a_line_of_their_own(metrics, stream):
    """What is observed with more dimensions is declared under all of them, apart from what has none."""
    metrics.count("Mails")
    metrics.count("Mails", 2, Provider="ses", Outcome="sent")
    metrics.count("Mails", Outcome="sent", Provider="ses")
    metrics.observe("SendDuration", 12, "Milliseconds", Provider="smtp")

    metrics.flush()

    lines = _lines(stream)
    assert [
        [["Service", "Environment"]],
        [["Service", "Environment", "Provider", "Outcome"]],
        [["Service", "Environment", "Provider"]],
    ] == [line["_aws"]["CloudWatchMetrics"][0]["Dimensions"] for line in lines]
    assert [1, 3, None] == [line.get("Mails") for line in lines]
    assert ("ses", "sent") == (lines[1]["Provider"], lines[1]["Outcome"])
    assert [12] == lines[2]["SendDuration"]


def test_full_array_sends_its_own_line_early_and_no_other(metrics, stream):
    """A hundred values of one set of dimensions leave what the others have collected alone."""
    metrics.count("Mails")
    for value in range(100):
        metrics.observe("SendDuration", value, "Milliseconds", Provider="ses")

    assert [(None, 100)] == [(line.get("Mails"), len(line["SendDuration"])) for line in _lines(stream)]


def test_set_without_news_writes_nothing(metrics, stream):
    """A set of dimensions that was used before is no line until it is used again."""
    metrics.count("Mails", Provider="ses")
    metrics.flush()
    metrics.flush()

    assert 1 == len(_lines(stream))


def test_sets_of_dimensions_are_bounded(metrics):
    """Whoever passes something unbounded is told what a dimension is for, without its value."""
    for n in range(50):
        metrics.count("Mails", Recipient=f"ada{n}@example.com")
    metrics.count("Mails", Recipient="ada0@example.com")

    with pytest.raises(ValueError, match=r"more than 50 sets of dimensions \(Recipient\)") as raised:
        metrics.count("Mails", Recipient="mallory@example.com")
    assert "mallory" not in str(raised.value)


@pytest.mark.parametrize("dimensions", [{"Service": "mine"}, {"Provider": ""}, {"Attempt": 1}])
def test_dimensions_that_cannot_be(metrics, dimensions):
    """CloudWatch would drop the line, so that the mistake is refused where it is made."""
    with pytest.raises(ValueError, match=next(iter(dimensions))):
        metrics.observe("SendDuration", 1, "Milliseconds", **dimensions)


def test_gauge_is_read_at_every_flush(metrics, stream):
    """What is so at a flush is one value, with its dimensions; a full array reads nothing."""
    in_flight = [3, 5, 7]
    metrics.gauge("InFlight", lambda: in_flight.pop(0))
    metrics.gauge("Connections", lambda: 1, Provider="smtp")

    metrics.flush()
    for value in range(100):
        metrics.observe("Duration", value, "Milliseconds")
    metrics.flush()

    lines = _lines(stream)
    assert [[3], [1], None, [5], [1]] == [line.get("InFlight") or line.get("Connections") for line in lines]
    assert {"Name": "InFlight", "Unit": "Count"} in lines[0]["_aws"]["CloudWatchMetrics"][0]["Metrics"]


def test_broken_gauge_takes_no_other_with_it(metrics, stream):
    """A gauge that fails is logged once, and once when it works again; everything else goes out."""
    broken = True

    def read():
        if broken:
            raise ZeroDivisionError("division by zero")
        return 1.0

    metrics.gauge("Broken", read)
    metrics.gauge("Fine", lambda: 2.0)
    with capture_logs() as logs:
        for broken in (True, True, False, False):  # noqa: B007 - read by the gauge
            metrics.flush()

    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert [[2.0]] * 4 == [line["Fine"] for line in lines]
    assert [False, False, True, True] == ["Broken" in line for line in lines]
    assert [
        ("metrics_broken", "Broken"),
        ("metrics_mended", "Broken"),
    ] == [(line["event"], line["what"]) for line in logs]


async def test_flushing_goes_on_after_a_failure(metrics, stream, eventually):
    """A flush that fails is said once and is not the last one."""
    flushes = []
    flush = metrics.flush

    def fails_twice():
        flushes.append(None)
        if len(flushes) <= 2:
            raise OSError("no space left")
        flush()

    metrics.flush = fails_twice
    metrics.count("Events")
    with capture_logs() as logs:
        async with metrics.flushed(0.001):

            @eventually
            async def written():
                assert "Events" in stream.getvalue()

            await written()

    assert ["metrics_broken", "metrics_mended"] == [line["event"] for line in logs]
    assert "OSError: no space left" == logs[0]["reason"]


@pytest.fixture
def compared(stream):
    """Metrics of a canary, some of which are told apart by release."""
    return Metrics(
        "email-sender",
        "staging",
        compared=Compared("canary", frozenset({"MailsSent", "SendDuration"})),
        stream=stream,
        now=lambda: 1_700_000_000.5,
    )


def test_what_is_compared_is_there_by_release_too(compared, stream):
    """The metric of all releases stays as it is; who compares them finds a second one."""
    compared.count("MailsSent", 2)
    compared.count("DeadLetters")
    compared.observe("SendDuration", 12.5, "Milliseconds")
    compared.flush()

    [line] = _lines(stream)
    everything, by_release = line["_aws"]["CloudWatchMetrics"]
    assert [["Service", "Environment"]] == everything["Dimensions"]
    assert ["MailsSent", "DeadLetters", "SendDuration"] == [one["Name"] for one in everything["Metrics"]]
    assert [["Service", "Environment", "Release"]] == by_release["Dimensions"]
    assert [
        {"Name": "MailsSent", "Unit": "Count"},
        {"Name": "SendDuration", "Unit": "Milliseconds"},
    ] == by_release["Metrics"]
    assert "canary" == line["Release"]


def test_nothing_is_paid_for_twice_that_nobody_compares(compared, stream):
    """Neither other metrics nor those with dimensions of their own."""
    compared.count("DeadLetters")
    compared.observe("SendDuration", 12.5, "Milliseconds", Provider="ses")
    compared.flush()

    directives = [line["_aws"]["CloudWatchMetrics"] for line in _lines(stream)]
    assert [[["Service", "Environment"]], [["Service", "Environment", "Provider"]]] == [
        only["Dimensions"] for (only,) in directives
    ]


def test_without_a_release_nothing_is_compared(metrics, stream):
    """A service run by hand has none."""
    metrics.count("MailsSent")
    metrics.flush()

    [line] = _lines(stream)
    assert 1 == len(line["_aws"]["CloudWatchMetrics"])
    assert "Release" not in line
