"""Settings of a stage."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from common.budget import budget
from stage.cpu.machine import HostSpeed, measure
from stage.errors import StageError
from stage.host.addresses import why_not_free

_ROOT = Path(__file__).resolve().parent.parent
_LAST_PORT = 65_535
# First task start-ups share the machine with each other: seconds on a quiet laptop.
_START_SECONDS = 90.0
# A first deployment is under way until the alarms beside it have been evaluated once, which takes five of
# AWS's minutes here, after checks that follow one another every half minute.
_STEADY_MINUTES = 15.0
KEPT_STATES = _ROOT / "build" / "kept-states"
"""Folder for the states of what the command line and the load tests have applied."""
# Task sizes without a proxy's share, laid over staging's.
SMALL_TASKS = Path(__file__).with_name("small-tasks.tfvars")


def _say_nothing(_message: str) -> None:
    """Progress for those who did not ask for any."""


@dataclass(frozen=True)
class StageSettings:
    """Settings with which a stage is brought up.

    Attributes:
        terraform_dir: The root module that is applied.
        services_root: Folder with one folder a service, each with its Dockerfile.
        var_files: Variable files, applied in this order.
        variables: Further Terraform variables; they win over the files.
        minute_seconds: Real seconds that one AWS minute takes; None takes what fits the machine.
        vcpu_cores: Cores of this machine that stand for one Fargate vCPU; None takes what fits the
            machine. Small, so that a fleet saturates at a request rate which the control plane and
            the load generator can carry beside it.
        measure: Tells how fast the machine is, in about a second.
        quota_method: `cgroup-v2`, `cgroup-v1` or `duty-cycle`; None takes the most exact one.
        as_deploy_role: Whether everything is applied as the deploy role that `bootstrap/` makes, and not as
            the account's administrator.
        enforce_rights: Whether tasks are refused what their roles do not allow; it is recorded either way.
        metric_lag: Whether metrics come as late as on AWS; without, at the end of their periods.
        listen: Address and port of the HTTP listener; None takes a free address.
        steady_seconds: Real seconds that a service gets to become steady, while the apply waits for it and
            after; None takes what `steady_within` does.
        kept_states: Folder in which the state of what was applied is kept; None keeps none.
        restored: Whether to begin with what is kept there, if it was made of the same.
        restored_from: File of a kept state to begin with whatever it was made of; what this root module and
            its variables want otherwise is applied to it.
        run_dir: Folder for logs, configuration and state; None makes a temporary one that goes
            with the stage.
        progress: Called with one short sentence whenever something was reached.

    Raises:
        StageError: A value with which no stage can be brought up.
    """

    terraform_dir: Path = _ROOT / "terraform"
    services_root: Path = _ROOT / "services"
    var_files: tuple[Path, ...] = (
        _ROOT / "terraform" / "environments" / "staging.tfvars",
        SMALL_TASKS,
    )
    variables: Mapping[str, object] = field(default_factory=dict)
    minute_seconds: float | None = None
    vcpu_cores: float | None = None
    measure: Callable[[], HostSpeed] = measure
    quota_method: str | None = None
    as_deploy_role: bool = False
    enforce_rights: bool = True
    metric_lag: bool = True
    listen: tuple[str, int] | None = None
    steady_seconds: float | None = None
    kept_states: Path | None = None
    restored: bool = False
    restored_from: Path | None = None
    run_dir: Path | None = None
    progress: Callable[[str], None] = _say_nothing

    def __post_init__(self) -> None:
        """Refuse what no stage can be brought up with."""
        for option, value in (
            ("--minute-seconds", self.minute_seconds),
            ("--vcpu-cores", self.vcpu_cores),
        ):
            if value is not None and not (math.isfinite(value) and value > 0):
                raise StageError(f"{option} {value:g}: give a number above 0")
        if self.listen is not None and not 0 < self.listen[1] <= _LAST_PORT:
            raise StageError(f"--port {self.listen[1]}: give a number from 1 to {_LAST_PORT}")

    def steady_within(self, minute_seconds: float) -> float:
        """Real seconds that a service gets to become steady: more on a slower host, and on a slower clock.

        Args:
            minute_seconds: Real seconds that an AWS minute takes.
        """
        if self.steady_seconds is not None:
            return self.steady_seconds
        return budget(_START_SECONDS) + _STEADY_MINUTES * minute_seconds

    def check(self) -> None:
        """Refuse what this machine does not have, before anything is started.

        Raises:
            StageError: A file or folder is missing, somebody listens at the address, or only root may.
        """
        for path in self.var_files:
            if not path.is_file():
                raise StageError(f"there is no variable file {path}: give another with --var-file")
        if self.restored_from is not None and not self.restored_from.is_file():
            raise StageError(f"there is no kept state {self.restored_from}: apply once, see {KEPT_STATES}")
        if not self.services_root.is_dir():
            raise StageError(f"there is no folder {self.services_root}: give another with --services")
        reason = None if self.listen is None else why_not_free(self.listen)
        if self.listen is not None and reason is not None:
            host, port = self.listen
            raise StageError(f"cannot listen on {host}:{port} ({reason}): choose another with --port")
