"""Puts one datapoint a metric into CloudWatch each AWS minute."""

import threading
from collections.abc import Callable, Iterable
from functools import partial
from typing import Protocol

from stage.clock import Clock
from stage.control_plane.aws import Aws
from stage.load_balancer.model import RequestCounts
from stage.metrics.cpu import ServiceCpu
from stage.metrics.decide import healthy_hosts, of_cpu, of_newest, requests_since
from stage.metrics.embedded import EmbeddedMetrics
from stage.metrics.minutes import MinuteReader
from stage.metrics.model import Datapoint, Distribution, Minutes, Reading
from stage.metrics.perform import put
from stage.metrics.read import queue_depths, task_counts
from stage.tasks.model import RunningTask


class BusyHost(Protocol):
    """Meter of the load of the whole machine."""

    def busy_percent(self) -> float:
        """Percent since the last call."""


class CountsRequests(Protocol):
    """Load balancer that counts the requests that it has answered."""

    def request_counts(self) -> RequestCounts:
        """Totals since it started."""

    def healthy_hosts(self) -> dict[str, int]:
        """Healthy targets now, by target group."""


class MetricsPublisher:
    """Measures from one AWS minute's start to the next one's, each source apart from the others.

    CPU clocks are read in a thread that waits for nothing else. What one API is slow to tell, or
    CloudWatch to take, costs no other metric its time.

    Args:
        aws: Where datapoints go, and where counts are read.
        clock: Says when a minute is over.
        agent_running: The tasks that run now.
        host_load: How busy the machine is.
        load_balancer: Counts requests.
        embedded: Metrics that tasks write into their logs.
        quota_is_exact: Tasks get what they reserved even on a busy machine.
        cores_per_vcpu: Cores of this machine that stand for one vCPU.
    """

    def __init__(  # noqa: PLR0913 - each is a thing of its own that the stage made before
        self,
        aws: Aws,
        clock: Clock,
        *,
        agent_running: Callable[[], Iterable[RunningTask]],
        host_load: BusyHost,
        load_balancer: CountsRequests,
        embedded: EmbeddedMetrics,
        quota_is_exact: bool,
        cores_per_vcpu: float,
    ) -> None:
        self._aws = aws
        self._cpu = ServiceCpu(agent_running, cores_per_vcpu)
        self._host_load = host_load
        self._load_balancer = load_balancer
        self._quota_is_exact = quota_is_exact
        self._counts = RequestCounts()
        self._remembering = threading.Lock()
        self._latest: dict[str, dict[str, float]] = {}
        sources: dict[str, Callable[[Minutes], Reading]] = {
            "CPU": self._read_cpu,
            "requests": lambda minutes: of_newest(minutes, self._requests()),
            "tasks": lambda minutes: of_newest(minutes, task_counts(self._aws.ecs)),
            "queues": lambda minutes: of_newest(minutes, queue_depths(self._aws.sqs)),
            "logs": lambda _: embedded.settled(),
        }
        self._readers = [
            MinuteReader(name, clock, self._remembered(name, read), partial(put, aws.cloudwatch))
            for name, read in sources.items()
        ]

    def start(self) -> None:
        """Begin with the minute that is under way."""
        for reader in self._readers:
            reader.start()

    def close(self) -> None:
        """End the threads; no datapoint is put after this returns."""
        for reader in self._readers:
            reader.close()

    def latest(self) -> dict[str, float]:
        """The newest minute's values by metric and what it is about, such as `CPUUtilization/api`.

        What had no datapoint in that minute is not in it.
        """
        with self._remembering:
            return {key: value for values in self._latest.values() for key, value in values.items()}

    def publish(self, minutes: Minutes) -> None:
        """Measure since the last call and put the datapoints of these minutes, in the caller's thread.

        Args:
            minutes: AWS times at which the measured minutes began, oldest first.
        """
        for reader in self._readers:
            reader.read_once(minutes)

    def _remembered(self, name: str, read: Callable[[Minutes], Reading]) -> Callable[[Minutes], Reading]:
        def reading(minutes: Minutes) -> Reading:
            values: dict[str, float] = {}
            try:
                found = read(minutes)
                values = {datapoint.key: datapoint.value for _, datapoint in found}
                return found
            finally:
                with self._remembering:
                    self._latest[name] = values

        return reading

    def _read_cpu(self, minutes: Minutes) -> Reading:
        # Both clocks are read at once: they must cover the same window.
        averages, busy = self._cpu.averages(), self._host_load.busy_percent()
        return of_cpu(minutes, averages, busy, quota_is_exact=self._quota_is_exact)

    def _requests(self) -> list[Datapoint | Distribution]:
        before, self._counts = self._counts, self._load_balancer.request_counts()
        healthy = healthy_hosts(self._counts.load_balancer, self._load_balancer.healthy_hosts())
        return [*requests_since(before, self._counts), *healthy]
