"""A stage whose system is applied as the deploy role that its bootstrap makes."""

import shutil

import pytest

from stage.errors import StageError
from stage.settings import StageSettings
from stage.stage import Stage
from tests.functional.stage.small_system.traces import SERVICES, TERRAFORM, needs_terraform
from verify.rights.ask import decided
from verify.rights.reasons import name_of

pytestmark = needs_terraform

VARIABLES = """
variable "environment" {}
variable "aws_region" {}
"""
BOOTSTRAP = """
variable "aws_account_id" {}
variable "aws_region" {}
variable "environments" {}
variable "github" {}

provider "aws" {
  region = var.aws_region
}

resource "aws_iam_role" "deploy" {
  for_each = toset(var.environments)
  name     = "small-${each.key}-deploy"

  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = var.aws_account_id } }]
  })
}

resource "aws_iam_role_policy" "deploy" {
  for_each = aws_iam_role.deploy
  name     = "deploy"
  role     = each.value.name

  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", NotAction = "NOT_ALLOWED", Resource = "*" }]
  })
}

output "deploy_role_arns" {
  value = { for key, role in aws_iam_role.deploy : key => role.arn }
}
"""


@pytest.fixture
def settings(tmp_path):
    """Makes settings of the small system whose deploy role may do everything but one thing."""

    def make(not_allowed="ses:SendEmail", environment="staging"):
        root = tmp_path / "root"
        shutil.copytree(TERRAFORM, root)
        (root / "variables.tf").write_text(VARIABLES)
        (root / "bootstrap").mkdir()
        (root / "bootstrap" / "main.tf").write_text(BOOTSTRAP.replace("NOT_ALLOWED", not_allowed))
        return StageSettings(
            terraform_dir=root,
            services_root=SERVICES,
            var_files=(),
            variables={"environment": environment, "aws_region": "eu-central-1"},
            as_deploy_role=True,
            kept_states=tmp_path / "kept",
        )

    return make


def test_all_that_is_deployed_is_so_as_the_deploy_role(settings):
    """The first apply, a plan and a second apply; and again on what was kept."""
    given = settings()
    with Stage(given) as stage:
        stage.apply({"image_tag": "1.0.0"}, lambda _text: None)
        done = {one.action for one in decided(stage.aws.location()) if _is_deploy_role(one)}

        assert {"ecs:CreateCluster", "ecs:CreateService", "ecs:DescribeServices"} <= done
        assert "small-staging-deploy" == stage.deploy_role.rpartition("/")[2]
        assert stage.deploying()["AWS_SESSION_TOKEN"]

    with Stage(StageSettings(**{**vars(given), "restored": True})) as again:
        again.wait_for_proof()

        assert str(again.origin).startswith("restored, as applied ")
        assert any(map(_is_deploy_role, decided(again.aws.location())))


def _is_deploy_role(decision):
    return name_of(decision.principal) == "small-staging-deploy"


def test_a_right_that_the_role_lacks_stops_the_apply(settings):
    """As on AWS, and with AWS's words."""
    with (
        pytest.raises(
            StageError, match="small-staging-deploy/stage is not authorized to perform: ecs:CreateCluster"
        ),
        Stage(settings("ecs:CreateCluster")),
    ):
        raise AssertionError


def test_an_environment_without_a_deploy_role_is_named(settings):
    """Before anything of it is applied."""
    with (
        pytest.raises(StageError, match="makes no deploy role for environment 'shop': leave out --as deploy"),
        Stage(settings(environment="shop")),
    ):
        raise AssertionError
