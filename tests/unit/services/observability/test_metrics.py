import asyncio
import io
import json

import pytest

from observability.metrics import Metrics


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

    assert _lines(stream) == [
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
    ]


def test_nothing_observed_nothing_written(metrics, stream):
    """A second flush has nothing left to write."""
    metrics.count("Accepted")
    metrics.flush()
    metrics.flush()

    assert len(_lines(stream)) == 1


def test_no_array_exceeds_the_specification(metrics, stream):
    """The line goes out early when an array has the 100 values it may have."""
    for value in range(250):
        metrics.observe("Duration", value, "Milliseconds")
    metrics.flush()

    assert [len(line["Duration"]) for line in _lines(stream)] == [100, 100, 50]


async def test_flushes_at_an_interval(metrics, stream, eventually):
    """Observations are written while the block is still open."""

    @eventually
    async def written():
        assert [line["Accepted"] for line in _lines(stream)] == [3]

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

    assert len(_lines(stream)) == 1
