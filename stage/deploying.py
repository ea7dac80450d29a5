"""Whoever deploys on a stage: its administrator, or a role that the account's bootstrap has made for that."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from typing import Any

from stage.control_plane.aws import Aws
from stage.errors import StageError
from stage.kept_state.kept import Kept
from stage.terraform.bootstrap import Bootstrap
from stage.terraform.rehearsed_module import Terraform

DEPLOY_SECONDS = 7200
"""How long sessions of a deploy role may last, which is how long they are taken for."""


def deploying(aws: Aws, role_arn: str) -> Mapping[str, str]:
    """Environment variables of whoever deploys, with keys that are new.

    Args:
        aws: The administrator's clients.
        role_arn: The role's; empty for the administrator.

    Raises:
        ClientError, BotoCoreError: The role cannot be taken.
    """
    environment = aws.environment()
    return environment | session(aws.sts, role_arn, DEPLOY_SECONDS) if role_arn else environment


def session(sts: Any, role_arn: str, seconds: int) -> dict[str, str]:
    """Environment variables with the keys of a role that is taken for some time.

    https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html

    Args:
        sts: boto3's client of whoever takes it.
        role_arn: The role's.
        seconds: How long; no more than the role's sessions may last.

    Raises:
        ClientError, BotoCoreError: It cannot be taken.
    """
    taken = sts.assume_role(RoleArn=role_arn, RoleSessionName="stage", DurationSeconds=seconds)["Credentials"]
    return {
        "AWS_ACCESS_KEY_ID": taken["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": taken["SecretAccessKey"],
        "AWS_SESSION_TOKEN": taken["SessionToken"],
    }


class Deployer:
    """Has Terraform apply as the deploy role, if that is wanted.

    Args:
        terraform: Applies the root module; as the administrator, as long as nobody says otherwise.
        aws: The administrator's clients.
        kept: What the stage begins with, whose account was prepared then; None for an account with nothing.
        wants_role: Whether it is to be the deploy role.

    Attributes:
        role: ARN of the role that it has taken; empty for the administrator.
    """

    def __init__(self, terraform: Terraform, aws: Aws, kept: Kept | None, *, wants_role: bool) -> None:
        self._terraform = terraform
        self._aws = aws
        self._kept = kept
        self._wants_role = wants_role
        self.role = ""

    @contextmanager
    def prepared(self, bootstrap: Bootstrap) -> Iterator[None]:
        """Prepare the account beside the block, in which Terraform applies.

        Raises:
            StageError: There is to be a deploy role and there is none, or the bootstrap's own error.
        """
        with bootstrap.beside(roles_first=self._wants_role) if self._kept is None else nullcontext():
            self.take_role(bootstrap.deploy_role if self._kept is None else self._kept.facts.deploy_role)
            yield

    def take_role(self, role: str) -> None:
        """Be the deploy role from now on, if that is wanted.

        Args:
            role: Its ARN; empty if there is none.

        Raises:
            StageError: There is none.
        """
        if not self._wants_role:
            return
        if not role:
            raise StageError("what is kept has no deploy role: start with --fresh, or leave out --as deploy")
        self.role = role
        self._terraform.call_as(deploying(self._aws, role))
