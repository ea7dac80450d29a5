"""Facts to judge rights by: decisions on calls, and the policies of the roles that there were."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Self

from verify.errors import LoadError

IDENTITY = "identity-based policy"
"""The kind of the policies that hang on a role."""


@dataclass(frozen=True, order=True)
class Decision:
    """Decisions that are alike, in the words of `GET /stage/rights`.

    Attributes:
        principal: ARN of a role, which its sessions count as, or of the account's root; a service's name.
        action: Such as "sqs:SendMessage".
        resource: ARN, whose last part may be an asterisk for many of a type; "*" for none.
        allowed: Whether the call was carried out.
        kind: Of the policy that decided, such as "identity-based policy"; "" for none.
        policy: That policy's name.
        sid: Id of the statement that decided.
        message: AWS's sentence, where it was refused.
        count: How many there were.
    """

    principal: str
    action: str
    resource: str
    allowed: bool
    kind: str
    policy: str
    sid: str
    message: str
    count: int


@dataclass(frozen=True, order=True)
class Policy:
    """An identity-based policy.

    Attributes:
        name: Its name.
        arn: Of one that is attached; "" for one that is inline.
        document: JSON.
    """

    name: str
    arn: str
    document: str


@dataclass(frozen=True, order=True)
class Role:
    """A role, and what it may do.

    Attributes:
        arn: With the role's path.
        policies: Inline and attached.
    """

    arn: str
    policies: tuple[Policy, ...]


@dataclass(frozen=True)
class Observed:
    """Decisions of a run and the roles of that time, or those of several runs."""

    decisions: Sequence[Decision] = ()
    roles: tuple[Role, ...] = ()

    def text(self) -> str:
        """All of it as JSON, which `read` takes."""
        return json.dumps(asdict(self), indent=1)

    @classmethod
    def read(cls, facts: Mapping[str, Any]) -> Self:
        """All that JSON has of it, without roles where there are none.

        Raises:
            LoadError: It is no such JSON.
        """
        try:
            roles = (
                Role(one["arn"], tuple(Policy(**policy) for policy in one["policies"]))
                for one in facts.get("roles", ())
            )
            return cls(tuple(Decision(**one) for one in facts["decisions"]), tuple(roles))
        except (KeyError, TypeError, AttributeError) as error:
            raise LoadError(f"this is no record of decisions: {error!r}") from None


def of_callers(observed: Observed) -> Observed:
    """The same, without the roles that nobody has called as."""
    callers = {one.principal for one in observed.decisions}
    return replace(observed, roles=tuple(role for role in observed.roles if role.arn in callers))


def _alike(decision: Decision) -> Decision:
    """The decision without its number, and without its sentence, which names a session."""
    return replace(decision, message="", count=0)


def refused_since(decisions: Iterable[Decision], before: Iterable[Decision]) -> Sequence[Decision]:
    """Refusals among all decisions, each as often as there were more of it than before."""
    known = {_alike(one): one.count for one in before}
    found = [
        replace(one, count=one.count - known.get(_alike(one), 0)) for one in decisions if not one.allowed
    ]
    return tuple(one for one in found if one.count > 0)


def merged(runs: Iterable[Observed]) -> Observed:
    """Facts of several runs or processes: decisions are added up, and a role has the policies of each."""
    counts: Counter[Decision] = Counter()
    messages: dict[Decision, str] = {}
    policies: dict[str, dict[Policy, None]] = {}
    for run in runs:
        for one in run.decisions:
            alike = _alike(one)
            counts[alike] += one.count
            messages.setdefault(alike, one.message)
        for role in run.roles:
            policies.setdefault(role.arn, {}).update(dict.fromkeys(role.policies))
    return Observed(
        tuple(sorted(replace(one, message=messages[one], count=count) for one, count in counts.items())),
        tuple(Role(arn, tuple(sorted(found))) for arn, found in sorted(policies.items())),
    )
