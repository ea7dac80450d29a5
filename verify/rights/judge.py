"""Rights of roles, sorted into those that are used, those that are not, and what was refused."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from verify.rights.grants import Statement, concerns, statements
from verify.rights.observed import IDENTITY, Decision, Observed, Role
from verify.rights.reasons import Reason, Reasons


@dataclass(frozen=True)
class Right:
    """An action by a statement, or a resource that the statement is about.

    Attributes:
        role: ARN of the role.
        statement: Policy and id, such as "run/SendMail".
        action: Such as "ses:SendEmail"; "" for a resource.
        resource: As the statement has it; "" for an action.
        written: The pattern that stands for the action, or the action itself.
    """

    role: str
    statement: str
    action: str = ""
    resource: str = ""
    written: str = ""


@dataclass(frozen=True)
class Used:
    """A right that calls were allowed by.

    Attributes:
        right: The action.
        count: How often.
        resources: On which resources.
    """

    right: Right
    count: int
    resources: tuple[str, ...]


@dataclass(frozen=True)
class Excused:
    """A right that nothing used, and the reason why it is there."""

    right: Right
    reason: Reason


@dataclass(frozen=True)
class Refusal:
    """Calls that were refused.

    Attributes:
        decision: That refused them.
        reason: Reason for which they were meant to be; None where nobody says one.
    """

    decision: Decision
    reason: Reason | None


@dataclass(frozen=True)
class RoleRights:
    """Rights of a role.

    Attributes:
        arn: The role's.
        used: By statement and action.
        unused: Actions, and resources of statements that are used otherwise, that nothing used.
        excused: Those for which there is a reason.
        otherwise: What it was let do by something else than its own policies as they are now.
        refused: What it was not let do.
    """

    arn: str
    used: tuple[Used, ...]
    unused: tuple[Right, ...]
    excused: tuple[Excused, ...]
    otherwise: tuple[Decision, ...]
    refused: tuple[Refusal, ...]


@dataclass(frozen=True)
class Rights:
    """Rights of all roles.

    Attributes:
        roles: In the order of their ARNs.
        others_refused: What those were not let do who are none of these roles.
        idle: Reasons for what nobody grants.
        stale: Reasons for rights that are all used.
        unmet: Reasons for refusals that there were none of.
    """

    roles: tuple[RoleRights, ...]
    others_refused: tuple[Refusal, ...] = ()
    idle: tuple[Reason, ...] = ()
    stale: tuple[Reason, ...] = ()
    unmet: tuple[Reason, ...] = ()

    @property
    def refused(self) -> Sequence[Refusal]:
        """Everything that was refused, to whomever."""
        return [*(one for role in self.roles for one in role.refused), *self.others_refused]


@dataclass
class _Use:
    """Use of a right until now."""

    count: int = 0
    resources: set[str] = field(default_factory=set)


def judge(observed: Observed, reasons: Reasons) -> Rights:
    """Hold what was decided against what is granted.

    Raises:
        LoadError: A document of a role is no policy.
    """
    decisions: defaultdict[str, list[Decision]] = defaultdict(list)
    for one in observed.decisions:
        decisions[one.principal].append(one)
    uses: dict[Right, _Use] = {}
    roles = tuple(_of_role(role, decisions.pop(role.arn, []), reasons, uses) for role in observed.roles)
    others = tuple(_refusals((one for some in decisions.values() for one in some), reasons))
    refused = [one for one in observed.decisions if not one.allowed]
    covered = {reason: [uses[right] for right in uses if _covers(reason, right)] for reason in reasons.unused}
    return Rights(
        roles,
        others,
        idle=tuple(reason for reason, found in covered.items() if not found),
        stale=tuple(reason for reason, found in covered.items() if found and all(one.count for one in found)),
        unmet=tuple(
            reason
            for reason in reasons.refused
            if not any(reason.covers_action(one.principal, one.action) for one in refused)
        ),
    )


def _of_role(
    role: Role, decisions: Sequence[Decision], reasons: Reasons, uses: dict[Right, _Use]
) -> RoleRights:
    """Rights of a role, which are added with their use."""
    granted = statements(role)
    own: dict[Right, _Use] = {right: _Use() for one in granted for right in _rights(one)}
    otherwise = []
    for decision in decisions:
        if decision.allowed:
            by = _deciding(granted, decision)
            if not by:
                otherwise.append(decision)
            # Statements without ids, and a policy of several runs, share their rights.
            for right in {right for one in by for right in _exercised(one, decision)}:
                own[right].count += decision.count
                own[right].resources.add(decision.resource)
    uses |= own
    unused, excused = _without_use(own, reasons)
    return RoleRights(
        role.arn,
        tuple(
            Used(right, use.count, tuple(sorted(use.resources)))
            for right, use in own.items()
            if use.count and right.action
        ),
        unused,
        excused,
        tuple(otherwise),
        tuple(_refusals(decisions, reasons)),
    )


def _without_use(
    uses: Mapping[Right, _Use], reasons: Reasons
) -> tuple[tuple[Right, ...], tuple[Excused, ...]]:
    """Rights that nothing used: those without a reason, and those with one."""
    live = {right.statement for right, use in uses.items() if use.count}
    unused, excused = [], []
    for right, use in uses.items():
        # Of a statement that nothing uses its actions are told, and not its resources too.
        if use.count or not (right.action or right.statement in live):
            continue
        reason = next((one for one in reasons.unused if _covers(one, right)), None)
        if reason is None:
            unused.append(right)
        else:
            excused.append(Excused(right, reason))
    return tuple(unused), tuple(excused)


def _rights(statement: Statement) -> Iterator[Right]:
    for action, written in statement.actions.items():
        yield Right(statement.role, statement.name, action, written=written)
    for resource in statement.resource_patterns:
        yield Right(statement.role, statement.name, resource=resource)


def _deciding(granted: Sequence[Statement], decision: Decision) -> Sequence[Statement]:
    """Statements that a call was allowed by: several, where they have no ids."""
    if decision.kind != IDENTITY:
        return ()
    return [one for one in granted if one.has_decided(decision)]


def _exercised(statement: Statement, decision: Decision) -> Iterator[Right]:
    written = statement.actions[decision.action]
    yield Right(statement.role, statement.name, decision.action, written=written)
    for pattern in statement.resource_patterns:
        if concerns(pattern, decision.resource):
            yield Right(statement.role, statement.name, resource=pattern)


def _refusals(decisions: Iterable[Decision], reasons: Reasons) -> Iterator[Refusal]:
    for one in decisions:
        if not one.allowed:
            covering = (r for r in reasons.refused if r.covers_action(one.principal, one.action))
            yield Refusal(one, next(covering, None))


def _covers(reason: Reason, right: Right) -> bool:
    if right.action:
        return reason.covers_action(right.role, right.action)
    return reason.covers_resource(right.role, right.resource)
