"""Statements of policies that grant something, as far as rights go: conditions are left out."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from verify.errors import LoadError
from verify.rights.actions import all_but, meant_by
from verify.rights.observed import Decision, Policy, Role
from verify.rights.patterns import matches, without_variables

_ANY = "*"


@dataclass(frozen=True)
class Statement:
    """A statement that allows something to a role.

    Attributes:
        role: ARN of the role.
        policy: The policy that it stands in.
        sid: Its id; "" if it has none.
        action_patterns: Of its Action or NotAction element.
        actions_excluded: Whether that is a NotAction.
        resource_patterns: Of its Resource element, variables as asterisks; none for a NotResource, which is
            about no resource that it names.
    """

    role: str
    policy: Policy
    sid: str
    action_patterns: tuple[str, ...]
    actions_excluded: bool
    resource_patterns: tuple[str, ...]

    @property
    def name(self) -> str:
        """Policy and id, such as "run/SendMail"."""
        return f"{self.policy.name}/{self.sid}" if self.sid else self.policy.name

    @cached_property
    def actions(self) -> Mapping[str, str]:
        """Actions that it is about, each with the pattern that stands for it."""
        if self.actions_excluded:
            written = f"all but {', '.join(self.action_patterns)}"
            return dict.fromkeys(sorted(all_but(self.action_patterns)), written)
        # What is written out wins over a pattern that stands for it too.
        patterns = sorted(self.action_patterns, key=lambda pattern: (_ANY not in pattern, pattern))
        return {action: pattern for pattern in patterns for action in sorted(meant_by(pattern))}

    def has_decided(self, decision: Decision) -> bool:
        """Whether a decision may be by it: another one without an id may stand in the same policy."""
        return (
            decision.policy in (self.policy.name, self.policy.arn)
            and decision.sid == self.sid
            and decision.action in self.actions
        )


def concerns(pattern: str, resource: str) -> bool:
    """Whether a policy's pattern stands for a recorded resource, or for some of those of a recorded type."""
    if matches(pattern, resource):
        return True
    return resource != _ANY and resource.endswith(_ANY) and matches(resource, pattern)


def statements(role: Role) -> list[Statement]:
    """Statements by which a role may do something; one that denies gives no right.

    Raises:
        LoadError: A document is no policy.
    """
    return [one for policy in role.policies for one in _statements(role, policy)]


def _statements(role: Role, policy: Policy) -> Iterator[Statement]:
    try:
        for element in _list(json.loads(policy.document)["Statement"]):
            if element["Effect"] != "Allow":
                continue
            excluded = "NotAction" in element
            yield Statement(
                role.arn,
                policy,
                element.get("Sid", ""),
                tuple(_list(element["NotAction" if excluded else "Action"])),
                excluded,
                tuple(map(without_variables, _list(element.get("Resource", [])))),
            )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise LoadError(f"{policy.name} of {role.arn} is no policy: {error!r}") from None


def _list(element: Any) -> list[Any]:
    return element if isinstance(element, list) else [element]
