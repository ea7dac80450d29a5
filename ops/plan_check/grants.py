"""Permissions that an identity gets without a policy that could be compared."""

import re
from collections.abc import Iterator, Sequence

from ops.plan_check.change import Change, Values
from ops.plan_check.finding import Finding, Kind, shown
from ops.plan_check.policy import EVERYONE, Names, Statement, read_policy
from ops.plan_check.relations import is_new
from ops.plan_check.values import UNKNOWN, listed

_ATTACHMENT = re.compile(r"aws_iam_(role|user|group)_policy_attachment")
_BROAD = re.compile(r".*:policy/(.+/)?(AdministratorAccess|PowerUserAccess|IAMFullAccess|\w+FullAccess)")
# Types that give somebody access by being there.
_ACCESS = {
    "aws_iam_access_key": "A key that never expires gives whoever holds it the user's permissions.",
    "aws_iam_policy_attachment": "A managed policy is attached to whom it names, and taken from all others.",
    "aws_iam_user_login_profile": "A user can log in by password.",
    "aws_iam_group_membership": "Users get the permissions of a group.",
    "aws_iam_user_group_membership": "A user gets the permissions of a group.",
    "aws_kms_grant": "Somebody may use a key by a grant, whatever the key's policy says.",
    "aws_ram_principal_association": "Something is shared with another account.",
    "aws_ssoadmin_account_assignment": "Somebody gets a set of permissions in an account.",
}
# Lists of managed policies, or of whom one is attached to, by the type that has them.
_LISTS = {
    "aws_iam_role": ("managed_policy_arns",),
    "aws_iam_role_policy_attachments_exclusive": ("policy_arns",),
    "aws_iam_policy_attachment": ("roles", "users", "groups"),
}
_POLICIES_OF_IDENTITIES = re.compile(r"aws_iam_(role|user|group)(_policy)?|aws_iam_policy")
# Actions by which an identity gets the permissions of another one, or of any.
_ESCALATING = Names(
    frozenset(
        {
            "iam:attachgrouppolicy",
            "iam:attachrolepolicy",
            "iam:attachuserpolicy",
            "iam:createaccesskey",
            "iam:createpolicyversion",
            "iam:passrole",
            "iam:putgrouppolicy",
            "iam:putrolepolicy",
            "iam:putuserpolicy",
            "iam:updateassumerolepolicy",
            "sts:assumerole",
        }
    ),
    any_case=True,
)
# Conditions that say nothing about who asks.
_ABOUT_NOBODY = frozenset({"aws:securetransport", "s3:x-amz-acl", "aws:requestedregion", "s3:tlsversion"})


def attached(changes: Sequence[Change]) -> Iterator[Finding]:
    """Managed policies that an identity gets, or that bounded it and are taken away."""
    before = {_pair(change, change.before) for change in changes if _ATTACHMENT.fullmatch(change.type)}
    after = {_pair(change, change.after) for change in changes if _ATTACHMENT.fullmatch(change.type)}
    for change in changes:
        if not _ATTACHMENT.fullmatch(change.type) or change.idle:
            continue
        pair = _pair(change, change.after)
        if change.deletes and _pair(change, change.before) not in after and _denies(changes, change):
            yield _about(change, "A managed policy that denies something is detached.", "before")
        elif (change.creates or change.compared) and pair not in before and _gives(changes, change):
            yield _about(
                change, "A managed policy is attached: the identity gets all that it allows.", "after"
            )


def managed_policies_added(change: Change) -> Iterator[Finding]:
    """Managed policies that a role names itself, or whom a policy names that it is attached to."""
    if not (change.creates or change.compared):
        return
    for name in _LISTS.get(change.type, ()):
        held = listed(change.before.get(name))
        for one in listed(change.after.get(name)):
            if one not in held and (change.compared or _BROAD.fullmatch(str(one))):
                yield Finding(
                    change.address,
                    Kind.IDENTITY,
                    "A managed policy is attached: the identity gets all that it allows.",
                    name,
                    after=shown(one),
                )


def given_access(change: Change) -> Iterator[Finding]:
    """Access that somebody gets by a resource that is new, or opened to another service or account."""
    if change.creates and change.type in _ACCESS:
        yield Finding(change.address, Kind.IDENTITY, _ACCESS[change.type])
    if change.type == "aws_lambda_permission" and not change.deletes and not change.idle:
        bound = change.after.get("source_arn") or change.after.get("source_account")
        if change.after.get("principal") == EVERYONE and not bound:
            yield Finding(
                change.address, Kind.IDENTITY, "Everyone may call the function.", "principal", after=EVERYONE
            )
    if change.type == "aws_iam_openid_connect_provider" and change.compared:
        held = listed(change.before.get("client_id_list"))
        for client in listed(change.after.get("client_id_list")):
            if client not in held:
                yield Finding(
                    change.address,
                    Kind.IDENTITY,
                    "Tokens for another audience are trusted as well.",
                    "client_id_list",
                    after=shown(client),
                )


