"""Reads something at the end of every AWS minute, on time, whatever becomes of what was read before."""

import logging
import queue
import threading
from collections.abc import Callable

from botocore.exceptions import BotoCoreError, ClientError

from stage.clock import MINUTE, Clock, minute_of
from stage.host.budget import budget
from stage.metrics.model import Minutes, Reading

_LOG = logging.getLogger(__name__)

_CLOSING_SECONDS = 30.0


class MinuteReader:
    """Two threads: one reads when a minute is over, the other hands on what was read.

    The one never waits for the other, so a slow CloudWatch delays datapoints and loses none. A reader
    that comes late, since the machine or what it reads from was busy, is given all the minutes that
    its reading covers.

    Args:
        name: What is read, for the log.
        clock: Says when a minute is over.
        read: Called with the minutes that have ended since it was called last, oldest first, at
            least one; returns datapoints, each with the minute that it is of.
        put: Takes what was read.
    """

    def __init__(
        self,
        name: str,
        clock: Clock,
        read: Callable[[Minutes], Reading],
        put: Callable[[Reading], None],
    ) -> None:
        self._name = name
        self._clock = clock
        self._read = read
        self._put = put
        self._closing = threading.Event()
        self._readings: queue.Queue[Reading | None] = queue.Queue()
        self._threads = [
            threading.Thread(target=target, name=f"metrics-{name}", daemon=True)
            for target in (self._run, self._hand_on)
        ]

    def start(self) -> None:
        """Begin with the minute that is under way."""
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
        """Read and hand on in the caller's thread; what goes wrong costs these datapoints alone."""
        for reading in self._reading(minutes):
            self._deliver(reading)

    def _run(self) -> None:
        begun = minute_of(self._clock.now())
        while not self._closing.wait(self._clock.real_seconds_until(begun + MINUTE)):
            now = minute_of(self._clock.now())
            if now == begun:
                # The clock was slowed down meanwhile.
                continue
            minutes = [begun + MINUTE * number for number in range(round((now - begun) / MINUTE))]
            begun = now
            for reading in self._reading(minutes):
                self._readings.put(reading)

    def _hand_on(self) -> None:
        while (reading := self._readings.get()) is not None and not self._closing.is_set():
            self._deliver(reading)

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
