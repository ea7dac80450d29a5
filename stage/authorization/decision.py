"""An evaluation's result, in the words of AWS's own messages.

https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
"""

from dataclasses import dataclass

from stage.authorization.policy import Kind, Policy, Statement
from stage.authorization.request import Request

# What is about no resource is about "*" to others:
# https://docs.aws.amazon.com/AmazonECR/latest/userguide/common-errors-docker.html
_NAME_NO_ANY = {"ec2"}
_ARTICLES = {Kind.IDENTITY: "an", Kind.TRUST: "the"}


@dataclass(frozen=True)
class Decision:
    """A decision on a request.

    Attributes:
        request: That was decided.
        allowed: Whether AWS would carry it out.
        reason: How it came to that, in half a sentence: "because no identity-based policy allows the
            sqs:PurgeQueue action".
        kind: Of the policy that decided, by a statement or by the lack of one; None where no policy did.
        policy: Name of that policy; "" where none has a statement, or where it has no name.
        sid: Id of the statement that decided; "" where none did, or where it has no id.
    """

    request: Request
    allowed: bool
    reason: str
    kind: Kind | None = None
    policy: str = ""
    sid: str = ""

    @property
    def message(self) -> str:
        """The sentence that AWS answers a refused call with; "" for one that is allowed."""
        if self.allowed:
            return ""
        resource, service = self.request.resource, self.request.action.partition(":")[0]
        on = "" if resource == "*" and service in _NAME_NO_ANY else f" on resource: {resource}"
        caller = self.request.principal.name or "anonymous"
        return f"User: {caller} is not authorized to perform: {self.request.action}{on} {self.reason}"


def allowed_by(request: Request, policy: Policy, statement: Statement) -> Decision:
    """A decision that a statement allows something."""
    return _by(request, policy, statement, allowed=True, words="an allow")


def allowed_without(request: Request, reason: str) -> Decision:
    """A decision that something is allowed, and by no policy."""
    return Decision(request, allowed=True, reason=reason)


def denied_by(request: Request, policy: Policy, statement: Statement) -> Decision:
    """A decision that a statement denies something."""
    return _by(request, policy, statement, allowed=False, words="an explicit deny")


def not_allowed(request: Request, kind: Kind) -> Decision:
    """A decision that no policy of a kind allows something."""
    reason = f"because no {kind.value} allows the {request.action} action"
    return Decision(request, allowed=False, reason=reason, kind=kind)


def _by(request: Request, policy: Policy, statement: Statement, *, allowed: bool, words: str) -> Decision:
    return Decision(
        request,
        allowed=allowed,
        reason=f"with {words} in {_a(policy.kind)}",
        kind=policy.kind,
        policy=policy.name,
        sid=statement.sid,
    )


def _a(kind: Kind) -> str:
    return f"{_ARTICLES.get(kind, 'a')} {kind.value}"
