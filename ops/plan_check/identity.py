"""Policies and roles by which somebody may do more than before."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from ops.plan_check.attributes import Watched, watch
from ops.plan_check.change import Change
from ops.plan_check.comparisons import changed, removed, turned_off, turned_on
from ops.plan_check.finding import SENSITIVE, Finding, Kind, shown
from ops.plan_check.policy import EVERYONE, Statement, read_policy
from ops.plan_check.relations import joins_what_stands
from ops.plan_check.renames import renamed_in_arns, renames
from ops.plan_check.values import UNKNOWN, Difference
from ops.plan_check.widening import Reason, Widening, widenings

# Without a policy of its own an endpoint lets everything through
# (https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html#default-endpoint-policy).
_ENDPOINTS = ("aws_vpc_endpoint", "aws_vpc_endpoint_policy")
_LETS_ALL_THROUGH = read_policy(
    '{"Statement": {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}}'
)
# Attributes that name the identity that has an inline policy, by the policy's type.
_HOLDERS = {
    "aws_iam_role_policy": "role",
    "aws_iam_user_policy": "user",
    "aws_iam_group_policy": "group",
}
_SENTENCES: dict[Reason, str] = {
    "action": "The policy allows {actions}{on}, which it did not before.",
    "resource": "The policy allows {actions}{on}, which were not among its resources.",
    "principal": "The policy lets {principals} do {actions}, which it did not before.",
    "condition": "A condition is gone or wider, under which {actions} was allowed{on}.",
    "denial": "A denial is gone or narrower: {actions}{on} is no longer refused.",
}
_SECRET_SENTENCES: dict[Reason, str] = {
    reason: f"The policy, which is sensitive, is wider than before: {reason}." for reason in _SENTENCES
}

_TABLE = (
    Watched(
        r"permissions_boundary",
        removed,
        "The role's permissions boundary is taken away: nothing bounds any more what its policies allow.",
    ),
    Watched(
        r"permissions_boundary",
        lambda before, after: bool(before) and changed(before, after),
        "The role gets another permissions boundary, which may allow more.",
    ),
    Watched(
        r"task_role_arn|execution_role_arn",
        lambda before, after: bool(after) and changed(before, after),
        "Tasks run with another role, which may do more.",
        types="aws_ecs_task_definition",
    ),
    Watched(
        r"role|iam_instance_profile",
        lambda before, after: bool(after) and changed(before, after),
        "The code runs with another role, which may do more.",
        types=r"aws_lambda_function|aws_instance|aws_iam_instance_profile",
    ),
    Watched(
        r"enable_execute_command",
        turned_on,
        "Whoever may call ECS Exec gets a shell in running tasks, with their permissions.",
        types="aws_ecs_service",
    ),
    Watched(
        r"(.+\.)?authorization(_type)?",
        lambda before, after: before not in (None, "", "NONE") and after == "NONE",
        "Callers no longer have to say who they are.",
    ),
    Watched(r"api_key_required", turned_off, "Callers no longer need a key."),
    Watched(
        r"(.+\.)?object_ownership",
        lambda before, after: before == "BucketOwnerEnforced" and changed(before, after),
        "Access control lists count again: whoever writes an object may open it to others.",
        types="aws_s3_bucket_ownership_controls",
    ),
)

role_is_wider = watch(Kind.IDENTITY, _TABLE)
"""Rule: settings by which an identity, or nobody in particular, may do more."""


def policy_is_wider(changes: Sequence[Change]) -> Iterator[Finding]:
    """Policies that allow more than before, or of which it cannot be told."""
    names = renames(changes)
    for change in changes:
        if change.creates and (change.type in _ENDPOINTS or not joins_what_stands(changes, change)):
            # It comes with what it is for, of which nobody had anything before; an endpoint's narrows it.
            continue
        if change.deletes and not change.type.endswith("_policy"):
            # It goes with what it is for.
            continue
        beside = _of_holder(changes, change, names)
        for difference in change.differences:
            before = _statements(change, difference, renamed_in_arns(difference.before, names))
            after = _statements(change, difference, difference.after)
            if before is not None and difference.after is UNKNOWN:
                yield _unreadable(change, difference)
            elif before is not None or after is not None:
                for one in widenings(before or (), after or (), *beside):
                    yield _told(change, difference, one)


def _statements(change: Change, difference: Difference, value: object) -> list[Statement] | None:
    if change.type in _ENDPOINTS and difference.pattern == "policy" and not value:
        return _LETS_ALL_THROUGH if change.compared else None
    return read_policy(value)


def _of_holder(
    changes: Sequence[Change], change: Change, names: Mapping[str, str]
) -> tuple[list[Statement], list[Statement]]:
    """Statements of all inline policies of the same identity, before and after: they count together."""
    link = _HOLDERS.get(change.type, "")
    holders = [name for name in (change.before.get(link), change.after.get(link)) if isinstance(name, str)]
    siblings = [one for one in changes if link and one.type == change.type]
    before = [one.before.get("policy") for one in siblings if one.before.get(link) in holders]
    after = [one.after.get("policy") for one in siblings if one.after.get(link) in holders]
    return _all(renamed_in_arns(one, names) for one in before), _all(after)


def _all(policies: Iterable[object]) -> list[Statement]:
    return [statement for policy in policies for statement in read_policy(policy) or ()]


def _unreadable(change: Change, difference: Difference) -> Finding:
    return Finding(
        change.address,
        Kind.IDENTITY,
        "The policy cannot be read before the apply, so nobody can say whether it allows more.",
        difference.attribute,
        "(a policy)",
        shown(UNKNOWN),
    )


def _told(change: Change, difference: Difference, found: Widening) -> Finding:
    statement = found.statement
    lifted = found.reason == "denial"
    text = SENSITIVE if difference.hidden else _text(statement)
    sentences = _SECRET_SENTENCES if difference.hidden else _SENTENCES
    return Finding(
        change.address,
        Kind.IDENTITY,
        sentences[found.reason].format(
            actions=shown(str(statement.actions)),
            on=f" on {shown(str(statement.resources))}" if str(statement.resources) else "",
            principals=shown(
                "everyone" if EVERYONE in statement.principals.values else str(statement.principals)
            ),
        ),
        difference.attribute,
        text if lifted else "",
        "" if lifted else text,
    )


def _text(statement: Statement) -> str:
    effect = "Allow" if statement.allows else "Deny"
    who = f" to {statement.principals}" if str(statement.principals) else ""
    on = f" on {statement.resources}" if str(statement.resources) else ""
    return shown(f"{effect} {statement.actions}{on}{who}")
