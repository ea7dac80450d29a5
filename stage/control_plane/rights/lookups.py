"""Single resources in moto's backends, found without going through all where moto's own keys allow it."""

from typing import Any

from stage.control_plane.rights.arns import Arn


def role_by_name(iam: Any, name: str) -> Any:
    """A role by its name without a path; None if there is none."""
    # moto keeps roles by ids that no ARN tells.
    return next((one for one in list(iam.roles.values()) if one.name == name), None)


def role(iam: Any, arn: Arn) -> Any:
    """A role; None if there is none, or one of that name under another path."""
    found = role_by_name(iam, last(arn))
    return found if found is not None and found.arn == arn.text else None


def secret(secrets: Any, arn: Arn) -> Any:
    """A secret by its whole ARN, or by one without the hyphen and six characters; None if there is none.

    https://docs.aws.amazon.com/secretsmanager/latest/userguide/troubleshoot.html#ARN_secretnamehyphen
    """
    name = arn.resource.partition(":")[2]
    found = secret_by_name(secrets, name.rpartition("-")[0])
    return found if found is not None and found.arn == arn.text else secret_by_name(secrets, name)


def secret_by_name(secrets: Any, name: str) -> Any:
    """A secret by its name; None if there is none."""
    # moto's own look-up takes ARNs too, and goes through all secrets for it.
    return dict.get(secrets.secrets, name)


def parameter(ssm: Any, arn: Arn) -> Any:
    """Newest version of a parameter; None if there is none.

    Its ARN does not tell whether its name begins with a slash
    (https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-access.html).
    """
    name = arn.resource.partition("/")[2]
    # moto's own look-up makes an entry for whatever is asked.
    versions = dict.get(ssm._parameters, f"/{name}") or dict.get(ssm._parameters, name)  # noqa: SLF001 - moto has no other
    return versions[-1] if versions else None


def revision(ecs: Any, name: str) -> Any:
    """A revision of a task definition, such as "api:3"; None if there is none."""
    family, _, number = name.rpartition(":")
    return ecs.task_definitions.get(family, {}).get(int(number)) if number.isdecimal() else None


def key_by_alias(kms: Any, alias: str) -> Any:
    """A key by a name that it has, with "alias/"; None if no key has it."""
    # moto keeps aliases on their keys.
    return next((one for one in list(kms.keys.values()) if alias in one.aliases), None)


def last(arn: Arn) -> str:
    """Name or id behind the last slash of an ARN."""
    return arn.resource.rpartition("/")[2]
