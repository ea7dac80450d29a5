"""Reads something at the end of every period, on time, and hands it on as late as AWS would."""

import logging
import queue
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from heapq import heappop, heappush
from itertools import count

from botocore.exceptions import BotoCoreError, ClientError

from common.budget import budget
from stage.clock import MINUTE, Clock
from stage.metrics.lag import Lags
from stage.metrics.model import Datapoint, Distribution, Minutes, Reading

_LOG = logging.getLogger(__name__)

_CLOSING_SECONDS = 30.0
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class PeriodReader:
    """Two threads: one reads when a period is over, the other hands on what was read.

    The one never waits for the other, so a slow CloudWatch delays datapoints and loses none. A reader
    that comes late, since the machine or what it reads from was busy, is given all the periods that
    its reading covers.

    Args:
        name: What is read, for the log.
        clock: Says when a period is over.
        read: Called with the beginnings of the periods that have ended since it was called last, oldest
            first, at least one; returns datapoints, each with the period that it is of.
        put: Takes what was read.
        lags: How long after its period a datapoint is put.
        period: Its length; periods begin at multiples of it.
    """

    def __init__(  # noqa: PLR0913 - each is a thing of its own that the publisher has
        self,
        name: str,
        clock: Clock,
        read: Callable[[Minutes], Reading],
        put: Callable[[Reading], None],
        *,
        lags: Lags,
        period: timedelta = MINUTE,
    ) -> None:
        self._name = name
        self._clock = clock
        self._read = read
        self._put = put
        self._lags = lags
        self._period = period
        self._closing = threading.Event()
        self._readings: queue.Queue[Reading | None] = queue.Queue()
        self._order = count()
        self._waiting: list[tuple[datetime, int, Reading]] = []
        self._threads = [
            threading.Thread(target=target, name=f"metrics-{name}", daemon=True)
            for target in (self._run, self._hand_on)
        ]

    def start(self) -> None:
        """Begin with the period that is under way."""
        for thread in self._threads:
            thread.start()

    def close(self) -> None:
        """End both threads; nothing is put after this returns."""
        self._closing.set()
        self._readings.put(None)
        for thread in self._threads:
            if thread.is_alive():
                thread.join(budget(_CLOSING_SECONDS))

    def read_once(self, minutes: Minutes) -> None:
        """Read and hand on at once, in the caller's thread; what goes wrong costs these datapoints alone."""
        for reading in self._reading(minutes):
            self._deliver(reading)

    def _run(self) -> None:
        begun = self._begun()
        while not self._closing.wait(self._clock.real_seconds_until(begun + self._period)):
            now = self._begun()
            if now == begun:
                # The clock was slowed down meanwhile.
                continue
            periods = [begun + self._period * number for number in range(round((now - begun) / self._period))]
            begun = now
            for reading in self._reading(periods):
                self._readings.put(reading)

    def _begun(self) -> datetime:
        now = self._clock.now()
        return now - (now - _EPOCH) % self._period

    def _hand_on(self) -> None:
        while not self._closing.is_set():
            try:
                reading = self._readings.get(timeout=self._seconds_to_next())
            except queue.Empty:
                pass
            else:
                if reading is None:
                    return
                for due, some in self._parts(reading):
                    heappush(self._waiting, (due, next(self._order), some))
            while self._waiting and self._waiting[0][0] <= self._clock.now() and not self._closing.is_set():
                self._deliver(heappop(self._waiting)[2])

    def _parts(self, reading: Reading) -> Iterator[tuple[datetime, Reading]]:
        """Parts of what was read at once, each with the AWS time at which it is put."""
        parts: dict[datetime, list[tuple[datetime, Datapoint | Distribution]]] = defaultdict(list)
        for begun, datapoint in reading:
            parts[begun + self._period + self._lags.of(datapoint.namespace, self._period)].append(
                (begun, datapoint)
            )
        yield from parts.items()

    def _seconds_to_next(self) -> float | None:
        return self._clock.real_seconds_until(self._waiting[0][0]) if self._waiting else None

    def _reading(self, minutes: Minutes) -> list[Reading]:
        try:
            return [self._read(minutes)]
        except (BotoCoreError, ClientError, OSError) as error:
            self._missing(minutes, error)
            return []

    def _deliver(self, reading: Reading) -> None:
        try:
            self._put(reading)
        except (BotoCoreError, ClientError, OSError) as error:
            self._missing(sorted({minute for minute, _ in reading}), error)

    def _missing(self, minutes: Minutes, error: Exception) -> None:
        if not self._closing.is_set():
            _LOG.warning("metrics: %s of %s is missing: %s", self._name, ", ".join(map(str, minutes)), error)
