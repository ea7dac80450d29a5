"""Deploy role of an environment, which `terraform/bootstrap` makes and everything else is applied with."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from stage.terraform.rehearsed_module import Terraform
from tests.plan import account

# A run on a slow machine is longer than an hour, which a session lasts that nobody asks for more
# (https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html, DurationSeconds).
_SESSION_SECONDS = 7200

BOOTSTRAP: Mapping[str, Any] = {
    name: value for name, value in account.ACCOUNT.items() if name != "hosted_zone_ids"
}
"""Variables of the bootstrap, as it is planned with, in an account without zones."""


def bootstrapped(
    root: Path, workdir: Path, administrator: Mapping[str, str], variables: Mapping[str, object]
) -> Mapping[str, str]:
    """Prepare an account as its administrator; returns the deploy roles' ARNs by environment.

    Args:
        root: The root module beside whose files `bootstrap/` lies.
        workdir: Folder for a copy of that; must not exist yet.
        administrator: Environment variables of the account's administrator.
        variables: Variables beside `BOOTSTRAP`.

    Raises:
        StageError: The first error that Terraform met.
    """
    terraform = Terraform(root / "bootstrap", workdir, administrator)
    terraform.init()
    terraform.apply((), {**BOOTSTRAP, **variables}, lambda _text: None)
    arns: Mapping[str, str] = terraform.outputs()["deploy_role_arns"]
    return arns


def session(sts: Any, arn: str) -> Mapping[str, str]:
    """Environment variables of whoever has taken a role.

    Args:
        sts: boto3's client.
        arn: The role's.
    """
    taken = sts.assume_role(RoleArn=arn, RoleSessionName="deploy", DurationSeconds=_SESSION_SECONDS)
    credentials = taken["Credentials"]
    return {
        "AWS_ACCESS_KEY_ID": credentials["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": credentials["SecretAccessKey"],
        "AWS_SESSION_TOKEN": credentials["SessionToken"],
    }
