"""Sizes and pace of a stage that fit the machine it runs on."""

from dataclasses import dataclass

from stage.cpu.machine import REFERENCE_CORES, HostSpeed

# What two cores carry beside each other: the largest fleets that terraform/ declares, the control plane,
# the load balancer and the load generator. More cores make a run quieter, not larger.
_CORES_PER_VCPU = 0.4
# 2.5 ms of each 100 ms window for a task of a quarter vCPU: less is lost in the granularity of quotas.
_MIN_CORES_PER_VCPU = 0.1
_MINUTE_SECONDS = 2.0
# Whoever has less than this is told by the verdict, and waits no longer.
_MAX_MINUTE_SECONDS = 12.0


@dataclass(frozen=True)
class Fit:
    """Sizes and pace that a stage is brought up with.

    Attributes:
        vcpu_cores: Cores of this machine that stand for one vCPU.
        minute_seconds: Real seconds that one AWS minute takes.
        load_factor: Requests that a task carries here, as a multiple of what it carries on the
            reference machine.
        slowness: Real time that the same work takes here, as a multiple of what it takes there; at least 1.
    """

    vcpu_cores: float
    minute_seconds: float
    load_factor: float
    slowness: float

    def __str__(self) -> str:
        """Text for a person, with the figures that were chosen."""
        return f"one vCPU is {self.vcpu_cores:g} core, one AWS minute {self.minute_seconds:g} s"


def fit(host: HostSpeed, vcpu_cores: float | None = None, minute_seconds: float | None = None) -> Fit:
    """A stage for this machine: smaller tasks where cores are missing, a slower clock where speed is.

    A task's quota is a share of a core, so a slow core carries fewer requests in it, and the load goes
    down with both. What an AWS minute costs the control plane, the observers and target tracking does
    not depend on the load: a slow machine needs longer minutes for it.

    Args:
        host: What the machine can do.
        vcpu_cores: What a person chose instead; the load follows it.
        minute_seconds: What a person chose instead.
    """
    room = min(1.0, host.cores / REFERENCE_CORES)
    fitting_cores = round(max(_MIN_CORES_PER_VCPU, _CORES_PER_VCPU * room), 3)
    fitting_minute = round(min(_MAX_MINUTE_SECONDS, _MINUTE_SECONDS / host.share), 1)
    cores = vcpu_cores or fitting_cores
    return Fit(
        vcpu_cores=cores,
        minute_seconds=minute_seconds or fitting_minute,
        load_factor=round(host.core * cores / _CORES_PER_VCPU, 2),
        slowness=1.0 / host.share,
    )
