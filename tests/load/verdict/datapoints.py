"""Runs of consecutive one-minute datapoints."""

from collections.abc import Sequence
from datetime import datetime

from tests.load.aws_time import MINUTE
from tests.load.timeline import Datapoint


def longest_run_above(cpu: Sequence[Datapoint], threshold: float) -> int:
    """Most consecutive minutes that were all above `threshold`."""
    longest = run = 0
    before: datetime | None = None
    for point in cpu:
        follows = before is not None and point.minute - before == MINUTE
        run = (run + 1 if follows or run == 0 else 1) if point.value > threshold else 0
        before = point.minute
        longest = max(longest, run)
    return longest


def windows_before(
    cpu: Sequence[Datapoint], moment: datetime, length: int, delay_minutes: int
) -> list[Sequence[Datapoint]]:
    """Runs of `length` consecutive minutes that whoever decided at `moment` may have looked at.

    The newest minute must be over at `moment`, and be at most `delay_minutes` older than the newest
    that could be over: datapoints take that long to arrive.
    """
    windows = []
    for end in range(length, len(cpu) + 1):
        window = cpu[end - length : end]
        newest = window[-1].minute
        age = moment - (newest + MINUTE)
        consecutive = newest - window[0].minute == MINUTE * (length - 1)
        if consecutive and MINUTE * 0 <= age < MINUTE * (delay_minutes + 1):
            windows.append(window)
    return windows
