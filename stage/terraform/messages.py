"""Messages that Terraform prints with `-json`, and what is learnt from those of an apply.

https://developer.hashicorp.com/terraform/internals/machine-readable-ui
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

_PAST = {"create": "created", "update": "updated", "delete": "destroyed", "replace": "replaced"}

Message = dict[str, Any]


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
    """

    def __init__(self, progress: Callable[[str], None]) -> None:
        self._progress = progress
        self._done = 0
        self._all = 0

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


class ApplyWatch:
    """Watches an apply, which waits for tasks that somebody has to run meanwhile, by its messages.

    Args:
        on_cluster: Called with the ARN of the first ECS cluster as soon as it is there.
        on_waiting: Called about every ten seconds while Terraform waits for an ECS service, with the
            cluster's name and the seconds so far.

    Attributes:
        cluster: Name of the cluster; empty while there is none.
    """

    def __init__(self, on_cluster: Callable[[str], None], on_waiting: Callable[[str, float], None]) -> None:
        self.cluster = ""
        self._on_cluster = on_cluster
        self._on_waiting = on_waiting

    def __call__(self, message: Mapping[str, Any]) -> None:
        """Take one message.

        https://developer.hashicorp.com/terraform/internals/machine-readable-ui#operation-messages
        """
        hook = message.get("hook", {})
        kind = hook.get("resource", {}).get("resource_type")
        match message.get("type"), kind:
            case "apply_complete", "aws_ecs_cluster" if not self.cluster:
                self.cluster = hook["id_value"].rpartition("/")[2]
                self._on_cluster(hook["id_value"])
            case "apply_progress", "aws_ecs_service" if hook["action"] != "delete":
                self._on_waiting(self.cluster, float(hook["elapsed_seconds"]))
