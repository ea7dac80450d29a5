"""A further apply in the copy of a running stage, by whichever process of its owner."""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from common.terraform.messages import ApplyCount, Message
from common.terraform.provider_mirror import cli_environment
from common.terraform.terraform_cli import PARALLELISM, TerraformCli, is_locked
from stage.errors import StageError
from stage.terraform.setting import Setting
from stage.terraform.variable_files import VariableFiles

# Variables that change what Terraform does without being visible on its command line.
_FOREIGN = ("AWS_", "TF_")
_LOCK = ".stage-apply.lock"


@dataclass(frozen=True)
class Changes:
    """Resources that an apply has changed.

    Attributes:
        added: So many were created.
        changed: So many were changed.
        removed: So many were destroyed.
    """

    added: int = 0
    changed: int = 0
    removed: int = 0


def environment_for(folder: Path, aws: Mapping[str, str]) -> dict[str, str]:
    """Environment of Terraform in a copy: this process's, but for every AWS_* and TF_* variable.

    Args:
        folder: The copy.
        aws: Added to it: where AWS is.
    """
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(_FOREIGN)}
    return inherited | cli_environment(folder) | dict(aws)


def apply_on_top(
    folder: Path, aws: Mapping[str, str], settings: Sequence[Setting], progress: Callable[[str], None]
) -> Changes:
    """Apply what is out with these variables set on top, and remember them if that succeeds.

    Args:
        folder: The copy, initialized and applied.
        aws: Environment: where AWS is.
        settings: Variables that win over those that it was applied with.
        progress: Told of each resource, e.g. "created 12 of 60: aws_lb".

    Raises:
        StageError: The first error that Terraform met, or another one is at work.
    """
    variables = VariableFiles(folder)
    cli = TerraformCli(folder, environment_for(folder, aws), StageError)
    count = ApplyCount(progress)
    changes = Changes()

    def heed(message: Message) -> None:
        nonlocal changes
        count(message)
        if message.get("type") == "change_summary" and message["changes"]["operation"] == "apply":
            told = message["changes"]
            changes = Changes(told["add"], told["change"], told["remove"])

    # Terraform's own lock protects its state; this one keeps what is remembered from being mixed up.
    try:
        with FileLock(folder / _LOCK, blocking=False), variables.set_on_top(settings) as files:
            given = [f"-var-file={path.name}" for path in files]
            cli.run("apply", "-auto-approve", PARALLELISM, *given, heed=heed)
    except Timeout:
        raise _at_work(folder) from None
    except StageError as error:
        if is_locked(error):
            raise _at_work(folder) from None
        raise
    return changes


def _at_work(folder: Path) -> StageError:
    return StageError(f"another Terraform is at work in {folder}: wait until it is done")
