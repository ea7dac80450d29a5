"""Condition keys that get their values from a call's parameters."""

import base64
import binascii
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from email.utils import parseaddr
from typing import Any

from stage.authorization.calls.call import Call
from stage.authorization.calls.paths import Path
from stage.authorization.calls.places import Place, place
from stage.authorization.calls.world import World
from stage.authorization.reference import is_multivalued
from stage.authorization.request import Value

_EACH = "*"


@dataclass(frozen=True)
class Key:
    """A condition key.

    Attributes:
        name: Of the key; one that ends with an asterisk stands for a key for each of what is found.
        path: To its value; None for an ARN.
        place: Of the resource that it names; None for a text.
        reader: Makes the value from what is found; None where that is the value already.
    """

    name: str
    path: Path | None
    place: Place | None
    reader: Callable[[str], Any] | None

    @property
    def paths(self) -> tuple[Path, ...]:
        """All paths."""
        return tuple(self.place.paths) if self.place else (self.path,) if self.path else ()

    def values(self, call: Call, world: World) -> Iterator[tuple[str, Value]]:
        """The key with its value, if the call has one."""
        if self.name.endswith(_EACH):
            yield from self._each(call)
            return
        found = self._texts(call, world)
        if found:
            yield self.name, found if is_multivalued(self.name) else found[0]

    def _texts(self, call: Call, world: World) -> list[str]:
        if self.place:
            return self.place.arns(call, world)
        found = self.path.texts(call.parameters) if self.path else []
        return [str(self.reader(one)) for one in found] if self.reader else found

    def _each(self, call: Call) -> Iterator[tuple[str, Value]]:
        found = self.path.found(call.parameters) if self.path else None
        if found and self.reader:
            found = self.reader(found)
        for name, value in (found or {}).items():
            yield self.name.removesuffix(_EACH) + name, str(value)


def key(name: str, spec: Any, prefix: str, readers: Mapping[str, str]) -> Key:
    """A key as a data file has it.

    Args:
        name: Of the key.
        spec: A path, `{as: a reader of texts, of: a path}`, or `{about: {a type: its place}}` for an ARN.
        prefix: IAM's of the service.
        readers: Usual readers of the types.
    """
    if isinstance(spec, str):
        return Key(name, Path(spec), None, None)
    if "about" in spec:
        ((kind, where),) = spec["about"].items()
        return Key(name, None, place(f"{prefix}:{kind}", where, readers), None)
    return Key(name, Path(spec["of"]), None, _READERS[spec["as"]])


def _address(text: str) -> str:
    """A mail's address without the name before it."""
    return parseaddr(text)[1]


def _record_name(text: str) -> str:
    """A name of DNS as Route 53 compares it: in small letters, without the dot behind it.

    https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/specifying-conditions-route53.html
    """
    return text.lower().removesuffix(".")


def _claims(token: str) -> dict[str, str]:
    """The condition keys of a token of OpenID Connect; none of what is no token.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html
    """
    part = token.split(".")[1] if token.count(".") == 2 else ""  # noqa: PLR2004 - head, claims, signature
    try:
        found = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (binascii.Error, ValueError):
        return {}
    issuer = str(found.get("iss", "")).partition("://")[2]
    return {f"{issuer}:{claim}": str(found[claim]) for claim in ("aud", "sub") if claim in found}


_READERS: Mapping[str, Callable[[str], Any]] = {
    "address": _address,
    "claims": _claims,
    "record_name": _record_name,
}
