"""Record of decisions on calls: how often who was let do what, on which resource, by which policy."""

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    # Whoever reads the record alone does without AWS's reference, which decisions come with.
    from stage.authorization.decision import Decision

MAX_RESOURCES = 64
"""Resources that are told apart for each caller and action; an asterisk behind their type is all others.

A bucket has any number of objects, and a log group of streams.
"""

_ANONYMOUS = "anonymous"
# Of an ARN all that comes before the resource's own name, with the word or the bucket that begins it.
_TYPE = re.compile(r"(arn:[^:]*:[^:]*:[^:]*:[^:]*:(?:[^:/]*[:/])?).+", re.DOTALL)

_Key = tuple[str, str, str, bool, str, str, str]


@dataclass(slots=True)
class _Seen:
    """Decisions that are alike.

    Attributes:
        message: AWS's sentence of the first of them; "" where it is allowed.
        count: How many there were.
    """

    message: str
    count: int = 0


class Record:
    """Decisions, counted by all that tells them apart; safe to share between threads.

    Sessions of a role count as the role.

    Args:
        max_resources: As `MAX_RESOURCES`.
    """

    def __init__(self, max_resources: int = MAX_RESOURCES) -> None:
        self._max_resources = max_resources
        self._lock = Lock()
        self._seen: dict[_Key, _Seen] = {}
        self._resources: defaultdict[tuple[str, str], set[str]] = defaultdict(set)

    def note(self, decision: "Decision") -> None:
        """Count a decision."""
        request = decision.request
        principal = request.principal
        key = (
            principal.entity or principal.name or _ANONYMOUS,
            request.action,
            request.resource,
            decision.allowed,
            decision.kind.value if decision.kind else "",
            decision.policy,
            decision.sid,
        )
        with self._lock:
            seen = self._seen.get(key) or self._begun(key, decision)
            seen.count += 1

    def seen(self) -> dict[str, Any]:
        """All decisions until now, as JSON has them: `decisions`, a list in a lasting order."""
        with self._lock:
            found = [(key, seen.message, seen.count) for key, seen in self._seen.items()]
        return {"decisions": [_facts(*one) for one in sorted(found)]}

    def _begun(self, key: _Key, decision: "Decision") -> _Seen:
        """Take up a decision of a kind that was not there yet; the lock is held."""
        principal, action, resource, *rest = key
        known = self._resources[principal, action]
        if resource not in known:
            if len(known) < self._max_resources:
                known.add(resource)
            else:
                key = (principal, action, of_its_type(resource), *rest)  # type: ignore[assignment]
        return self._seen.setdefault(key, _Seen(decision.message))


def of_its_type(resource: str) -> str:
    """All resources of a resource's type in its account: "arn:aws:logs:eu-west-1:111122223333:log-group:*".

    Of S3 it is what is in the same bucket; a service whose ARNs name no type has one type alone.

    Args:
        resource: ARN, or "*".
    """
    return _TYPE.sub(r"\1*", resource)


def _facts(key: _Key, message: str, count: int) -> Mapping[str, Any]:
    names = ("principal", "action", "resource", "allowed", "kind", "policy", "sid")
    return {**dict(zip(names, key, strict=True)), "message": message, "count": count}


RECORD = Record()
"""That of this process."""
