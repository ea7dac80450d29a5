"""Callers, and whether a Principal element names them.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum, IntEnum
from functools import cached_property
from types import MappingProxyType

from stage.authorization.errors import PolicyError, RequestError, UnknownElementError
from stage.authorization.variables import Context

_ARN = re.compile(r"arn:(?P<partition>[\w-]+):(?P<service>iam|sts)::(?P<account>\d{12}):(?P<resource>[^*?]+)")
_ACCOUNT = re.compile(r"\d{12}")
# AWS shows the id of what was deleted since.
_DELETED = re.compile(r"A(IDA|ROA)[A-Z0-9]{12,}")
_KINDS = ("AWS", "Service", "Federated", "CanonicalUser")
_EVERYBODY = "*"


class PrincipalType(Enum):
    """Kinds of callers; the values are those of `aws:PrincipalType`, where AWS has one."""

    ROOT = "Account"
    USER = "User"
    SESSION = "AssumedRole"
    FEDERATED_USER = "FederatedUser"
    ANONYMOUS = "Anonymous"
    SERVICE = "Service"
    IDENTITY = "Identity of a provider"


class Naming(IntEnum):
    """How a Principal element names a caller; the later, the less its own policies limit it."""

    NOT = 0
    ACCOUNT = 1
    """By its account, which decides by its own policies."""
    ENTITY = 2
    """By the role of a session, or the user of a federation."""
    CALLER = 3
    """By itself, or as everybody."""


@dataclass(frozen=True)
class Principal:
    """A caller.

    Attributes:
        type: Its kind.
        name: Its ARN; a service's name, such as "ecs-tasks.amazonaws.com", or a provider of identities.
        entity: ARN of the role that a session is of, with the role's path, or of the user that federated.
        canonical_user: Id of its account that S3 knows beside the number; "" where nobody uses it.
    """

    type: PrincipalType
    name: str
    entity: str = ""
    canonical_user: str = ""

    @classmethod
    def of(cls, arn: str, entity: str = "") -> "Principal":
        """A caller with an ARN: root, user, session of a role, or federated user.

        Raises:
            RequestError: It is no ARN of a caller, or what it is a session of is missing.
        """
        found = _ARN.fullmatch(arn)
        kind = found["resource"].partition("/")[0] if found else ""
        types = {
            "root": PrincipalType.ROOT,
            "user": PrincipalType.USER,
            "assumed-role": PrincipalType.SESSION,
            "federated-user": PrincipalType.FEDERATED_USER,
        }
        if kind not in types:
            raise RequestError(f"{arn} is no ARN of a caller")
        if (kind in ("assumed-role", "federated-user")) != bool(entity):
            raise RequestError(f"a session has a role or a user that it is of, and nothing else has: {arn}")
        return cls(types[kind], arn, entity)

    @classmethod
    def service(cls, name: str) -> "Principal":
        """A service of AWS, such as "sns.amazonaws.com"."""
        return cls(PrincipalType.SERVICE, name)

    @classmethod
    def identity(cls, provider: str) -> "Principal":
        """Somebody with a token of a provider, who has no credentials of AWS yet."""
        return cls(PrincipalType.IDENTITY, provider)

    @cached_property
    def account(self) -> str:
        """Number of its account; "" for who has none."""
        found = _ARN.fullmatch(self.name)
        return found["account"] if found and self.has_policies else ""

    @property
    def has_policies(self) -> bool:
        """Whether it is of an account, which may have policies for it."""
        return self.type in _OF_AN_ACCOUNT

    @cached_property
    def account_arn(self) -> str:
        """ARN that stands for all of its account; "" for who has none."""
        return (
            f"{self.name.partition('::')[0].replace(':sts', ':iam')}::{self.account}:root"
            if self.account
            else ""
        )

    @cached_property
    def context(self) -> Context:
        """Condition keys that AWS has for it in each request.

        https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
        """
        if self.type is PrincipalType.SERVICE:
            return {"aws:principalisawsservice": ("true",), "aws:principalservicename": (self.name,)}
        found = {"aws:principalisawsservice": ("false",)}
        if self.account:
            is_session = self.type is PrincipalType.SESSION
            found["aws:principalaccount"] = (self.account,)
            # Of a session this is the role, without the session's name.
            found["aws:principalarn"] = (self.entity if is_session else self.name,)
        if self.type is not PrincipalType.IDENTITY:
            found["aws:principaltype"] = (self.type.value,)
        if self.type is PrincipalType.USER:
            found["aws:username"] = (self.name.rpartition("/")[2],)
        return MappingProxyType(found)


_OF_AN_ACCOUNT = (
    PrincipalType.ROOT,
    PrincipalType.USER,
    PrincipalType.SESSION,
    PrincipalType.FEDERATED_USER,
)
ANONYMOUS = Principal(PrincipalType.ANONYMOUS, "")
"""A caller whose request is not signed."""


@dataclass(frozen=True)
class Principals:
    """A Principal or NotPrincipal element.

    Attributes:
        everybody: Whether it is an asterisk.
        named: Names of each kind: ARNs of "AWS", "Service", "Federated", "CanonicalUser".
        excluded: Whether it is a NotPrincipal.
    """

    everybody: bool
    named: Mapping[str, frozenset[str]]
    excluded: bool = False

    def naming(self, principal: Principal) -> Naming:
        """How a Principal element names a caller."""
        if self.everybody or self._named_itself(principal):
            return Naming.CALLER
        arns = self.named.get("AWS", frozenset())
        if principal.entity in arns:
            return Naming.ENTITY
        by_account = principal.account_arn in arns or principal.account in arns
        by_canonical_user = principal.canonical_user in self.named.get("CanonicalUser", ())
        return Naming.ACCOUNT if by_account or by_canonical_user else Naming.NOT

    def leaves_out(self, principal: Principal, *, bounded: bool) -> bool:
        """Whether a NotPrincipal of what is denied spares a caller.

        It has to name a session, its role and their account; and it spares nobody with a boundary.
        """
        if self.everybody:
            return True
        if bounded or not self._named_itself(principal):
            return False
        arns = self.named.get("AWS", frozenset())
        by_account = not principal.account or bool({principal.account_arn, principal.account} & arns)
        return by_account and (not principal.entity or principal.entity in arns)

    def _named_itself(self, principal: Principal) -> bool:
        match principal.type:
            case PrincipalType.SERVICE:
                return principal.name in self.named.get("Service", ())
            case PrincipalType.IDENTITY:
                return principal.name in self.named.get("Federated", ())
            case PrincipalType.ROOT:
                arns = self.named.get("AWS", frozenset())
                return principal.name in arns or principal.account in arns
            case PrincipalType.ANONYMOUS:
                return False
            case _:
                return principal.name in self.named.get("AWS", ())


def parse_principals(element: object, *, excluded: bool) -> Principals:
    """A Principal or NotPrincipal element.

    Raises:
        UnknownElementError: It has a kind that AWS does not have.
        PolicyError: A name is none that AWS takes.
    """
    if element == _EVERYBODY:
        return Principals(everybody=True, named={}, excluded=excluded)
    if not isinstance(element, Mapping):
        raise PolicyError(f"a principal is an asterisk or has a kind, unlike {element!r}")
    named = {str(kind): frozenset(_names(str(kind), names)) for kind, names in element.items()}
    everybody = _EVERYBODY in named.get("AWS", ())
    return Principals(everybody, MappingProxyType(named), excluded)


def _names(kind: str, names: object) -> Iterator[str]:
    if kind not in _KINDS:
        raise UnknownElementError(f"AWS has no principals of the kind {kind}")
    for name in names if isinstance(names, list) else [names]:
        if not isinstance(name, str) or (kind == "AWS" and not _is_name(name)):
            raise PolicyError(f"{name!r} is no principal: AWS takes an account, a whole ARN, or an asterisk")
        yield name


def _is_name(name: str) -> bool:
    return name == _EVERYBODY or any(form.fullmatch(name) for form in (_ARN, _ACCOUNT, _DELETED))
