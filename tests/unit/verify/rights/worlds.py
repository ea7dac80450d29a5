"""Roles and decisions to judge, made up."""

import json

from verify.rights.observed import IDENTITY, Decision, Observed, Policy, Role

ACCOUNT = "111122223333"
SENDER = f"arn:aws:iam::{ACCOUNT}:role/system/staging-email-sender-task"
ROOT = f"arn:aws:iam::{ACCOUNT}:root"
QUEUE = f"arn:aws:sqs:eu-west-1:{ACCOUNT}:queue"
OTHER_QUEUE = f"arn:aws:sqs:eu-west-1:{ACCOUNT}:other"
TABLE = f"arn:aws:dynamodb:eu-west-1:{ACCOUNT}:table/ledger"


def statement(sid, actions, resources=QUEUE, effect="Allow", **more):
    """A statement of a policy."""
    element = {"Effect": effect, "Action": actions, "Resource": resources} | more
    return element | ({"Sid": sid} if sid else {})


def policy(*statements, name="run", arn=""):
    """An identity-based policy."""
    return Policy(name, arn, json.dumps({"Version": "2012-10-17", "Statement": [*statements]}))


def role(*statements, arn=SENDER):
    """A role with one inline policy."""
    return Role(arn, (policy(*statements),))


def allowed(action, sid="", resource=QUEUE, principal=SENDER, count=1, name="run", kind=IDENTITY):
    """Decisions that something is allowed by a statement."""
    return Decision(
        principal,
        action,
        resource,
        allowed=True,
        kind=kind,
        policy=name,
        sid=sid,
        message="",
        count=count,
    )


def refused(action, resource=QUEUE, principal=SENDER, count=1):
    """Decisions that something is not allowed by any statement."""
    message = f"User: {principal} is not authorized to perform: {action} on resource: {resource}"
    return Decision(
        principal,
        action,
        resource,
        allowed=False,
        kind=IDENTITY,
        policy="",
        sid="",
        message=message,
        count=count,
    )


def seen(*decisions, roles=()):
    """What a run has shown."""
    return Observed(decisions, tuple(roles))
