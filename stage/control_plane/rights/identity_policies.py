"""Policies of roles, users and sessions, from moto's IAM and STS.

https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html
"""

from collections.abc import Iterable, Iterator
from typing import Any

from moto.iam.models import iam_backends
from moto.sts.models import sts_backends

from stage.authorization.policy import Kind as PolicyKind
from stage.control_plane.callers import Caller, Kind
from stage.control_plane.rights.arns import Where
from stage.control_plane.rights.documents import Document
from stage.control_plane.rights.lookups import role_by_name

PARTITION = "aws"
"""Name under which moto has what belongs to no region."""


def held_by(caller: Caller) -> tuple[str, str]:
    """Role or user that has a caller's policies, and the session that limits them: all that they hang on.

    Returns:
        ARN, "" for who has no policies, and the session's access key, "" for a session of the stage's own:
        tasks have no policies beside their role's.
    """
    session = caller.access_key_id if caller.kind is Kind.ROLE else ""
    return caller.role_arn or caller.user_arn, session


def documents_of(arn: str, session: str = "") -> tuple[Document, ...]:
    """Policies of all kinds, the boundary and those of the session among them; none of who is not there.

    Args:
        arn: Of a role or user.
        session: Access key of a session that STS has begun; "" for none.
    """
    account, _, entity = arn.partition("::")[2].partition(":")
    iam = Where(PARTITION, "", account).backend(iam_backends)
    if iam is None:
        return ()
    kind, _, path_and_name = entity.partition("/")
    name = path_and_name.rpartition("/")[2]
    found = role_by_name(iam, name) if kind == "role" else iam.users.get(name)
    if found is None or found.arn != arn:
        return ()
    return (
        *_own(found),
        *(document for group in _groups(iam, found) for document in _own(group)),
        *_managed(iam, PolicyKind.BOUNDARY, [getattr(found, "permissions_boundary_arn", None)]),
        *_of_session(iam, account, session),
    )


def _groups(iam: Any, user: Any) -> list[Any]:
    return [group for group in list(iam.groups.values()) if user in group.users]


def _own(holder: Any) -> Iterator[Document]:
    """Inline and attached policies of a role, user or group.

    In a lasting order, whichever was made first: of several that allow a call the first is said to.
    """
    for name, text in sorted(holder.policies.items()):
        yield Document(PolicyKind.IDENTITY, name, text)
    for arn, policy in sorted(holder.managed_policies.items()):
        yield Document(PolicyKind.IDENTITY, arn, _default_version(policy))


def _default_version(policy: Any) -> str:
    default = policy.default_version_id
    return next((str(one.document) for one in list(policy.versions) if one.version_id == default), "")


def _of_session(iam: Any, account: str, session: str) -> Iterator[Document]:
    sts = Where(PARTITION, "", account).backend(sts_backends) if session else None
    limits = sts.limits.get(session) if sts else None
    if limits:
        if limits.policy:
            yield Document(PolicyKind.SESSION, "", limits.policy)
        yield from _managed(iam, PolicyKind.SESSION, limits.policy_arns)


def _managed(iam: Any, kind: PolicyKind, arns: Iterable[str | None]) -> Iterator[Document]:
    """Managed policies by their ARNs; one that is not there has no text."""
    for arn in arns:
        if arn:
            policy = iam.managed_policies.get(arn)
            yield Document(kind, arn, _default_version(policy) if policy else "")
