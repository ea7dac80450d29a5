"""Tables of what each role may do, in `docs/rights.md`, from what Terraform would create."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from common.shared_files import write_whole
from tests.marked import marks, with_text

PAGE = Path(__file__).parents[2] / "docs" / "rights.md"
SYSTEM, ACCOUNT = "system", "account"
"""Places in the page: roles of a system, and those that prepare, deploy and look at one."""

# Whole kinds of ARNs would make a table that nobody can read.
_MAX_RESOURCES = 3
_MAX_ACTIONS = 8
_ARN = re.compile(r"arn:[^:]*:[^:]*:[^:]*:[^:]*:")


@dataclass(frozen=True)
class Right:
    """A statement that allows something.

    Attributes:
        sid: Its id.
        actions: In full or with wildcards.
        resources: ARNs, or "*".
        condition: By operator and key; empty for none.
    """

    sid: str
    actions: frozenset[str]
    resources: frozenset[str]
    condition: Mapping[str, Mapping[str, Any]]


def table(roles: Mapping[str, Iterable[Right]], account: str) -> str:
    """A heading and a table for each role, in Markdown.

    Args:
        roles: Statements by the role's name.
        account: Number of the account, which no row needs to have.
    """
    parts = []
    for name, rights in sorted(roles.items()):
        rows = [_row(right, account) for right in sorted(rights, key=lambda one: one.sid)]
        parts.append(
            f"### `{name}`\n\n| what for | may | on | if |\n| --- | --- | --- | --- |\n" + "\n".join(rows)
        )
    return "\n\n".join(parts) + "\n"


def written(place: str) -> str:
    """What stands in the page now."""
    begin, end = marks(place)
    return PAGE.read_text("utf-8").partition(begin)[2].partition(end)[0].strip() + "\n"


def write(place: str, text: str) -> None:
    """Put a table into the page."""
    write_whole(PAGE, with_text(PAGE.read_text("utf-8"), place, text))


def _row(right: Right, account: str) -> str:
    # Service, region and account of an ARN are those of the action.
    resources = sorted({_ARN.sub("", one).replace(account, "ACCOUNT") for one in right.resources})
    return " | ".join(
        [
            f"| {right.sid}",
            _actions(right.actions),
            _few([f"`{one}`" for one in resources], _MAX_RESOURCES),
            f"{_condition(right.condition, account)} |",
        ]
    )


def _actions(actions: Iterable[str]) -> str:
    """Actions by service, a few of each by name."""
    services: defaultdict[str, list[str]] = defaultdict(list)
    for action in sorted(actions):
        service, _, name = action.partition(":")
        services[service].append(name)
    return "; ".join(f"`{service}`: {_few(names, _MAX_ACTIONS)}" for service, names in services.items())


def _condition(condition: Mapping[str, Mapping[str, Any]], account: str) -> str:
    tests = [
        f"`{key}` {operator} {_values(values).replace(account, 'this account')}"
        for operator, keys in sorted(condition.items())
        for key, values in sorted(keys.items())
    ]
    return "; ".join(tests)


def _values(values: Any) -> str:
    named = sorted(map(str, values)) if isinstance(values, list) else [str(values)]
    return _few([f"`{one}`" for one in named], _MAX_RESOURCES)


def _few(names: list[str], count: int) -> str:
    more = len(names) - count
    return ", ".join(names[:count]) + (f" and {more} more" if more > 0 else "")
