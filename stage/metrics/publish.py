"""Puts one datapoint a metric into CloudWatch each AWS minute."""

import logging
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Protocol

from botocore.exceptions import BotoCoreError, ClientError

from stage.clock import Clock
from stage.control_plane.aws import Aws
from stage.load_balancer.admin import RequestCounts
from stage.metrics.cpu import ServiceCpu
from stage.metrics.datapoint import Datapoint
from stage.metrics.read import queue_depths, requests_since, task_counts
from stage.tasks.host import RunningTask

_LOG = logging.getLogger(__name__)

_MINUTE = timedelta(minutes=1)
# From here on what a task used says more about the machine than about the task.
STARVED_PERCENT = 95.0
_CLOSING_SECONDS = 10.0
HOST_NAMESPACE = "Stage/Host"


class BusyHost(Protocol):
    """Tells how busy the whole machine is."""

    def busy_percent(self) -> float:
        """Percent since the last call."""


class CountsRequests(Protocol):
    """Tells how many requests it has answered."""

    def request_counts(self) -> RequestCounts:
        """Totals since it started."""


class MetricsPublisher:
    """A thread that measures from one AWS minute's start to the next one's.

    Args:
        aws: Where datapoints go, and where counts are read.
        clock: Says when a minute is over.
        agent_running: The tasks that run now.
        host_load: How busy the machine is.
        load_balancer: Counts requests.
        quota_is_exact: Tasks get what they reserved even on a busy machine. If not, a busy machine
            makes a loaded task look idle, so no CPU datapoint is put then.
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
        quota_is_exact: bool,
        cores_per_vcpu: float,
    ) -> None:
        self._aws = aws
        self._clock = clock
        self._cpu = ServiceCpu(agent_running, cores_per_vcpu)
        self._host_load = host_load
        self._load_balancer = load_balancer
        self._quota_is_exact = quota_is_exact
        self._counts = RequestCounts()
        self._latest: dict[str, float] = {}
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="metrics", daemon=True)

    def start(self) -> None:
        """Begin with the minute that is under way."""
        self._thread.start()

    def close(self) -> None:
        """End the thread; no datapoint is put after this returns."""
        self._closing.set()
        if self._thread.is_alive():
            self._thread.join(_CLOSING_SECONDS)

    def latest(self) -> dict[str, float]:
        """The newest minute's values by metric and what it is about, such as `CPUUtilization/api`.

        What had no datapoint in that minute is not in it.
        """
        return dict(self._latest)

    def publish(self, minute: datetime) -> None:
        """Measure since the last call and put the datapoints of one minute.

        Args:
            minute: AWS time at which the measured minute began.
        """
        # Both clocks are read at once, and first: they must cover the same window.
        averages, busy = self._cpu.averages(), self._host_load.busy_percent()
        starved = not self._quota_is_exact and busy >= STARVED_PERCENT
        cpu = [
            Datapoint(
                "AWS/ECS",
                "CPUUtilization",
                (("ClusterName", cluster), ("ServiceName", service)),
                percent,
                "Percent",
            )
            for (cluster, service), percent in averages.items()
            if not starved
        ]
        host = [
            Datapoint(HOST_NAMESPACE, "BusyPercent", (), busy, "Percent"),
            Datapoint(HOST_NAMESPACE, "Starved", (), float(starved), "None"),
        ]
        latest: dict[str, float] = {}
        # CPU goes first, because autoscaling waits for it.
        readers: list[Callable[[], list[Datapoint]]] = [
            lambda: cpu,
            lambda: host,
            self._requests,
            self._tasks,
            self._queues,
        ]
        for read in readers:
            try:
                datapoints = read()
                self._put(datapoints, minute)
            except (BotoCoreError, ClientError, OSError) as error:
                if not self._closing.is_set():
                    _LOG.warning("metrics: a datapoint of %s is missing: %s", minute, error)
            else:
                latest.update({datapoint.key: datapoint.value for datapoint in datapoints})
        self._latest = latest

    def _run(self) -> None:
        over = _next_minute(self._clock.now())
        while not self._closing.wait(self._real_seconds_until(over)):
            self.publish(over - _MINUTE)
            # A minute that went by while publishing has no datapoint.
            over = _next_minute(max(over, self._clock.now()))

    def _real_seconds_until(self, moment: datetime) -> float:
        return max(self._clock.paced((moment - self._clock.now()).total_seconds()), 0.0)

    def _requests(self) -> list[Datapoint]:
        before, self._counts = self._counts, self._load_balancer.request_counts()
        return requests_since(before, self._counts)

    def _tasks(self) -> list[Datapoint]:
        return task_counts(self._aws.ecs)

    def _queues(self) -> list[Datapoint]:
        return queue_depths(self._aws.sqs)

    def _put(self, datapoints: Iterable[Datapoint], minute: datetime) -> None:
        namespaces: dict[str, list[Datapoint]] = defaultdict(list)
        for datapoint in datapoints:
            namespaces[datapoint.namespace].append(datapoint)
        for namespace, members in namespaces.items():
            self._aws.cloudwatch.put_metric_data(
                Namespace=namespace, MetricData=[datapoint.at(minute) for datapoint in members]
            )


def _next_minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0) + _MINUTE
