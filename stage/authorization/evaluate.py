"""Decides on a request by all policies that apply to it.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html

Policies of an organization are none of its business: a stage is one account without one.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from stage.authorization.condition import holds
from stage.authorization.decision import Decision, allowed_by, allowed_without, denied_by, not_allowed
from stage.authorization.grants import Grant
from stage.authorization.policy import Effect, Kind, Policy, Statement
from stage.authorization.principals import Naming, PrincipalType
from stage.authorization.reference import is_free
from stage.authorization.request import Request

# AWS numbers keys, so one that a call makes has an asterisk for its number.
_NEW_KEY = "key/*"


@dataclass(frozen=True)
class Policies:
    """All policies that apply to a request.

    Attributes:
        identity: Of the caller: its role's or its user's, and those of the user's groups.
        boundary: Permissions boundary of the role or user; None if it has none.
        session: Passed when the session was made; none where it was made without.
        resource: Of the resource: a role's trust policy, a KMS key's key policy. None if it has none.
        grants: Of a KMS key.
        endpoint: Of the VPC endpoint that the request came through; None if it came through none.
    """

    identity: tuple[Policy, ...] = ()
    boundary: Policy | None = None
    session: tuple[Policy, ...] = ()
    resource: Policy | None = None
    grants: tuple[Grant, ...] = ()
    endpoint: Policy | None = None

    def all(self) -> Iterator[Policy]:
        """Each policy."""
        yield from (one for one in (self.endpoint, self.resource) if one)
        yield from self.identity
        yield from (self.boundary,) if self.boundary else ()
        yield from self.session


# A statement that allows, the policy that has it, and how it names the caller.
_Found = tuple[Naming, Policy, Statement]


def evaluate_all(requests: Iterable[tuple[Request, Policies]]) -> Decision:
    """The first refusal of a call that takes several requests, or else the decision on the last.

    A call is about several resources, or needs other actions besides: each has to be allowed.

    Args:
        requests: One or more, each with the policies that apply to it.
    """
    decision = None
    for request, policies in requests:
        decision = evaluate(request, policies)
        if not decision.allowed:
            return decision
    if decision is None:
        raise ValueError("a call is at least one request")
    return decision


def evaluate(request: Request, policies: Policies) -> Decision:
    """Whether AWS would carry out a request, and why."""
    if is_free(request.action):
        return allowed_without(request, "because it takes no permission")
    denied = _denied(request, policies)
    if denied:
        return denied
    if policies.endpoint and not _allowing(request, policies.endpoint):
        return not_allowed(request, Kind.ENDPOINT)
    resource = _allowing(request, policies.resource) if policies.resource else None
    if not request.principal.account:
        return _by_resource(request, resource, policies)
    if request.principal.account == request.account:
        return _within_the_account(request, policies, resource)
    return _across_accounts(request, policies, resource)


def _denied(request: Request, policies: Policies) -> Decision | None:
    bounded = policies.boundary is not None
    for policy in policies.all():
        for statement in policy.about(Effect.DENY, request.action):
            if _is_denied_to(statement, request, bounded=bounded) and _applies(statement, request):
                return denied_by(request, policy, statement)
    return None


def _within_the_account(request: Request, policies: Policies, resource: _Found | None) -> Decision:
    """A resource that allows the caller itself is enough; one that allows its role is, within its limits."""
    naming = resource[0] if resource else Naming.NOT
    grant = _granting(request, policies)
    if resource and naming is Naming.CALLER:
        return allowed_by(request, *resource[1:])
    if grant:
        return allowed_without(request, f"with the grant {grant.id}".rstrip())
    if _is_decided_by_resource(request) and not resource:
        return _by_resource(request, resource, policies)
    if resource and naming is Naming.ENTITY:
        return _limited(request, policies) or allowed_by(request, *resource[1:])
    return _by_identity(request, policies)


def _across_accounts(request: Request, policies: Policies, resource: _Found | None) -> Decision:
    """Both accounts have to allow it."""
    by_identity = _by_identity(request, policies)
    return _by_resource(request, resource, policies) if by_identity.allowed else by_identity


def _by_identity(request: Request, policies: Policies) -> Decision:
    if request.principal.type is PrincipalType.ROOT:
        return allowed_without(request, "because it is the account's root user")
    for policy in policies.identity:
        if found := _allowing(request, policy):
            return _limited(request, policies) or allowed_by(request, *found[1:])
    return not_allowed(request, Kind.IDENTITY)


def _by_resource(request: Request, resource: _Found | None, policies: Policies) -> Decision:
    """Decide by the resource's policy and grants alone: a caller without an account has no policies."""
    if resource:
        return allowed_by(request, *resource[1:])
    grant = _granting(request, policies)
    if grant:
        return allowed_without(request, f"with the grant {grant.id}".rstrip())
    return not_allowed(request, Kind.TRUST if request.action.startswith("sts:") else Kind.RESOURCE)


def _limited(request: Request, policies: Policies) -> Decision | None:
    """The refusal of what a boundary or session policy leaves out.

    A federated user without a session policy has no rights at all.
    """
    if policies.boundary and not _allowing(request, policies.boundary):
        return not_allowed(request, Kind.BOUNDARY)
    is_federated = request.principal.type is PrincipalType.FEDERATED_USER
    if (policies.session or is_federated) and not any(_allowing(request, one) for one in policies.session):
        return not_allowed(request, Kind.SESSION)
    return None


def _is_decided_by_resource(request: Request) -> bool:
    """Whether the resource's own policy has to allow a call, its account's included.

    So it is of a KMS key (https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html) and of a
    role that somebody takes on (https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_compare-resource-policies.html).
    A key that is yet to be made has no policy (https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateKey.html).
    """
    of = request.resource.split(":", 5)
    if request.resource == "*":
        return False
    return (of[2] == "kms" and of[5].startswith("key/") and of[5] != _NEW_KEY) or (
        request.action.startswith("sts:") and of[5].startswith("role/")
    )


def _granting(request: Request, policies: Policies) -> Grant | None:
    return next((one for one in policies.grants if one.allows(request)), None)


def _allowing(request: Request, policy: Policy) -> _Found | None:
    """The statement of a policy that allows a request, and names the caller best."""
    best: _Found | None = None
    for statement in policy.about(Effect.ALLOW, request.action):
        naming = _naming(statement, request)
        if naming > (best[0] if best else Naming.NOT) and _applies(statement, request):
            best = (naming, policy, statement)
            if naming is Naming.CALLER:
                # None names it better.
                break
    return best


def _naming(statement: Statement, request: Request) -> Naming:
    principals = statement.principals
    if principals is None:
        return Naming.CALLER
    naming = principals.naming(request.principal)
    if principals.excluded:
        return Naming.CALLER if naming is Naming.NOT else Naming.NOT
    return naming


def _is_denied_to(statement: Statement, request: Request, *, bounded: bool) -> bool:
    principals = statement.principals
    if principals is None:
        return True
    if principals.excluded:
        return not principals.leaves_out(request.principal, bounded=bounded)
    return principals.naming(request.principal) is not Naming.NOT


def _applies(statement: Statement, request: Request) -> bool:
    """Whether a statement is about a request's resource, under a condition that holds."""
    if statement.resources and not statement.resources.concern(request.resource, request.known):
        return False
    return holds(statement.condition, request.known)
