from types import SimpleNamespace

import pytest

from stage.deploying import Deployer, deploying
from stage.errors import StageError

ROLE = "arn:aws:iam::123456789012:role/small-staging-deploy"
KEYS = {"AccessKeyId": "ASIA", "SecretAccessKey": "hidden", "SessionToken": "token"}


class Aws:
    """An emulated AWS that gives anybody any role."""

    def __init__(self):
        self.taken = []
        self.sts = SimpleNamespace(assume_role=self._assume_role)

    def environment(self):
        """The administrator's."""
        return {"AWS_REGION": "eu-central-1", "AWS_ACCESS_KEY_ID": "stage", "AWS_SECRET_ACCESS_KEY": "stage"}

    def _assume_role(self, **asked):
        self.taken.append(asked["RoleArn"])
        return {"Credentials": KEYS}


@pytest.fixture
def deployer():
    """Makes a deployer; gives it with the environments that Terraform was given."""

    def make(*, wants_role):
        given = []
        return Deployer(SimpleNamespace(call_as=given.append), Aws(), None, wants_role=wants_role), given

    return make


def test_the_administrator_has_the_stage_s_own_keys():
    """No role is taken."""
    aws = Aws()

    assert aws.environment() == deploying(aws, "")
    assert [] == aws.taken


def test_whoever_deploys_has_keys_of_the_role():
    """In the same place."""
    aws = Aws()

    assert {
        "AWS_REGION": "eu-central-1",
        "AWS_ACCESS_KEY_ID": "ASIA",
        "AWS_SECRET_ACCESS_KEY": "hidden",
        "AWS_SESSION_TOKEN": "token",
    } == deploying(aws, ROLE)
    assert [ROLE] == aws.taken


def test_terraform_goes_on_as_the_deploy_role(deployer):
    """From then on."""
    one, given = deployer(wants_role=True)
    one.take_role(ROLE)

    assert ROLE == one.role
    assert ["token"] == [variables["AWS_SESSION_TOKEN"] for variables in given]


def test_nobody_takes_a_role_that_is_not_wanted(deployer):
    """The administrator goes on."""
    one, given = deployer(wants_role=False)
    one.take_role(ROLE)

    assert ("", []) == (one.role, given)


def test_a_role_that_is_not_there_is_told(deployer):
    """With what to do."""
    one, _ = deployer(wants_role=True)

    with pytest.raises(StageError, match="start with --fresh, or leave out --as deploy"):
        one.take_role("")
