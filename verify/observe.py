"""Samples ECS, CloudWatch, Application Auto Scaling and SQS while load runs."""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from types import TracebackType
from typing import Any, Self

from botocore.exceptions import BotoCoreError, ClientError

from verify import read_aws
from verify.record import ProcessCpu
from verify.target import Target
from verify.timeline import (
    Activity,
    AlarmChange,
    Datapoint,
    QueueSample,
    ServiceSample,
    ServiceTimeline,
    Timeline,
)
from verify.waiting import START

# Often enough to see every AWS minute twice, seldom enough to cost an account nothing.
_SAMPLES_A_MINUTE = 2.0
_MAX_INTERVAL_SECONDS = 5.0


class Observer:
    """A thread that samples until it is told to stop; a context manager."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._interval = min(target.clock.minute_seconds / _SAMPLES_A_MINUTE, _MAX_INTERVAL_SECONDS)
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="observer", daemon=True)
        self._queue_url = ""
        self._host_metric: dict[str, Any] | None = None
        self._counts: dict[str, list[ServiceSample]] = {
            name: [] for name in (target.api_service, target.sender_service)
        }
        self._queue: list[QueueSample] = []
        self._cpu: dict[str, dict[datetime, float]] = {name: {} for name in self._counts}
        self._starved: dict[datetime, float] = {}
        self._activities: dict[str, list[Activity]] = {name: [] for name in self._counts}
        self._alarms: dict[tuple[datetime, str, str], AlarmChange] = {}
        self._process_cpu: list[ProcessCpu] = []
        self._errors: list[str] = []

    def __enter__(self) -> Self:
        """Read what does not change, take the first sample, go on in the background."""
        self._queue_url = self._target.sqs.get_queue_url(QueueName=self._target.queue_name)["QueueUrl"]
        self._declared = {name: read_aws.scaling(self._target, name) for name in self._counts}
        self._since = self._target.clock.now()
        self.sample()
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop sampling."""
        self.stop()

    def stop(self) -> Timeline:
        """Take a last sample and return all that was seen."""
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join(START)
            self.sample()
        return self.timeline()

    def timeline(self) -> Timeline:
        """Timeline of everything seen until now."""
        with self._lock:
            api, sender = (self._service(name) for name in self._counts)
            return Timeline(
                time=self._target.clock,
                started_at=api.samples[0].at,
                ended_at=api.samples[-1].at,
                api=api,
                sender=sender,
                queue=tuple(self._queue),
                alarms=tuple(sorted(self._alarms.values(), key=lambda change: change.at)),
                starved_minutes=tuple(sorted(minute for minute, value in self._starved.items() if value)),
                metric_delay_minutes=self._target.metric_delay_minutes,
                errors=tuple(self._errors),
            )

    def process_cpu(self) -> Sequence[ProcessCpu] | None:
        """CPU time of the tasks at each sample until now; None where nobody can read it."""
        with self._lock:
            return None if self._target.read_process_cpu is None else tuple(self._process_cpu)

    def sample(self) -> None:
        """Take one sample; what cannot be read is noted and read the next time."""
        # Counts before activities: a change that is seen has its activity in the same sample.
        for read in (
            self._read_counts,
            self._read_process_cpu,
            self._read_queue,
            self._read_metrics,
            self._read_activities,
            self._read_alarms,
        ):
            self._attempt(read)

    def _run(self) -> None:
        while not self._stopped.wait(self._interval):
            self.sample()

    def _attempt(self, read: Callable[[], None]) -> None:
        try:
            read()
        except (BotoCoreError, ClientError) as error:
            with self._lock:
                self._errors.append(f"{read.__name__.removeprefix('_')}: {error}")

    def _read_counts(self) -> None:
        counts = read_aws.service_counts(self._target)
        at = time.time()
        with self._lock:
            for name, (desired, running, pending) in counts.items():
                self._counts[name].append(ServiceSample(at, desired, running, pending))

    def _read_process_cpu(self) -> None:
        if self._target.read_process_cpu is not None:
            read = self._target.read_process_cpu()
            with self._lock:
                self._process_cpu += read

    def _read_alarms(self) -> None:
        found = read_aws.alarm_changes(self._target, self._since)
        with self._lock:
            self._alarms.update({(one.at, one.alarm, one.state): one for one in found})

    def _read_queue(self) -> None:
        visible, in_flight = read_aws.queue_depth(self._target, self._queue_url)
        with self._lock:
            self._queue.append(QueueSample(time.time(), visible, in_flight))

    def _read_metrics(self) -> None:
        if self._host_metric is None:
            self._host_metric = read_aws.host_metric(self._target)
        series = read_aws.metrics(self._target, tuple(self._counts), self._host_metric, self._unread_since())
        with self._lock:
            for name in self._counts:
                self._cpu[name].update(_within(series.get(name, {}), self._since))
            self._starved.update(_within(series.get(read_aws.HOST, {}), self._since))

    def _unread_since(self) -> datetime:
        """A minute may still change for as long as a late datapoint may come."""
        newest = [max(minutes) for minutes in self._cpu.values() if minutes]
        if len(newest) < len(self._cpu):
            return self._since
        return max(self._since, min(newest) - read_aws.LATE_DATAPOINTS)

    def _read_activities(self) -> None:
        for name in self._counts:
            found = read_aws.activities(self._target, name, self._since)
            with self._lock:
                self._activities[name] = found

    def _service(self, name: str) -> ServiceTimeline:
        return replace(
            self._declared[name],
            samples=tuple(self._counts[name]),
            cpu=tuple(Datapoint(minute, value) for minute, value in sorted(self._cpu[name].items())),
            activities=tuple(self._activities[name]),
        )


def _within(series: Mapping[datetime, float], since: datetime) -> dict[datetime, float]:
    return {
        minute: value for minute, value in series.items() if minute >= since.replace(second=0, microsecond=0)
    }
