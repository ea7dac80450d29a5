"""Quota that holds a task to the `cpu` of its task definition, by the best method of this machine."""

from collections.abc import Callable
from typing import Protocol

from stage.cpu.cgroup_v1 import CgroupV1Quota
from stage.cpu.cgroup_v2 import CgroupV2Quota
from stage.cpu.duty_cycle import DutyCycleQuota
from stage.errors import StageError


class CpuQuota(Protocol):
    """Holds processes to a share of the machine's CPU time, in windows of 100 ms without bursts.

    Every method may be called from any thread, and a process that is already gone is no error:
    tasks die at any moment.
    """

    @property
    def method(self) -> str:
        """`cgroup-v2`, `cgroup-v1` or `duty-cycle`."""

    def attach(self, pid: int, cores: float) -> None:
        """Hold a process and its descendants to `cores` of CPU time; again with another figure changes it.

        Raises:
            StageError: The quota is too small to be enforced, or cannot be enforced any more.
        """

    def release(self, pid: int) -> None:
        """Let a process run freely again, or forget one that has ended."""

    def protect(self, pid: int) -> None:
        """Keep a process that serves or watches the tasks from being starved; no-op where impossible.

        It is never throttled, and what it starts from now on is protected too.
        """

    def close(self) -> None:
        """Release everything and leave no process throttled and no cgroup behind."""


# Most exact first. The duty cycle asks nothing of the machine, so it comes last and always works.
_METHODS: dict[str, Callable[[str], CpuQuota]] = {
    CgroupV2Quota.method: CgroupV2Quota,
    CgroupV1Quota.method: CgroupV1Quota,
    DutyCycleQuota.method: DutyCycleQuota,
}


def choose_quota(run_id: str, method: str | None = None) -> CpuQuota:
    """The most exact quota that this machine allows, or the one asked for.

    Args:
        run_id: Names this run's cgroups, so that two runs never meet.
        method: `cgroup-v2`, `cgroup-v1` or `duty-cycle`; None takes the most exact one.

    Raises:
        StageError: `method` does not exist or cannot be used here; the message says why.
    """
    if method is not None:
        if method not in _METHODS:
            raise StageError(f"no quota method {method!r}: choose one of {', '.join(_METHODS)}")
        return _METHODS[method](run_id)
    reasons = []
    for make in _METHODS.values():
        try:
            return make(run_id)
        except StageError as error:
            reasons.append(str(error))
    raise StageError(f"no CPU quota can be enforced here: {'; '.join(reasons)}")
