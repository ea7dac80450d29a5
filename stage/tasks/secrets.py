"""Secrets that a task definition names by `valueFrom`."""

import json
from collections.abc import Mapping

from botocore.exceptions import ClientError

from stage.control_plane.aws import Aws
from stage.errors import StageError

_SECRET_ARN_PARTS = 7  # arn:aws:secretsmanager:region:account:secret:name


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
