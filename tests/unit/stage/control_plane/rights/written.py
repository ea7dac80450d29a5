"""Policies that tests write, and the account that they write them for."""

import json

from moto.core.models import DEFAULT_ACCOUNT_ID as ACCOUNT

from stage.control_plane.callers import Caller, Kind

REGION = "eu-central-1"
ROOT = f"arn:aws:iam::{ACCOUNT}:root"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/tasks/sender"
TASK = Caller(Kind.TASK, "ASIAEXAMPLEEXAMPLE22", ROLE, "0a1b")
STAGE = Caller(Kind.STAGE, "stage")


def statement(action, resource="*", effect="Allow", **elements):
    """A statement of a policy."""
    return {"Effect": effect, "Action": action, "Resource": resource} | elements


def policy(*statements):
    """A policy document."""
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def trust(**principal):
    """A role's trust policy."""
    allowed = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principal}
    return policy(allowed)


def make_role(iam, **arguments):
    """Make the role of the task."""
    iam.create_role(
        RoleName="sender",
        Path="/tasks/",
        AssumeRolePolicyDocument=trust(Service="ecs-tasks.amazonaws.com"),
        **arguments,
    )


def make_policy(iam, name, *statements):
    """Make a managed policy; gives its ARN."""
    return iam.create_policy(PolicyName=name, PolicyDocument=policy(*statements))["Policy"]["Arn"]
