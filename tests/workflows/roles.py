"""Roles that terraform/bootstrap makes for GitHub's jobs, as its plan has them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_SUBJECT = "token.actions.githubusercontent.com:sub"


@dataclass(frozen=True)
class Role:
    """A role of AWS's that jobs take by OpenID Connect.

    Attributes:
        arn: Its ARN.
        subjects: Subjects of the tokens that it trusts, without the repository: `environment:staging`.
        roles: ARNs of roles that may take it.
        seconds: How long its credentials may last.
    """

    arn: str
    subjects: frozenset[str]
    roles: frozenset[str]
    seconds: int


def roles(plan: Mapping[str, Any]) -> dict[tuple[str, str], Role]:
    """Roles by the variable that holds each, and the environments of GitHub that have the variable.

    A variable of the repository has none: "".

    Args:
        plan: The plan of terraform/bootstrap, as `terraform show -json` prints it.
    """
    planned = plan["planned_values"]
    outputs = {name: one.get("value") for name, one in planned["outputs"].items()}
    made = {
        one["address"]: one["values"]
        for one in planned["root_module"]["resources"]
        if one["type"] == "aws_iam_role"
    }
    found = {("PLAN_ROLE_ARN", ""): _role(outputs["plan_role_arn"], made["aws_iam_role.plan"])}
    for name, arn in outputs["deploy_role_arns"].items():
        found["DEPLOY_ROLE_ARN", name] = _role(arn, made[f'aws_iam_role.deploy["{name}"]'])
    for name, arn in outputs["load_role_arns"].items():
        role = _role(arn, made[f'aws_iam_role.load["{name}"]'])
        # A release loads, too, in the name of this role.
        found["LOAD_ROLE_ARN", f"{name}-load"] = found["LOAD_ROLE_ARN", name] = role
    return found


def _role(arn: str, values: Mapping[str, Any]) -> Role:
    trust = json.loads(values["assume_role_policy"])["Statement"]
    [subjects] = [one["Condition"]["StringEquals"][_SUBJECT] for one in trust if "Condition" in one]
    return Role(
        arn,
        # "repo:OWNER/NAME:pull_request"; a subject by numbers says the same.
        frozenset(
            subject.split(":", 2)[2] for subject in ([subjects] if isinstance(subjects, str) else subjects)
        ),
        frozenset(one["Principal"]["AWS"] for one in trust if "AWS" in one["Principal"]),
        values["max_session_duration"],
    )
