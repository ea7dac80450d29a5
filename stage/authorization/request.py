"""A request for authorization: one caller, one action, one resource, and what AWS knows besides.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-reqcontext.html
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from stage.authorization.condition_keys import GLOBAL, is_among
from stage.authorization.errors import RequestError
from stage.authorization.principals import Principal
from stage.authorization.reference import action, is_key, keys_about, types_of
from stage.authorization.variables import Context

Value = str | bool | int | float | Sequence[str]
"""A value of a condition key: one text, truth or number, or several texts."""

_EVERYTHING = "*"
# What AWS has for all accounts, such as a managed policy, belongs to "aws".
_OF_AWS = "aws"
_KEPT = 65536


@dataclass(frozen=True)
class Request:
    """A call, as far as authorization goes; a call about several resources is as many requests.

    Attributes:
        principal: The caller.
        action: Such as "sqs:SendMessage".
        resource: ARN, or "*" where AWS has no narrower one.
        owner: Number of the account that the resource belongs to, where its ARN does not say: S3's do not.
        context: Values of condition keys by their names, without those that follow from the caller. A key
            that AWS does not know for the action and the resource is left out, as AWS does.
    """

    principal: Principal
    action: str
    resource: str = _EVERYTHING
    owner: str = ""
    context: Mapping[str, Value] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse what cannot be a call.

        Raises:
            RequestError: AWS has no such action, the action is about no such resource, its owner is missing,
                or AWS has no such condition key.
        """
        if action(self.action) is None:
            raise RequestError(f"AWS knows no {self.action}")
        if not types_of(self.action, self.resource):
            raise RequestError(f"{self.action} is not about {self.resource}")
        if self.resource != _EVERYTHING and not self.account:
            raise RequestError(f"nobody says whose {self.resource} is")
        for key in self.context:
            if not is_key(key):
                raise RequestError(f"AWS has no condition key {key}")

    @cached_property
    def account(self) -> str:
        """Number of the account that the resource belongs to; the caller's own where it is about none."""
        if self.resource == _EVERYTHING:
            return self.owner or self.principal.account
        found = self.owner or self.resource.split(":", 5)[4]
        return self.principal.account if found == _OF_AWS else found

    @cached_property
    def known(self) -> Context:
        """Values of all condition keys that AWS has for the request, by the key in small letters."""
        found: dict[str, tuple[str, ...]] = {}
        kinds = types_of(self.action, self.resource)
        if self.account:
            found["aws:resourceaccount"] = (self.account,)
        for key, value in self.context.items():
            if _is_given(key, self.action, kinds):
                found[key.lower()] = _texts(value)
        return found | dict(self.principal.context)


@lru_cache(maxsize=_KEPT)
def _is_given(key: str, name: str, kinds: tuple[str, ...]) -> bool:
    return is_among(key, GLOBAL) or is_among(key, keys_about(name, kinds))


def _texts(value: Value) -> tuple[str, ...]:
    match value:
        case str():
            return (value,)
        case bool():
            return (str(value).lower(),)
        case int() | float():
            return (str(value),)
        case _:
            return tuple(value)
