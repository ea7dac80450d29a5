"""Secrets of a container: values of its environment that ECS reads as the task starts, in its execution role.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/specifying-sensitive-data.html
"""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from stage.control_plane.aws import Aws, in_words
from stage.errors import StageError

_SECRET_ARN_PARTS = 7  # arn:aws:secretsmanager:region:account:secret:name
# https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameters.html
_NAMES_OF_ONE_CALL = 10


def read_secrets(references: Mapping[str, str], aws: Aws) -> dict[str, str]:
    """Read every secret of a container.

    Args:
        references: `valueFrom` by name of the environment variable.
        aws: Clients that act in the task's execution role.

    Raises:
        StageError: One of them cannot be read; the message has its reference, never a value
            (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/resource-initialization-error.html).
    """
    secrets = {name: one for name, one in references.items() if ":secretsmanager:" in one}
    parameters = {name: _parameter(one) for name, one in references.items() if name not in secrets}
    values = _from_parameter_store(parameters.values(), lambda: aws.ssm)
    return {
        **{name: values[parameter] for name, parameter in parameters.items()},
        **{name: _from_secrets_manager(one, aws.secretsmanager) for name, one in secrets.items()},
    }


def _parameter(value_from: str) -> str:
    """Name of a parameter that is referred to by its name or its ARN."""
    name = value_from.rpartition(":parameter/")[2]
    # An ARN drops the slash that starts a hierarchical name
    # (https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-su-create.html).
    return f"/{name}" if name != value_from and "/" in name else name


def _from_parameter_store(names: Iterable[str], ssm: Callable[[], Any]) -> dict[str, str]:
    """Values of parameters by their names."""
    values: dict[str, str] = {}
    wanted = list(dict.fromkeys(names))
    for first in range(0, len(wanted), _NAMES_OF_ONE_CALL):
        some = wanted[first : first + _NAMES_OF_ONE_CALL]
        try:
            found = ssm().get_parameters(Names=some, WithDecryption=True)
        except (ClientError, BotoCoreError) as error:
            raise _unreadable("secrets from ssm", in_words(error)) from error
        if found["InvalidParameters"]:
            raise _unreadable(
                "secrets from ssm", f"invalid ssm parameters: {','.join(found['InvalidParameters'])}"
            )
        values |= {one["Name"]: one["Value"] for one in found["Parameters"]}
    return values


def _from_secrets_manager(value_from: str, secrets_manager: Any) -> str:
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
    try:
        text = str(secrets_manager.get_secret_value(**wanted)["SecretString"])
    except (ClientError, BotoCoreError) as error:
        why = f"failed to fetch secret {wanted['SecretId']} from secrets manager: {in_words(error)}"
        raise _unreadable("secret from asm", why) from error
    if not json_key:
        return text
    try:
        return str(json.loads(text)[json_key])
    except (ValueError, TypeError, KeyError):
        # From None: the cause would carry the secret's text.
        raise _unreadable(
            "secret from asm",
            f"retrieved secret {wanted['SecretId']} from Secrets Manager did not contain json key {json_key}",
        ) from None


def _unreadable(what: str, why: str) -> StageError:
    return StageError(
        "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval "
        f"failed: unable to retrieve {what}: service call has been retried 1 time(s): {why}"
    )
