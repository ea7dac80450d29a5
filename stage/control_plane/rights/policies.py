"""All policies that a call is decided by, put together."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from stage.authorization.evaluate import Policies
from stage.authorization.policy import Kind, Policy
from stage.authorization.request import Request
from stage.control_plane.callers import Caller
from stage.control_plane.rights import identity_policies, resource_policies
from stage.control_plane.rights.documents import Document
from stage.control_plane.rights.resource_policies import Attached

# A stage has some dozen roles, and their policies change as often as Terraform changes them.
_KEPT = 4096


@dataclass(frozen=True)
class Rights:
    """Policies that a caller has, wherever it calls.

    Attributes:
        identity: Of its role or its user, and those of the user's groups.
        boundary: Permissions boundary of the role or user; None if it has none.
        session: Passed when the session was begun; none where it was begun without.
    """

    identity: tuple[Policy, ...] = ()
    boundary: Policy | None = None
    session: tuple[Policy, ...] = ()

    @staticmethod
    def of(documents: tuple[Document, ...]) -> "Rights":
        """Rights by policy documents of these three kinds.

        Raises:
            PolicyError: One of them cannot be evaluated; the message names it.
        """
        return _rights(documents)

    def on(self, attached: Attached) -> Policies:
        """Policies of a request about a resource that has these.

        Raises:
            PolicyError: One of the resource's cannot be evaluated; the message names it.
        """
        resource = _together(attached.documents) if attached.documents else None
        return Policies(self.identity, self.boundary, self.session, resource, attached.grants)


class Source(Protocol):
    """A place that policies are known from."""

    def rights_of(self, caller: Caller) -> Rights:
        """Policies of a caller; none of the stage, of somebody anonymous, and of a role that is not there.

        Raises:
            PolicyError: One of them cannot be evaluated; the message names it.
        """
        ...

    def policies_on(self, request: Request, rights: Rights) -> Policies:
        """All policies that apply to a request of a caller who has these rights.

        Raises:
            PolicyError: One of the resource's cannot be evaluated; the message names it.
        """
        ...


class InMoto:
    """Policies as this process's moto has them now."""

    def rights_of(self, caller: Caller) -> Rights:
        """Policies of a caller."""
        return Rights.of(identity_policies.documents_of(*identity_policies.held_by(caller)))

    def policies_on(self, request: Request, rights: Rights) -> Policies:
        """All policies that apply to a request."""
        holder = resource_policies.holder_of(request)
        return rights.on(resource_policies.attached_to(holder, request.account))


@lru_cache(maxsize=_KEPT)
def _rights(documents: tuple[Document, ...]) -> Rights:
    read = [one.read() for one in documents]
    return Rights(
        tuple(one for one in read if one.kind is Kind.IDENTITY),
        next((one for one in read if one.kind is Kind.BOUNDARY), None),
        tuple(one for one in read if one.kind is Kind.SESSION),
    )


@lru_cache(maxsize=_KEPT)
def _together(documents: tuple[Document, ...]) -> Policy:
    """One policy of all statements: CloudWatch Logs has several for a region, and each of them counts."""
    read = [one.read() for one in documents]
    if len(read) == 1:
        return read[0]
    return Policy(
        Kind.RESOURCE,
        ", ".join(one.name for one in read),
        tuple(statement for one in read for statement in one.statements),
    )
