"""Listeners of load balancers, and their rules, that hand on no request any more."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ops.plan_check.change import Change
from ops.plan_check.finding import Finding, Kind, shown
from ops.plan_check.values import blocks, number


def no_longer_forwards(change: Change) -> Iterator[Finding]:
    """Actions of a listener or of its rules that lead to no target group any more."""
    if not change.compared or not re.fullmatch(r"aws_a?lb_listener(_rule)?", change.type):
        return
    for block in ("action", "default_action"):
        before, after = blocks(change.before.get(block)), blocks(change.after.get(block))
        if not _forwards(before):
            continue
        if not _forwards(after) and not _leads_to_https(after):
            yield Finding(
                change.address,
                Kind.TRAFFIC,
                "Requests are no longer handed on to a service.",
                f"{block}[0].type",
                shown([one.get("type") for one in before]),
                shown([one.get("type") for one in after]),
            )
        elif any(_weights(before)) and _weights(after) and not any(_weights(after)):
            yield Finding(
                change.address,
                Kind.TRAFFIC,
                "No target group gets a share of the requests: all of them fail.",
                f"{block}[0].forward[0].target_group",
                shown(_weights(before)),
                shown(_weights(after)),
            )


def _forwards(actions: Sequence[Mapping[str, Any]]) -> bool:
    return any(action.get("type") == "forward" for action in actions)


def _leads_to_https(actions: Sequence[Mapping[str, Any]]) -> bool:
    """Whether clients are sent to the same name by HTTPS."""
    return any(
        redirect.get("protocol") == "HTTPS"
        for action in actions
        for redirect in blocks(action.get("redirect"))
    )


def _weights(actions: Sequence[Mapping[str, Any]]) -> list[float]:
    """Weights of the actions' target groups; empty unless all are known."""
    weights = [
        number(group.get("weight"))
        for action in actions
        for forward in blocks(action.get("forward"))
        for group in blocks(forward.get("target_group"))
    ]
    return [weight for weight in weights if weight is not None] if None not in weights else []
