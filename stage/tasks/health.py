"""Container health checks, as ECS runs them.

https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html
"""

import logging
import threading
import time
from collections.abc import Callable

from stage.tasks.model import HealthCheck, HealthStatus

_LOG = logging.getLogger(__name__)
# A check usually starts an interpreter: more than one a second for each task would be a load of its own.
_MIN_PAUSE_SECONDS = 1.0


class HealthRecord:
    """Turns the results of checks into a status.

    Attributes:
        status: The status after the results so far.
    """

    def __init__(self, check: HealthCheck) -> None:
        self.status = HealthStatus.UNKNOWN
        self._check = check
        self._failures = 0

    def add(self, *, passed: bool, age: float) -> HealthStatus:
        """Count one result.

        The first success ends the start period early, as in Docker
        (https://docs.docker.com/reference/dockerfile/#healthcheck).

        Args:
            passed: Whether the command ended with 0 in time.
            age: Real seconds between the container's start and the result.
        """
        if passed:
            self._failures = 0
            self.status = HealthStatus.HEALTHY
        elif self.status != HealthStatus.UNKNOWN or age >= self._check.start_period:
            self._failures += 1
            if self._failures >= self._check.retries:
                self.status = HealthStatus.UNHEALTHY
        return self.status


class HealthMonitor:
    """Checks one container until it ends, in a thread of its own.

    The command does not run under the task's CPU quota: checks are paced faster than on AWS, so
    their share of the CPU would be too.
    """

    def __init__(
        self,
        check: HealthCheck,
        pause: float,
        probe: Callable[[], bool],
        report: Callable[[HealthStatus], None],
        ended: threading.Event,
    ) -> None:
        """Prepare to check.

        Args:
            check: What the task definition declares.
            pause: Real seconds between two checks; below one second, one second is taken.
            probe: Runs the command once; True when it ended with 0 in time.
            report: Called with the status after each change.
            ended: Set when the container has ended; a check under way then has no consequence.
        """
        self._pause = max(pause, _MIN_PAUSE_SECONDS)
        self._probe = probe
        self._report = report
        self._record = HealthRecord(check)
        self._ended = ended

    @property
    def status(self) -> HealthStatus:
        """The container's health by now."""
        return self._record.status

    def start(self) -> None:
        """Begin; the first check comes after one pause."""
        threading.Thread(target=self._run, name="health-check", daemon=True).start()

    def _run(self) -> None:
        started = time.monotonic()
        while not self._ended.wait(self._pause):
            before, passed = self._record.status, self._probe()
            if self._ended.is_set():
                return
            after = self._record.add(passed=passed, age=time.monotonic() - started)
            if after != before:
                try:
                    self._report(after)
                except Exception:  # noqa: BLE001 - whatever it is, checking goes on
                    _LOG.exception("health %s could not be reported", after)
