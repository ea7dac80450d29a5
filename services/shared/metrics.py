"""CloudWatch metrics as embedded metric format: many observations, few lines."""

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Literal, TextIO

import structlog

NAMESPACE = "Notifications"
FLUSH_SECONDS = 10.0

# https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
_MAX_VALUES = 100
# Every set is a metric of its own that is paid for, and a line an interval.
_MAX_SETS = 50

_log = structlog.get_logger()

Unit = Literal["Count", "Milliseconds", "Percent"]


@dataclass(frozen=True)
class Compared:
    """Metrics by which a canary is told from the stable service.

    Attributes:
        release: Value of the dimension `Release`.
        names: Metrics without further dimensions that are there a second time, with that dimension. Each is
            paid for twice.
    """

    release: str
    names: frozenset[str]


class Metrics:
    """Collects observations and writes them as few lines an interval.

    Counters are summed; every other observation keeps its own value, so that CloudWatch can give
    percentiles. One line of values costs a fraction of a line an event, in CPU and in log ingestion.
    Not safe for use from several threads: an event loop owns it.

    An observation has the dimensions `Service` and `Environment`. One that is given more, e.g.
    `Provider="ses"`, is another metric to CloudWatch and goes out in the line of its set of
    dimensions; it does not add to the metric without them.

    Args:
        service: Value of the dimension `Service`.
        environment: Value of the dimension `Environment`: a staging's errors are not production's.
        compared: What is there for this release, too; None if nobody compares releases.
        stream: Where to; standard output if not given.
        now: Seconds since the Unix epoch.
    """

    def __init__(
        self,
        service: str,
        environment: str,
        *,
        compared: Compared | None = None,
        stream: TextIO | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._dimensions = {"Service": service, "Environment": environment}
        self._stream = stream or sys.stdout
        self._now = now
        self._plain = _Line(self._dimensions, compared)
        self._sets: dict[tuple[tuple[str, str], ...], _Line] = {}
        # The same lines by the orders in which their dimensions are given: sorting costs more than keeping.
        self._as_given: dict[tuple[tuple[str, str], ...], _Line] = {}
        self._broken: set[str] = set()
        self._gauges: list[tuple[_Line, str, Callable[[], float]]] = []

    def count(self, name: str, n: int = 1, **dimensions: str) -> None:
        """Add to a counter.

        Raises:
            ValueError: The dimensions cannot be any, or are one set too many.
        """
        counts = (self._line(dimensions) if dimensions else self._plain).counts
        counts[name] = counts.get(name, 0) + n

    def observe(self, name: str, value: float, unit: Unit, **dimensions: str) -> None:
        """Keep one value, e.g. a duration; its line goes out early when an array is full.

        Raises:
            ValueError: The dimensions cannot be any, or are one set too many.
        """
        line = self._line(dimensions) if dimensions else self._plain
        if line.keep(name, value, unit):
            self._write(line)

    def gauge(self, name: str, read: Callable[[], float], **dimensions: str) -> None:
        """Observe at every flush what is so at that moment, e.g. how many mails are in flight.

        Args:
            name: Of the metric, whose unit is Count.
            read: Gives its value; quick, and never fails.
            dimensions: As for an observation.

        Raises:
            ValueError: The dimensions cannot be any, or are one set too many.
        """
        self._gauges.append((self._line(dimensions) if dimensions else self._plain, name, read))

    def flush(self) -> None:
        """Write what was collected; write nothing if that is nothing."""
        for line, name, read in self._gauges:
            try:
                line.keep(name, read(), "Count")
            except Exception as error:  # noqa: BLE001 - one that is broken must not take the others with it
                self._note(name, error)
            else:
                self._note(name, None)
        self._write(self._plain)
        for line in self._sets.values():
            self._write(line)

    @asynccontextmanager
    async def flushed(self, seconds: float = FLUSH_SECONDS) -> AsyncIterator[None]:
        """Flush at an interval inside the block, and once more when it ends."""
        task = asyncio.create_task(self._flush_forever(seconds))
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
            self.flush()

    async def _flush_forever(self, seconds: float) -> None:
        while True:
            await asyncio.sleep(seconds)
            try:
                self.flush()
            except Exception as error:  # noqa: BLE001 - nothing may end the flushing without a word
                self._note("flush", error)
            else:
                self._note("flush", None)

    def _note(self, what: str, error: Exception | None) -> None:
        """Log the beginning and the end of a failure, not every interval."""
        if error is not None and what not in self._broken:
            self._broken.add(what)
            _log.error("metrics_broken", what=what, reason=f"{type(error).__name__}: {error}")
        elif error is None and what in self._broken:
            self._broken.remove(what)
            _log.info("metrics_mended", what=what)

    def _line(self, dimensions: dict[str, str]) -> "_Line":
        """The line of a set of dimensions, in whatever order they are given."""
        given = tuple(dimensions.items())
        line = self._as_given.get(given)
        if line is None:
            key = tuple(sorted(given))
            line = self._sets.get(key)
            if line is None:
                self._check(dimensions)
                line = self._sets[key] = _Line({**self._dimensions, **dimensions})
            self._as_given[given] = line
        return line

    def _check(self, dimensions: dict[str, str]) -> None:
        # Names only in what is said: a value that should not be here may be somebody's address.
        names = ", ".join(dimensions)
        if self._dimensions.keys() & dimensions.keys():
            raise ValueError(
                f"every metric has the dimensions Service and Environment: leave them out ({names})"
            )
        if not all(isinstance(value, str) and value for value in dimensions.values()):
            raise ValueError(f"a dimension's value is a text that is not empty ({names})")
        if len(self._sets) >= _MAX_SETS:
            raise ValueError(
                f"more than {_MAX_SETS} sets of dimensions ({names}): a dimension takes one of a few "
                "values, such as a provider or an outcome, never an id, an address or a message"
            )

    def _write(self, line: "_Line") -> None:
        taken = line.take(int(self._now() * 1000))
        if taken:
            # One write a line: two processes or threads on one pipe then never interleave.
            self._stream.write(taken)
            self._stream.flush()


class _Line:
    """Observations of one set of dimensions."""

    __slots__ = ("_compared", "_dimensions", "_release", "_units", "_values", "counts")

    def __init__(self, dimensions: dict[str, str], compared: Compared | None = None) -> None:
        self._dimensions = dimensions
        self._release = {} if compared is None else {"Release": compared.release}
        self._compared = frozenset() if compared is None else compared.names
        self.counts: dict[str, int] = {}
        self._values: dict[str, list[float]] = {}
        self._units: dict[str, Unit] = {}

    def keep(self, name: str, value: float, unit: Unit) -> bool:
        """Keep one value; whether the array is as long as it may be."""
        values = self._values.get(name)
        if values is None:
            values = self._values[name] = []
            self._units[name] = unit
        values.append(round(value, 3))
        return len(values) >= _MAX_VALUES

    def take(self, timestamp: int) -> str:
        """The line in embedded metric format, with its end; empty if nothing was collected since the last.

        Args:
            timestamp: Milliseconds since the Unix epoch.
        """
        if not self.counts and not self._values:
            return ""
        definitions = [{"Name": name, "Unit": "Count"} for name in self.counts]
        definitions += [{"Name": name, "Unit": self._units[name]} for name in self._values]
        directives = [_directive(self._dimensions, definitions)]
        compared = [one for one in definitions if one["Name"] in self._compared]
        if compared:
            directives.append(_directive({**self._dimensions, **self._release}, compared))
        line = {
            "_aws": {"Timestamp": timestamp, "CloudWatchMetrics": directives},
            **self._dimensions,
            **self._release,
            **self.counts,
            **self._values,
        }
        self.counts = {}
        self._values = {}
        return json.dumps(line, separators=(",", ":")) + "\n"


def _directive(dimensions: dict[str, str], metrics: list[dict[str, str]]) -> dict[str, object]:
    return {"Namespace": NAMESPACE, "Dimensions": [list(dimensions)], "Metrics": metrics}