def created_wide(change: Change) -> Iterator[Finding]:
    """New policies that leave nothing out: whoever has them may do everything, or everyone has them."""
    if not change.creates or change.type.startswith("aws_vpc_endpoint"):
        return
    of_identity = _POLICIES_OF_IDENTITIES.fullmatch(change.type) is not None
    for difference in change.differences:
        trust = difference.pattern == "assume_role_policy"
        for statement in read_policy(difference.after) or ():
            if not statement.allows:
                continue
            if of_identity and not trust:
                # One that is only kept ready, maybe as a boundary, gives nothing yet.
                sentence = _everything(statement, ready=change.type == "aws_iam_policy")
            else:
                sentence = _for_everyone(statement)
            if sentence:
                told = (
                    "The new policy, which is sensitive, allows too much." if difference.hidden else sentence
                )
                yield Finding(change.address, Kind.IDENTITY, told, difference.attribute)


def _everything(statement: Statement, *, ready: bool) -> str:
    if not statement.resources.cover(Names(frozenset({EVERYONE}))) and not statement.resources.others:
        return ""
    if statement.actions.others or EVERYONE in statement.actions.values:
        return "The new policy allows every action, or all but a few, on every resource."
    if ready:
        return ""
    services = sorted(action for action in statement.actions.values if action.endswith(":*"))
    if services:
        return f"The new policy allows {', '.join(services)} on every resource."
    if not statement.conditions and any(_ESCALATING.cover(action) for action in statement.actions.parts()):
        return "The new policy lets its holder take the permissions of any other role."
    return ""


def _for_everyone(statement: Statement) -> str:
    keys = {condition.key for condition in statement.conditions} - _ABOUT_NOBODY
    if (EVERYONE in statement.principals.values or statement.principals.others) and not keys:
        return "The new policy lets everyone in, from any account."
    federated = any(one.startswith("Federated:") for one in statement.principals.values)
    if federated and not any(key.endswith((":sub", ":aud", ":amr")) for key in keys):
        return "The new role can be taken by everybody whom the identity provider knows."
    github = any("token.actions.githubusercontent.com" in one for one in statement.principals.values)
    if github and not any(key.endswith(":sub") for key in keys):
        return "The new role can be taken by a workflow of any repository on GitHub."
    return ""


def _pair(change: Change, values: Values) -> tuple[object, object, object]:
    """Kind of identity, its name, and the policy's ARN; UNKNOWN is equal to nothing that stands."""
    found = _ATTACHMENT.fullmatch(change.type)
    kind = found[1] if found else ""
    return kind, _name(values.get(kind)), _name(values.get("policy_arn"))


def _name(value: object) -> object:
    """A name or an ARN, or UNKNOWN; None of all else."""
    return value if isinstance(value, str) or value is UNKNOWN else None


def _gives(changes: Sequence[Change], change: Change) -> bool:
    """Whether an attachment gives more than is told elsewhere."""
    arn = change.after.get("policy_arn")
    if change.creates and is_new(changes, change):
        return _BROAD.fullmatch(str(arn)) is not None
    if not change.compared:
        return True
    replaced = {one.before.get("arn") for one in changes if one.type == "aws_iam_policy" and one.replaces}
    # The policy is another version of itself, and compared as such; the role, too.
    same_policy = arn == change.before.get("policy_arn") or (
        arn is UNKNOWN and change.before.get("policy_arn") in replaced
    )
    kind = _pair(change, change.after)[0]
    return not (same_policy and change.after.get(str(kind)) in (UNKNOWN, change.before.get(str(kind))))


def _denies(changes: Sequence[Change], change: Change) -> bool:
    arn = change.before.get("policy_arn")
    policies = [one for one in changes if one.type == "aws_iam_policy" and one.before.get("arn") == arn]
    return any(
        not statement.allows for one in policies for statement in read_policy(one.before.get("policy")) or ()
    )


def _about(change: Change, sentence: str, side: str) -> Finding:
    values = change.before if side == "before" else change.after
    return Finding(
        change.address, Kind.IDENTITY, sentence, "policy_arn", **{side: shown(values.get("policy_arn"))}
    )
