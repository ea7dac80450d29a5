"""CPU utilisation of services, averaged over their tasks."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from statistics import fmean
from typing import Protocol

from stage.cpu.usage import Utilisation
from stage.tasks.host import RunningTask

Service = tuple[str, str]


class Meter(Protocol):
    """Percent of a reservation used since the last reading."""

    def percent(self) -> float | None:
        """None if the process has ended."""


class ServiceCpu:
    """Reads every task's CPU clock and averages by service.

    A task counts from the first window at whose beginning it ran under its quota: what it used
    before says nothing about its load.

    Args:
        running: The tasks that run now.
        cores_per_vcpu: Cores of this machine that stand for one vCPU.
        meter: Makes a meter for a process with so many cores.
    """

    def __init__(
        self,
        running: Callable[[], Iterable[RunningTask]],
        cores_per_vcpu: float,
        meter: Callable[[int, float], Meter] = Utilisation,
    ) -> None:
        self._running = running
        self._cores_per_vcpu = cores_per_vcpu
        self._meter = meter
        self._meters: dict[str, Meter] = {}

    def averages(self) -> dict[Service, float]:
        """Percent by cluster and service since the last call.

        A service with no task that was measured from one call to the next is left out.
        """
        percents: dict[Service, list[float]] = defaultdict(list)
        meters: dict[str, Meter] = {}
        for task in self._running():
            if not task.limited or not task.service:
                continue
            meter = self._meters.get(task.task_arn)
            if meter is None:
                try:
                    meters[task.task_arn] = self._meter(task.pid, task.vcpus * self._cores_per_vcpu)
                except ProcessLookupError:
                    # It ended between the listing and now.
                    continue
            else:
                meters[task.task_arn] = meter
                percent = meter.percent()
                if percent is not None:
                    percents[task.cluster, task.service].append(percent)
        self._meters = meters
        return {service: fmean(values) for service, values in percents.items()}
