"""Dangers that were found in a plan."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from ops.plan_check.change import Change
from ops.plan_check.values import UNKNOWN, Difference, is_marked

SENSITIVE = "(sensitive)"
_MAX_LENGTH = 200
# Types all of whose values are secret, whether the provider marks them or not.
_SECRET_TYPES = frozenset(
    {
        "aws_iam_access_key",
        "aws_secretsmanager_secret_version",
        "random_password",
        "tls_private_key",
    }
)
# Names of attributes that tell of a secret in them.
_SECRET_NAME = re.compile(
    r"(.+[._])?(password|passphrase|private_key|secret|secret_string|secret_binary|token)(_wo)?"
)


class Kind(StrEnum):
    """Kinds of dangers."""

    DATA = "data"
    TRAFFIC = "traffic"
    IDENTITY = "identity"
    NETWORK = "network"
    WATCHING = "watching"
    ENCRYPTION = "encryption"
    PROTECTION = "protection"


@dataclass(frozen=True)
class Finding:
    """Something dangerous that an apply would do.

    Attributes:
        address: Address of the resource.
        kind: Kind of danger.
        sentence: What happens, and why it is dangerous.
        attribute: Path of the attribute that shows it; empty if it is the whole resource.
        before: Value that stands, as text; empty if none is told.
        after: Value that comes, as text; empty if none is told.
    """

    address: str
    kind: Kind
    sentence: str
    attribute: str = ""
    before: str = ""
    after: str = ""


def of_difference(change: Change, kind: Kind, sentence: str, difference: Difference) -> Finding:
    """A finding on an attribute, with its values."""
    return Finding(
        change.address,
        kind,
        sentence,
        difference.attribute,
        shown(difference.before),
        shown(difference.after),
    )


def without_secrets(finding: Finding, change: Change) -> Finding:
    """The finding without values, if anything in its attribute is marked as sensitive, or secret by its name.

    Args:
        finding: A finding whose sentence holds no value that is sensitive.
        change: The change that it is about.
    """
    if not (finding.before or finding.after):
        return finding
    root = re.split(r"[.\[]", finding.attribute)[0]
    marks = (change.before_sensitive, change.after_sensitive)
    marked = any(is_marked(one.get(root) if isinstance(one, Mapping) else one) for one in marks)
    if not marked and not is_secret(change.type, finding.attribute):
        return finding
    return replace(
        finding, before=SENSITIVE if finding.before else "", after=SENSITIVE if finding.after else ""
    )


def is_secret(resource_type: str, attribute: str) -> bool:
    """Whether an attribute holds a secret by what it is called, even if it is not marked as sensitive."""
    if resource_type == "aws_ssm_parameter":
        return attribute in ("value", "value_wo")
    return resource_type in _SECRET_TYPES or _SECRET_NAME.fullmatch(attribute) is not None


def shown(value: Any) -> str:
    """A value as text, cut where it is long."""
    if value is UNKNOWN:
        return f"({UNKNOWN.value})"
    if value is None:
        return "(none)"
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = value if isinstance(value, str) else json.dumps(value, default=str, ensure_ascii=False)
    text = " ".join(text.split())
    if not text:
        return "(empty)"
    return text if len(text) <= _MAX_LENGTH else f"{text[:_MAX_LENGTH]}…"
