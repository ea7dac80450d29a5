"""A role of terraform/bootstrap with all that is attached to it, and whether it may make a call."""

from dataclasses import dataclass
from fnmatch import fnmatchcase
from itertools import chain

from tests.plan.access import Statement, Statements, key, merged, statements
from tests.plan.service_authorization import allowed
from tests.plan.view import Plan, only


@dataclass(frozen=True)
class Role:
    """A role.

    Attributes:
        name: Such as "notifications-plan".
        policies: Statements of all its policies by their ids.
        boundary: Statements of its boundary; none where it has none.
    """

    name: str
    policies: Statements
    boundary: Statements

    @property
    def allowed(self) -> Statements:
        """Statements that allow something."""
        return {sid: one for sid, one in self.policies.items() if one["Effect"] == "Allow"}

    def refusal(self, action: str, arn: str) -> str | None:
        """The reason why a call is refused, in a sentence; None if it is not.

        A condition under which something is allowed is taken for met if AWS knows it for the action; what is
        denied under a condition is left out.

        Args:
            action: Such as "ecs:ListClusters".
            arn: What the call is about: "*" where AWS knows nothing narrower.
        """
        allowing = [one for one in self.allowed.values() if _names(one, action) and allowed(one, action)]
        if not allowing:
            return f"{self.name} may not {action}: no statement allows it"
        if not any(_is_about(one, arn) for one in allowing):
            patterns = ", ".join(sorted({pattern for one in allowing for pattern in one["Resource"]}))
            return f"{self.name} may {action} on {patterns}, but not on {arn}"
        for sid, one in chain(self.policies.items(), self.boundary.items()):
            if "Condition" not in one and _says("Deny", one, action, arn):
                return f"{self.name} may not {action} on {arn}: {sid} denies it"
        if self.boundary and not any(_says("Allow", one, action, arn) for one in self.boundary.values()):
            return f"{self.name} may not {action} on {arn}: its boundary leaves it out"
        return None


def role(plan: Plan, name: str) -> Role:
    """A role as it is planned: its inline policies, those that are attached to it, its boundary.

    Args:
        plan: Of terraform/bootstrap.
        name: Such as "notifications-staging-deploy".
    """
    address = only([one for one, made in plan.all("aws_iam_role").items() if made["name"] == name])
    inline = [one["policy"] for one in plan.all("aws_iam_role_policy").values() if one["role"] == name]
    attached = [
        _attached(plan, one)
        for one, attachment in plan.all("aws_iam_role_policy_attachment").items()
        if attachment["role"] == name
    ]
    written = address.partition("[")[0]
    bounded = "permissions_boundary" in plan.written(written)
    limits = plan.sources(written, "permissions_boundary") if bounded else ()
    boundaries = [plan.all("aws_iam_policy")[one]["policy"] for one in limits]
    return Role(
        name,
        merged(statements(document) for document in [*inline, *attached]),
        merged(statements(document) for document in boundaries),
    )


def _attached(plan: Plan, address: str) -> str:
    """Text of the policy that an attachment is named after: its ARN is known only after the apply."""
    policies, name = plan.all("aws_iam_policy"), key(address)
    sources = plan.sources(address.partition("[")[0], "policy_arn")
    policy = only([one for one in sources if one.startswith("aws_iam_policy.")])
    # What all roles share is called by its part alone: "services", and not "staging-services".
    names = (name, name.partition("-")[2])
    return next(
        str(policies[one]["policy"]) for one in (f'{policy}["{part}"]' for part in names) if one in policies
    )


def _says(effect: str, statement: Statement, action: str, arn: str) -> bool:
    return statement["Effect"] == effect and _names(statement, action) and _is_about(statement, arn)


def _names(statement: Statement, action: str) -> bool:
    """Whether an action is among a statement's, which a boundary names by service."""
    return any(fnmatchcase(action, pattern) for pattern in statement["Action"])


def _is_about(statement: Statement, arn: str) -> bool:
    if "NotResource" in statement:
        return not any(fnmatchcase(arn, pattern) for pattern in statement["NotResource"])
    return any(fnmatchcase(arn, pattern) for pattern in statement["Resource"])
