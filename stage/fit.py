"""Sizes and pace of a stage that fit the machine it runs on."""

from dataclasses import dataclass

from stage.cpu.speed import REFERENCE_CORES, HostSpeed

# What two cores carry beside each other: the largest fleets that terraform/ declares, the control plane,
# the load balancer and the load generator. More cores make a run quieter, not larger.
_CORES_PER_VCPU = 0.4
# 16 ms of each 100 ms window for a task of a quarter vCPU: less is lost in the granularity of quotas.
_MIN_CORES_PER_VCPU = 0.1
_MINUTE_SECONDS = 2.0
# Whoever has less than this is told by the verdict, and waits no longer.
_MAX_MINUTE_SECONDS = 12.0


@dataclass(frozen=True)
class Fit:
    """What a stage is brought up with.

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


def fit(host: HostSpeed) -> Fit:
    """A stage for this machine: smaller tasks where cores are missing, a slower clock where speed is.

    A task's quota is a share of a core, so a slow core carries fewer requests in it, and the load goes
    down with both. What an AWS minute costs the control plane, the observers and the evaluator does
    not depend on the load: a slow machine needs longer minutes for it.
    """
    room = min(1.0, host.cores / REFERENCE_CORES)
    vcpu_cores = max(_MIN_CORES_PER_VCPU, _CORES_PER_VCPU * room)
    slowness = 1.0 / host.share
    return Fit(
        vcpu_cores=round(vcpu_cores, 3),
        minute_seconds=round(min(_MAX_MINUTE_SECONDS, _MINUTE_SECONDS * slowness), 1),
        load_factor=round(host.core * vcpu_cores / _CORES_PER_VCPU, 2),
        slowness=slowness,
    )
