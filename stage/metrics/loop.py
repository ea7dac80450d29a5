"""Puts one datapoint a metric into CloudWatch each AWS minute, as late as AWS does."""

import threading
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Protocol

from stage.clock import MINUTE, Clock
from stage.control_plane.aws import Aws
from stage.load_balancer.model import RequestCounts
from stage.metrics.cpu import Service, ServiceCpu
from stage.metrics.decide import healthy_hosts, of_cpu, of_newest, of_services, requests_since
from stage.metrics.embedded import EmbeddedMetrics
from stage.metrics.lag import HIGH_RESOLUTION, Lags
from stage.metrics.model import Datapoint, Distribution, Minutes, Reading
from stage.metrics.perform import put
from stage.metrics.periods import PeriodReader
from stage.metrics.read import high_resolution_services, oldest_messages, queue_depths, task_counts
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

    CPU clocks are read in threads that wait for nothing else. What one API is slow to tell, or
    CloudWatch to take, costs no other metric its time. A service with a policy on high-resolution CPU
    has a datapoint every twenty seconds instead of every minute.

    Args:
        aws: Where datapoints go, and where counts are read.
        clock: Says when a minute is over.
        agent_running: The tasks that run now.
        host_load: Makes meters of how busy the machine is.
        load_balancer: Counts requests.
        embedded: Metrics that tasks write into their logs.
        queue_ages: Tells the age of each queue's oldest message in AWS seconds, given how many of them a
            real second has.
        lags: How late datapoints are put.
        quota_is_exact: Tasks get what they reserved even on a busy machine.
        cores_per_vcpu: Cores of this machine that stand for one vCPU.
    """

    def __init__(  # noqa: PLR0913 - each is a thing of its own that the stage made before
        self,
        aws: Aws,
        clock: Clock,
        *,
        agent_running: Callable[[], Iterable[RunningTask]],
        host_load: Callable[[], BusyHost],
        load_balancer: CountsRequests,
        embedded: EmbeddedMetrics,
        queue_ages: Callable[[float], Mapping[str, float]],
        lags: Lags,
        quota_is_exact: bool,
        cores_per_vcpu: float,
    ) -> None:
        self._aws = aws
        self._clock = clock
        self._cpu = ServiceCpu(agent_running, cores_per_vcpu)
        self._host_load = host_load()
        # Clocks are read from one reading to the next, so each period has meters of its own.
        self._fast_cpu = ServiceCpu(agent_running, cores_per_vcpu)
        self._fast_host_load = host_load()
        self._fast_services: frozenset[Service] = frozenset()
        self._queue_ages = queue_ages
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
            "oldest messages": lambda minutes: of_newest(minutes, self._oldest_messages()),
            "logs": lambda _: embedded.settled(),
            "policies": self._look_at_policies,
        }
        fast = {"CPU of twenty seconds": self._read_fast_cpu}
        self._readers = [
            PeriodReader(
                name,
                clock,
                self._remembered(name, read),
                partial(put, aws.cloudwatch),
                lags=lags,
                period=period,
            )
            for period, readers in ((MINUTE, sources), (HIGH_RESOLUTION, fast))
            for name, read in readers.items()
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

        Nothing waits for its lag, and high-resolution datapoints have the minutes for their periods.

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
        by_minute = {
            service: value for service, value in averages.items() if service not in self._fast_services
        }
        return of_cpu(minutes, by_minute, busy, quota_is_exact=self._quota_is_exact)

    def _read_fast_cpu(self, periods: Minutes) -> Reading:
        wanted = self._fast_services
        averages, busy = self._fast_cpu.averages(), self._fast_host_load.busy_percent()
        fast = {service: value for service, value in averages.items() if service in wanted}
        return of_services(periods, fast, busy, quota_is_exact=self._quota_is_exact)

    def _look_at_policies(self, _minutes: Minutes) -> Reading:
        self._fast_services = high_resolution_services(self._aws.autoscaling)
        return []

    def _oldest_messages(self) -> list[Datapoint]:
        return oldest_messages(self._queue_ages(self._clock.speed))

    def _requests(self) -> list[Datapoint | Distribution]:
        before, self._counts = self._counts, self._load_balancer.request_counts()
        healthy = healthy_hosts(self._counts.load_balancer, self._load_balancer.healthy_hosts())
        return [*requests_since(before, self._counts), *healthy]
