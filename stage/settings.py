"""What a person may choose about a stage."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

_ROOT = Path(__file__).resolve().parent.parent


def _say_nothing(_message: str) -> None:
    """Progress for those who did not ask for any."""


@dataclass(frozen=True)
class StageSettings:
    """How to bring a stage up.

    Attributes:
        terraform_dir: The root module that is applied.
        services_root: Folder with one folder a service, each with its Dockerfile.
        var_files: Variable files, applied in this order.
        variables: Further Terraform variables; they win over the files.
        minute_seconds: Real seconds that one AWS minute takes.
        vcpu_cores: Cores of this machine that stand for one Fargate vCPU. Small, so that a fleet
            saturates at a request rate which the control plane and the load generator can carry
            beside it.
        quota_method: `cgroup-v2`, `cgroup-v1` or `duty-cycle`; None takes the most exact one.
        listen: Address and port of the HTTP listener; None takes a free address.
        run_dir: Folder for logs, configuration and state; None makes a temporary one that goes
            with the stage.
        progress: Called with one short sentence whenever something was reached.
    """

    terraform_dir: Path = _ROOT / "terraform"
    services_root: Path = _ROOT / "services"
    var_files: tuple[Path, ...] = (_ROOT / "terraform" / "environments" / "staging.tfvars",)
    variables: Mapping[str, object] = field(default_factory=dict)
    minute_seconds: float = 2.0
    vcpu_cores: float = 0.5
    quota_method: str | None = None
    listen: tuple[str, int] | None = None
    run_dir: Path | None = None
    progress: Callable[[str], None] = _say_nothing
