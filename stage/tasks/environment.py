"""The environment that a task's process gets, with its secrets, and its command line."""

import json
import shutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from botocore.exceptions import ClientError

from stage.control_plane.aws import Aws
from stage.errors import StageError

# The interpreter's own folder comes first, so that a virtual environment's commands are found.
_SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_PATH = f"{Path(sys.executable).parent}:{_SYSTEM_PATH}"
_SECRET_ARN_PARTS = 7  # arn:aws:secretsmanager:region:account:secret:name


def task_environment(
    declared: Mapping[str, str],
    aws: Mapping[str, str],
    bind_host: str,
    services_root: Path,
    home: Path,
) -> dict[str, str]:
    """Environment variables of a task's process; none of the stage's own.

    Args:
        declared: From the image, the task definition and its secrets.
        aws: Endpoints, region and credentials of the emulated AWS.
        bind_host: The loopback address that stands for the task's network interface.
        services_root: Folder that the images copy their packages from.
        home: A folder of the task's own.
    """
    return {
        **declared,
        **aws,
        "BIND_HOST": bind_host,
        "PATH": _PATH,
        "PYTHONPATH": str(services_root),
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


def read_secrets(references: Mapping[str, str], aws: Aws) -> dict[str, str]:
    """Read every secret of a container.

    Args:
        references: `valueFrom` by name of the environment variable.
        aws: Where they are kept.

    Raises:
        StageError: One of them cannot be read; its name is in the message, never a value.
    """
    return {name: _read(name, value_from, aws) for name, value_from in references.items()}


def _read(name: str, value_from: str, aws: Aws) -> str:
    try:
        if ":secretsmanager:" in value_from:
            return _from_secrets_manager(name, value_from, aws)
        return _from_parameter_store(value_from, aws)
    except ClientError as error:
        raise _unreadable(name, value_from, error.response["Error"]["Code"]) from error


def _from_parameter_store(value_from: str, aws: Aws) -> str:
    name = value_from.rpartition(":parameter/")[2]
    # An ARN drops the slash that starts a hierarchical name
    # (https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-su-create.html).
    if name != value_from and "/" in name:
        name = f"/{name}"
    return str(aws.ssm.get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"])


def _from_secrets_manager(name: str, value_from: str, aws: Aws) -> str:
    """Follow `arn[:json-key:version-stage:version-id]`.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html
    """
    parts = value_from.split(":")
    wanted = {"SecretId": ":".join(parts[:_SECRET_ARN_PARTS])}
    json_key, stage, version = (*parts[_SECRET_ARN_PARTS:], "", "", "")[:3]
    if stage:
        wanted["VersionStage"] = stage
    if version:
        wanted["VersionId"] = version
    text = str(aws.secretsmanager.get_secret_value(**wanted)["SecretString"])
    if not json_key:
        return text
    try:
        return str(json.loads(text)[json_key])
    except (ValueError, TypeError, KeyError):
        # From None: the cause would carry the secret's text.
        raise _unreadable(name, value_from, f"it is not JSON with the key {json_key!r}") from None


def _unreadable(name: str, value_from: str, why: str) -> StageError:
    return StageError(
        "ResourceInitializationError: unable to pull secrets or registry auth: "
        f"{name} from {value_from}: {why}"
    )
