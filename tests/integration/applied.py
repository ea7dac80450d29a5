"""Terraform applies the modules of queue, mail, ledger, secrets and monitoring to what stands for AWS."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stage.terraform.rehearsed_module import Terraform, copy_module
from tests.plan.offline import ROOT_MODULE

_HERE = Path(__file__).parent / "terraform"


@dataclass(frozen=True)
class Applied:
    """What Terraform created.

    Attributes:
        terraform: To plan again with, or to apply again.
        names: What was created, by the environment variable that a task definition names it in.
        parameters: ARNs of the parameters, by service and environment variable.
    """

    terraform: Terraform
    names: dict[str, str]
    parameters: dict[str, dict[str, str]]


def apply(folder: Path, inputs: Mapping[str, object], environment: Mapping[str, str]) -> Applied:
    """Create everything.

    Args:
        folder: Takes copies of the modules and of the root that calls them, and the state.
        inputs: Variables of that root.
        environment: Endpoints and credentials.

    Raises:
        StageError: The first error that Terraform met.
    """
    # Side by side as in the repository, so that the root finds the modules where it says they are.
    copy_module(ROOT_MODULE, folder / "terraform")
    workdir = folder / "tests" / "integration" / "terraform"
    workdir.parent.mkdir(parents=True)
    terraform = Terraform(_HERE, workdir, environment)
    terraform.init()
    terraform.apply([], inputs, lambda _: None)
    outputs: dict[str, Any] = terraform.outputs()
    return Applied(terraform, outputs["names"], outputs["parameters"])
