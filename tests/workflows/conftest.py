"""Workflows as they are declared, and the roles that they may take."""

import json
import shutil
import subprocess
import sys

import pytest

from tests.plan.account import ACCOUNT, ACCOUNT_ID
from tests.plan.offline import OfflineTerraform
from tests.workflows.act import Repository
from tests.workflows.declared import ROOT, Workflows
from tests.workflows.roles import roles as planned_roles


@pytest.fixture(scope="session")
def workflows():
    """GIVEN the files of .github."""
    return Workflows.read()


@pytest.fixture(scope="session")
def roles(tmp_path_factory):
    """Roles of terraform/bootstrap for example/notifications, by the variable that holds each."""
    if shutil.which("terraform") is None:
        pytest.fail("terraform is not on PATH: install Terraform 1.11 or newer", pytrace=False)
    terraform = OfflineTerraform(tmp_path_factory.mktemp("offline"))
    try:
        return planned_roles(terraform.root("bootstrap", **ACCOUNT))
    finally:
        terraform.stop()


@pytest.fixture(scope="session")
def environments_of_tox():
    """Environments that the workflows run by tox, installed before: no run installs anything."""

    def install(*names):
        subprocess.run(
            [sys.executable, "-m", "tox", "run", "--quiet", "--notest", "-e", ",".join(names)],
            cwd=ROOT,
            check=True,
        )

    return install


@pytest.fixture
def repository(tmp_path):
    """GIVEN a copy of the repository."""
    return Repository.copied(tmp_path / "repository")


@pytest.fixture
def trusted(repository, roles):
    """GIVEN one whose variables name the roles of terraform/bootstrap, and an AWS that knows them."""
    file = repository.folder.with_name("roles.json")
    known = {
        role.arn: {"subjects": sorted(role.subjects), "seconds": role.seconds} for role in roles.values()
    }
    file.write_text(json.dumps(known))
    # act knows no variables of an environment: these are staging's.
    repository.variables |= {
        "AWS_REGION": ACCOUNT["aws_region"],
        "AWS_ACCOUNT_ID": ACCOUNT_ID,
        "STATE_BUCKET": f"notifications-state-{ACCOUNT_ID}",
        "PLAN_ROLE_ARN": roles["PLAN_ROLE_ARN", ""].arn,
        "DEPLOY_ROLE_ARN": roles["DEPLOY_ROLE_ARN", "staging"].arn,
        "LOAD_ROLE_ARN": roles["LOAD_ROLE_ARN", "staging"].arn,
    }
    repository.environment |= {"STAND_IN_ROLES": str(file)}
    return repository
