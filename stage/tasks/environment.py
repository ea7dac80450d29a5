"""The environment that a task's process gets, and its command line."""

import shutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from stage.errors import StageError

# The interpreter's own folder comes first, so that a virtual environment's commands are found.
_SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_PATH = f"{Path(sys.executable).parent}:{_SYSTEM_PATH}"


def task_environment(
    declared: Mapping[str, str],
    given: Mapping[str, str],
    bind_host: str,
    packages: Path,
    home: Path,
) -> dict[str, str]:
    """Environment variables of a task's process; none of the stage's own.

    Args:
        declared: From the image, the task definition and its secrets.
        given: Endpoints, region and credentials of the emulated AWS, and certificates to trust.
        bind_host: The loopback address that stands for the task's network interface.
        packages: Folder that has the image's packages.
        home: A folder of the task's own.
    """
    return {
        **declared,
        **given,
        "BIND_HOST": bind_host,
        "PATH": _PATH,
        "PYTHONPATH": str(packages),
        "HOME": str(home),
    }


def resolve(command: Sequence[str], environment: Mapping[str, str]) -> list[str]:
    """The command with its executable as an absolute path; `python` is the stage's own interpreter.

    Raises:
        StageError: There is no such executable on this machine.
    """
    name, *arguments = command
    if name in {"python", "python3"}:
        return [sys.executable, *arguments]
    executable = shutil.which(name, path=environment["PATH"])
    if executable is None:
        raise StageError(
            f"CannotStartContainerError: {name!r} is not installed here: add it to the requirements of "
            "the service, or to this machine"
        )
    return [str(Path(executable).absolute()), *arguments]
