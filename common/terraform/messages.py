"""Messages that Terraform prints with `-json`.

https://developer.hashicorp.com/terraform/internals/machine-readable-ui
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

_PAST = {"create": "created", "update": "updated", "delete": "destroyed", "replace": "replaced"}

Message = dict[str, Any]

IDLE = frozenset({"no-op", "read"})
"""Actions of a plan that change nothing.

https://developer.hashicorp.com/terraform/internals/json-format#change-representation
"""


def parse(line: str) -> Message | None:
    """A message from a line of output; None if the line is none."""
    try:
        message = json.loads(line)
    except ValueError:
        return None
    return message if isinstance(message, dict) else None


def one_line(diagnostic: Mapping[str, Any]) -> str:
    """A diagnostic as one line: summary, detail and, where it has one, the resource's address."""
    parts = [diagnostic["summary"], diagnostic.get("detail", "")]
    text = " ".join(": ".join(part for part in parts if part).split())
    address = diagnostic.get("address")
    return f"{text[:500]} ({address})" if address else text[:500]


class ApplyCount:
    """Counts an apply's resources by its messages, which it is called with.

    Args:
        progress: Told of each resource, e.g. "created 12 of 60: aws_lb".
        planned: How many there are, of a plan that was made before; else the apply says so itself.
    """

    def __init__(self, progress: Callable[[str], None], planned: int = 0) -> None:
        self._progress = progress
        self._done = 0
        self._all = planned

    def __call__(self, message: Message) -> None:
        """Take one message."""
        kind = message.get("type")
        if kind == "change_summary" and message["changes"]["operation"] == "plan":
            changes = message["changes"]
            self._all = changes["add"] + changes["change"] + changes["remove"]
        elif kind == "apply_complete" and message["hook"]["action"] in _PAST:
            self._done += 1
            hook = message["hook"]
            kind_of = hook["resource"]["resource_type"]
            self._progress(f"{_PAST[hook['action']]} {self._done} of {self._all}: {kind_of}")
