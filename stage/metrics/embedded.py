"""Metrics in log lines: embedded metric format, made into datapoints as CloudWatch Logs makes them.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
"""

import json
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from stage.clock import MINUTE, Clock, minute_of
from stage.metrics.model import Distribution, Reading

# Real seconds between two lines of one set of dimensions, as the services write them (shared/metrics.py). A
# line after a longer silence has nothing older in it.
MAX_COVERED_SECONDS = 10.0
# Real seconds after a minute's end at which its lines are there: until the last is written and shipped.
SETTLING_SECONDS = MAX_COVERED_SECONDS + 2.0

_MARK = '"_aws"'
_LEVEL_UNIT = "Count"
_EXACT_UNITS = {"Count", "Percent"}
_SIGNIFICANT_DIGITS = 2

_Key = tuple[str, str, tuple[tuple[str, str], ...], str]
_Number = int | float


@dataclass(frozen=True)
class Embedded:
    """One metric of a line, with one set of dimensions.

    Attributes:
        namespace: For example `Notifications`.
        name: For example `MailsSent`.
        dimensions: Names and values, in the line's order.
        unit: CloudWatch's word for it.
        values: What was observed, in order; a plain number is one observation.
        total: It came as a plain number, such as a counter's.
    """

    namespace: str
    name: str
    dimensions: tuple[tuple[str, str], ...]
    unit: str
    values: tuple[float, ...]
    total: bool


def parse(line: str) -> tuple[float, list[Embedded]] | None:
    """Time of a line in seconds since the Unix epoch, and its metrics; None for any other line.

    What CloudWatch would not take of it is left out: a metric or a dimension that the line does not have,
    values that are no numbers.
    """
    if _MARK not in line:
        return None
    try:
        document = json.loads(line)
        metadata = document["_aws"]
        return metadata["Timestamp"] / 1000, list(_metrics(document, metadata["CloudWatchMetrics"]))
    except (ValueError, KeyError, TypeError):
        return None


def _metrics(document: Mapping[str, Any], directives: Sequence[Mapping[str, Any]]) -> Iterator[Embedded]:
    for directive in directives:
        for names in directive["Dimensions"]:
            if not all(isinstance(document.get(name), str) for name in names):
                continue
            dimensions = tuple((name, document[name]) for name in names)
            for metric in directive["Metrics"]:
                found = document.get(metric["Name"])
                values = found if isinstance(found, list) else [found]
                if values and all(_is_number(value) for value in values):
                    yield Embedded(
                        directive["Namespace"],
                        metric["Name"],
                        dimensions,
                        metric.get("Unit", "None"),
                        tuple(map(float, values)),
                        not isinstance(found, list),
                    )


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def spread(
    metric: Embedded, begun: float, ended: float, minute_at: Callable[[float], datetime]
) -> Iterator[tuple[datetime, float]]:
    """Observations of a line by the AWS minutes that it covers.

    On AWS a minute has several lines; on the stage a line may cover several minutes. A counter's sum and a
    list of observations are laid evenly over them, a level such as the number of mails in flight holds in
    each.

    Args:
        metric: The line's metric.
        begun: Real time since the Unix epoch from which on the line has collected.
        ended: Real time at which it was written.
        minute_at: The AWS minute of a real time.
    """
    minutes = _minutes(begun, ended, minute_at)
    values = metric.values
    if metric.total and values[0].is_integer():
        yield from _laid_out(int(values[0]), minutes)
    elif metric.total or (metric.unit == _LEVEL_UNIT and len(values) == 1):
        for minute in minutes:
            yield minute, values[0] / (len(minutes) if metric.total else 1)
    else:
        for position, value in enumerate(values):
            share = (position + 0.5) / len(values)
            yield minute_at(begun + share * (ended - begun)), _rounded(value, metric.unit)


def _minutes(begun: float, ended: float, minute_at: Callable[[float], datetime]) -> list[datetime]:
    """The minutes between two real times; one that only begins then is the next line's."""
    first, last = minute_at(begun), minute_at(ended)
    count = max(round((last - first) / MINUTE), 1)
    return [first + number * MINUTE for number in range(count)]


def _laid_out(total: int, minutes: Sequence[datetime]) -> Iterator[tuple[datetime, float]]:
    """A whole number in whole parts; a minute with a part of none has no datapoint, unless all is none."""
    if total == 0:
        yield minutes[-1], 0.0
    for number, minute in enumerate(minutes):
        part = total * (number + 1) // len(minutes) - total * number // len(minutes)
        if part:
            yield minute, float(part)


def _rounded(value: float, unit: str) -> float:
    """A duration in a bin of a few per cent: fewer numbers to be sent each minute."""
    return value if unit in _EXACT_UNITS else float(f"{value:.{_SIGNIFICANT_DIGITS - 1}e}")


class EmbeddedMetrics:
    """Collects the metrics of all log lines until the minutes that they are of are settled.

    Safe to use from several threads.

    Args:
        clock: Says which AWS minute a real time is in.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._written: dict[tuple[str, tuple[tuple[str, str], ...]], float] = {}
        self._minutes: dict[datetime, dict[_Key, Counter[float]]] = {}

    def take(self, stream: str, line: str) -> None:
        """Take a line of a log stream, in the stream's order; one without metrics is passed over."""
        parsed = parse(line)
        if parsed is None:
            return
        ended, metrics = parsed
        with self._lock:
            for dimensions in {metric.dimensions for metric in metrics}:
                before = self._written.get((stream, dimensions), 0.0)
                self._written[stream, dimensions] = ended
                begun = max(before, ended - MAX_COVERED_SECONDS)
                for metric in metrics:
                    if metric.dimensions == dimensions:
                        self._keep(metric, begun, ended)

    def settled(self) -> Reading:
        """Observations of the minutes of which no more lines are to come, each once."""
        until = settled_until(self._clock, self._clock.now())
        with self._lock:
            minutes = sorted(minute for minute in self._minutes if minute < until)
            found = {minute: self._minutes.pop(minute) for minute in minutes}
            self._forget_ended_streams()
        return [
            (minute, Distribution(namespace, name, dimensions, dict(counts), unit))
            for minute, metrics in found.items()
            for (namespace, name, dimensions, unit), counts in metrics.items()
        ]

    def _keep(self, metric: Embedded, begun: float, ended: float) -> None:
        key = (metric.namespace, metric.name, metric.dimensions, metric.unit)
        for minute, value in spread(metric, begun, ended, self._minute_at):
            self._minutes.setdefault(minute, defaultdict(Counter))[key][value] += 1

    def _minute_at(self, unix_seconds: float) -> datetime:
        return minute_of(self._clock.at(unix_seconds))

    def _forget_ended_streams(self) -> None:
        """Forget when lines were written that decide nothing any more."""
        oldest = time.time() - 2 * SETTLING_SECONDS
        self._written = {key: written for key, written in self._written.items() if written >= oldest}


def settled_until(clock: Clock, moment: datetime) -> datetime:
    """End of the minutes whose lines are all there at a moment of AWS time."""
    unix = time.time() - clock.real_seconds((clock.now() - moment).total_seconds())
    return minute_of(clock.at(unix - SETTLING_SECONDS))
