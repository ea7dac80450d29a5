"""Resources that nobody misses when they are deleted: no request reached them, or others do their work.

So a release candidate may go that has lost its share of the requests. What reaches a target group are the
weights in listeners and rules before the plan; where a plan does not show that they are zero, it is missed.
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-listeners.html
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ops.plan_check.change import Change, Values
from ops.plan_check.values import UNKNOWN, blocks, number

_Container = Mapping[str, Any]

_ACTIONS = ("action", "default_action")
# Tag and digest of an image.
_TAG = re.compile(r"(:[^/:@]+)?(@[^/]+)?$")
# What variables are called by whose values a task is told which of several versions it is.
_VERSION = re.compile(r"(?i)(.+_)?(release|version|revision|variant|track|build|commit)(_.+)?")


def is_spare(changes: Sequence[Change], change: Change) -> bool:
    """Whether a resource is deleted that nobody misses."""
    if not change.deletes:
        return False
    match change.type:
        case "aws_lb_target_group" | "aws_alb_target_group":
            return _is_unreached(changes, change.before.get("arn"))
        case "aws_lb_listener_rule" | "aws_alb_listener_rule":
            return _goes_where_requests_go_anyway(changes, change)
        case "aws_ecs_service":
            return _is_spare_service(changes, change)
        case "aws_cloudwatch_log_group":
            return _is_log_of_spare_services(changes, change)
    return False


def _is_unreached(changes: Sequence[Change], target_group: Any) -> bool:
    """Whether listeners and rules name a target group, and none of them gives it any request."""
    weights = [
        weight
        for change in changes
        if re.fullmatch(r"aws_a?lb_listener(_rule)?", change.type)
        for values in (change.before, change.after)
        for arn, weight in _forwards(values)
        if arn in (target_group, UNKNOWN)
    ]
    return bool(weights) and not any(weights)


def _forwards(values: Values) -> Iterator[tuple[Any, float]]:
    """Target groups that a listener or a rule hands requests to, each with its weight."""
    if UNKNOWN in (values.get(name) for name in _ACTIONS):
        yield UNKNOWN, 1.0
    for action in _actions(values):
        # The only one of an action needs no weight.
        if arn := action.get("target_group_arn"):
            yield arn, 1.0
        for forward in blocks(action.get("forward")):
            for group in blocks(forward.get("target_group")):
                weight = number(group.get("weight"))
                yield group.get("arn"), 1.0 if weight is None else weight


def _actions(values: Values) -> list[Mapping[str, Any]]:
    return [action for name in _ACTIONS for action in blocks(values.get(name))]


def _goes_where_requests_go_anyway(changes: Sequence[Change], rule: Change) -> bool:
    """Whether the requests of a rule reach the same target groups without it.

    Those are its listener's, by whichever rules stay, and by default.
    """
    targets = _targets(rule.before)
    listener = rule.before.get("listener_arn")
    others = [
        change
        for change in changes
        if change is not rule
        and (
            (re.fullmatch("aws_a?lb_listener", change.type) and change.before.get("arn") == listener)
            or (
                re.fullmatch("aws_a?lb_listener_rule", change.type)
                and _listener(change) in (listener, UNKNOWN)
            )
        )
    ]
    staying = [change for change in others if not change.deletes]
    return (
        bool(targets)
        and any(change.type.endswith("_listener") for change in staying)
        and all(_targets(change.after) == targets for change in staying)
    )


def _listener(rule: Change) -> Any:
    return (rule.after or rule.before).get("listener_arn")


def _targets(values: Values) -> frozenset[str]:
    """Target groups that get requests of a listener or a rule; none if it does more with them."""
    if any(action.get("type") != "forward" for action in _actions(values)):
        return frozenset()
    return frozenset(str(arn) for arn, weight in _forwards(values) if weight)


def _is_spare_service(changes: Sequence[Change], service: Change) -> bool:
    """Whether no request reaches an ECS service, or another one does all that it does."""
    balancers = blocks(service.before.get("load_balancer"))
    if _is_called(service):
        return False
    if balancers:
        return all(_is_unreached(changes, one.get("target_group_arn")) for one in balancers)
    mine = _work(changes, service)
    return mine is not None and any(
        other.type == service.type
        and other.before.get("cluster") == service.before.get("cluster")
        and _stays(other)
        and _work(changes, other) == mine
        for other in changes
    )


def _is_called(service: Change) -> bool:
    """Whether other services reach an ECS service by a name of Service Connect."""
    return any(
        blocks(connect.get("service"))
        for connect in blocks(service.before.get("service_connect_configuration"))
    )


def _stays(service: Change) -> bool:
    """Whether an ECS service goes on running tasks."""
    count = number(service.after.get("desired_count"))
    return (service.idle or service.updates) and count is not None and count > 0


def _work(changes: Sequence[Change], service: Change) -> list[Any] | None:
    """Everything that tells tasks what to do, but for which version they are; None if a plan does not say."""
    definition = service.before.get("task_definition")
    found = [
        change
        for change in changes
        if change.type == "aws_ecs_task_definition" and definition and change.before.get("arn") == definition
    ]
    containers = _containers(found[0]) if found else []
    return [_told(one) for one in containers] or None


def _containers(definition: Change) -> list[_Container]:
    """Containers of a task definition, without the proxy before them."""
    try:
        containers = json.loads(str(definition.before.get("container_definitions")))
    except ValueError:
        return []
    proxies = {one.get("container_name") for one in blocks(definition.before.get("proxy_configuration"))}
    return [one for one in blocks(containers) if one.get("name") not in proxies]


def _told(container: _Container) -> Any:
    variables = {str(one.get("name")): one.get("value") for one in blocks(container.get("environment"))}
    secrets = {str(one.get("name")): one.get("valueFrom") for one in blocks(container.get("secrets"))}
    return {
        "image": _TAG.sub("", str(container.get("image"))),
        "command": container.get("command"),
        "entryPoint": container.get("entryPoint"),
        "environment": {name: value for name, value in variables.items() if not _VERSION.fullmatch(name)},
        "environmentFiles": container.get("environmentFiles"),
        "secrets": secrets,
    }


def _is_log_of_spare_services(changes: Sequence[Change], group: Change) -> bool:
    """Whether a log is of spare services alone, and its lines go by themselves in time."""
    writing = [
        change
        for change in changes
        if change.type == "aws_ecs_service" and group.before.get("name") in _logs(changes, change)
    ]
    kept = number(group.before.get("retention_in_days"))
    return bool(writing) and bool(kept) and all(is_spare(changes, one) for one in writing)


def _logs(changes: Sequence[Change], service: Change) -> Iterator[Any]:
    """Log groups that an ECS service's containers write to."""
    for change in changes:
        if change.type == "aws_ecs_task_definition" and change.before.get("arn") == service.before.get(
            "task_definition"
        ):
            for container in _containers(change):
                yield (container.get("logConfiguration") or {}).get("options", {}).get("awslogs-group")
