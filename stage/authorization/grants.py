"""Grants of a KMS key: rights beside its policy.

https://docs.aws.amazon.com/kms/latest/developerguide/grants.html
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from stage.authorization.principals import Naming, Principal, Principals
from stage.authorization.request import Request

# Operations that know an encryption context, so that a constraint counts for them
# (https://docs.aws.amazon.com/kms/latest/developerguide/create-grant-overview.html#grant-constraints).
_WITH_ENCRYPTION_CONTEXT = frozenset(
    {
        "Decrypt",
        "Encrypt",
        "GenerateDataKey",
        "GenerateDataKeyPair",
        "GenerateDataKeyPairWithoutPlaintext",
        "GenerateDataKeyWithoutPlaintext",
        "ReEncryptFrom",
        "ReEncryptTo",
    }
)
_CONTEXT_KEY = "kms:EncryptionContext:"


@dataclass(frozen=True)
class Grant:
    """A grant.

    Attributes:
        grantee: ARN of a role, user or session, or an AWS service's name.
        operations: That it allows: "Decrypt".
        equals: Encryption context that a request must have and no other; None for any.
        subset: Pairs that a request's encryption context must have among others.
        retiring: ARN that may retire it besides; "" for nobody.
        id: Of the grant.
    """

    grantee: str
    operations: frozenset[str]
    equals: Mapping[str, str] | None = None
    subset: Mapping[str, str] = field(default_factory=dict)
    retiring: str = ""
    id: str = ""

    def allows(self, request: Request) -> bool:
        """Whether it allows a request about its key."""
        service, _, operation = request.action.partition(":")
        if service != "kms":
            return False
        if operation == "RetireGrant" and _is(self.retiring, request.principal):
            return True
        if operation not in self.operations or not _is(self.grantee, request.principal):
            return False
        return operation not in _WITH_ENCRYPTION_CONTEXT or self._fits(encryption_context(request))

    def _fits(self, found: Mapping[str, str]) -> bool:
        return (self.equals is None or found == self.equals) and self.subset.items() <= found.items()


def encryption_context(request: Request) -> dict[str, str]:
    """The encryption context that a request has in its condition keys."""
    return {
        key[len(_CONTEXT_KEY) :]: str(value)
        for key, value in request.context.items()
        if key.startswith(_CONTEXT_KEY)
    }


def _is(name: str, principal: Principal) -> bool:
    """Whether a grant's name is a caller's, its role's or its service's."""
    named = Principals(everybody=False, named={"AWS": frozenset({name}), "Service": frozenset({name})})
    return bool(name) and named.naming(principal) is not Naming.NOT
