"""CPU utilisation of services, averaged over their tasks."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Protocol

from stage.cpu.usage import CpuUse, Utilisation
from stage.tasks.model import RunningTask

Service = tuple[str, str]


class Meter(Protocol):
    """Meter of the CPU seconds that a task used and had reserved, from one reading to the next."""

    def use(self) -> CpuUse | None:
        """CPU use since the last reading; None if the process has ended."""


class MakesMeters(Protocol):
    """Makes a meter for a process with so many cores."""

    def __call__(self, pid: int, cores: float, *, since_start: bool) -> Meter:
        """Make a meter; raises ProcessLookupError if the process has ended."""


class ServiceCpu:
    """Reads every task's CPU clock and relates what a service's tasks used to what they reserved.

    A task counts from its start, for as much of the time as it ran
    (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service_utilization.html). On Fargate
    it cannot use more than it reserved; here its quota applies only once it has started up, and what
    it used until then counts as no more than its whole reservation.

    Args:
        running: The tasks that run now.
        cores_per_vcpu: Cores of this machine that stand for one vCPU.
        meter: Makes the meters.
    """

    def __init__(
        self,
        running: Callable[[], Iterable[RunningTask]],
        cores_per_vcpu: float,
        meter: MakesMeters = Utilisation,
    ) -> None:
        self._running = running
        self._cores_per_vcpu = cores_per_vcpu
        self._meter = meter
        self._meters: dict[str, Meter] = {}
        self._limited: set[str] = set()
        self._begun = False

    def averages(self) -> dict[Service, float]:
        """Percent by cluster and service since the last call; nothing the first time.

        A service of which no task could be read is left out.
        """
        uses: dict[Service, list[CpuUse]] = defaultdict(list)
        meters: dict[str, Meter] = {}
        limited: set[str] = set()
        for task in self._running():
            meter = self._meter_of(task) if task.service else None
            if meter is None:
                continue
            meters[task.task_arn] = meter
            if task.limited:
                limited.add(task.task_arn)
            use = meter.use() if self._begun else None
            if use is not None:
                uses[task.cluster, task.service].append(self._as_on_fargate(task, use))
        self._meters, self._limited, self._begun = meters, limited, True
        return {service: _percent(members) for service, members in uses.items()}

    def _meter_of(self, task: RunningTask) -> Meter | None:
        meter = self._meters.get(task.task_arn)
        if meter is not None:
            return meter
        try:
            return self._meter(task.pid, task.vcpus * self._cores_per_vcpu, since_start=self._begun)
        except ProcessLookupError:
            # It ended between the listing and now.
            return None

    def _as_on_fargate(self, task: RunningTask, use: CpuUse) -> CpuUse:
        """CPU use as a task's quota would have limited it, if the quota applied all the time."""
        if task.task_arn in self._limited:
            return use
        return CpuUse(min(use.used, use.reserved), use.reserved)


def _percent(uses: Iterable[CpuUse]) -> float:
    members = list(uses)
    return 100.0 * sum(use.used for use in members) / sum(use.reserved for use in members)
