"""Settings of what serves traffic: how many there are, and how they are looked after."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ops.plan_check.attributes import Watched, watch
from ops.plan_check.change import Change
from ops.plan_check.comparisons import (
    changed,
    fewer,
    lowered,
    one_of,
    removed,
    to_zero,
    turned_off,
    turned_on,
)
from ops.plan_check.finding import Finding, Kind, shown
from ops.plan_check.values import blocks, number

_FULL = 100


def _below_full(before: Any, after: Any) -> bool:
    comes = number(after)
    return lowered(before, after) and comes is not None and comes < _FULL


def _takes_errors(before: Any, after: Any) -> bool:
    return _accepts_errors(after) and not _accepts_errors(before)


def _accepts_errors(matcher: Any) -> bool:
    """Whether a matcher such as "200-299,404" takes a status of 400 or more for healthy."""
    return isinstance(matcher, str) and any(int(status) >= 400 for status in re.findall(r"\d{3}", matcher))  # noqa: PLR2004 - HTTP's errors


_TABLE = (
    Watched(
        r"(.+\.)?(desired_count|desired_capacity|desired_size|min_capacity|min_size|max_capacity|max_size"
        r"|reserved_concurrent_executions)",
        to_zero,
        "The service may run without a single task, and then answers nobody.",
    ),
    Watched(
        r"suspended_state\..+",
        turned_on,
        "Scaling is suspended: the number of tasks no longer follows the load.",
        types="aws_appautoscaling_target",
    ),
    Watched(
        r"deployment_circuit_breaker\.(enable|rollback)|alarms\.(enable|rollback)",
        turned_off,
        "A release that fails is no longer taken back by itself.",
        types="aws_ecs_service",
    ),
    Watched(
        r"alarms\.alarm_names",
        fewer,
        "An alarm no longer takes a failing release back.",
        types="aws_ecs_service",
    ),
    Watched(
        r"deployment_minimum_healthy_percent",
        _below_full,
        "A release may stop tasks before the new ones run, so that too few are left for the load.",
        types="aws_ecs_service",
    ),
    Watched(
        r"load_balancer\.target_group_arn",
        removed,
        "The tasks leave the load balancer: no request reaches them.",
        types="aws_ecs_service",
    ),
    Watched(
        r"service_registries\.registry_arn",
        removed,
        "The tasks can no longer be found by their name.",
        types="aws_ecs_service",
    ),
    Watched(
        r"service_connect_configuration\.enabled",
        turned_off,
        "The tasks leave Service Connect: nobody reaches them by it, nor they anybody.",
        types="aws_ecs_service",
    ),
    Watched(
        r"deregistration_delay",
        to_zero,
        "Requests in flight are cut off when a task leaves.",
        types=r"aws_a?lb_target_group",
    ),
    Watched(
        r"health_check\.(enabled|path)",
        lambda before, after: removed(before, after) or turned_off(before, after),
        "The load balancer sends requests to tasks that are not healthy.",
        types=r"aws_a?lb_target_group",
    ),
    Watched(
        r"health_check\.matcher",
        _takes_errors,
        "The load balancer takes a task that answers with an error for healthy.",
        types=r"aws_a?lb_target_group",
    ),
    Watched(
        r"health_check_(custom_)?config(\..+)?",
        removed,
        "Callers are led to instances that are not healthy.",
        types="aws_service_discovery_service",
    ),
    Watched(
        r"port",
        changed,
        "The load balancer no longer answers on the port that clients know.",
        types=r"aws_a?lb_listener",
    ),
    Watched(
        r"enable_dns_(support|hostnames)",
        turned_off,
        "Names inside the VPC are not resolved any more.",
        types="aws_vpc",
    ),
    Watched(
        r"private_dns_enabled",
        turned_off,
        "Calls to AWS do not find the endpoint any more.",
        types="aws_vpc_endpoint",
    ),
    Watched(
        r"subnet_ids|route_table_ids",
        fewer,
        "A subnet loses its way to the endpoint.",
        types="aws_vpc_endpoint",
    ),
    Watched(
        r"sending_options\.sending_enabled",
        turned_off,
        "SES sends no mail any more.",
        types="aws_sesv2_configuration_set",
    ),
    Watched(
        r"global_secondary_index\..*name", removed, "Queries by the index fail.", types="aws_dynamodb_table"
    ),
    Watched(r"multi_az", turned_off, "The database does not outlive its zone any more."),
    Watched(
        r"state|is_enabled|enabled",
        lambda before, after: turned_off(before, after) or one_of("DISABLED")(before, after),
        "What it starts does not start any more.",
        types=r"aws_(cloudwatch_event_rule|scheduler_schedule|lambda_event_source_mapping|cloudfront_distribution)",
    ),
)

looked_after_less = watch(Kind.TRAFFIC, _TABLE)
"""Rule: settings by which a service answers less, or a failing release stays."""


def no_room_to_scale(change: Change) -> Iterator[Finding]:
    """A maximum that is lowered so far that nothing is left to scale."""
    for names in (("min_capacity", "max_capacity"), ("min_size", "max_size")):
        for place, before, after in _bounds(change):
            least, most = (number(before.get(name)) for name in names)
            new_least, new_most = (number(after.get(name)) for name in names)
            if least is None or most is None or new_least is None or new_most is None or new_most == 0:
                continue
            if new_most < most and (new_most < least or new_most <= new_least):
                yield Finding(
                    change.address,
                    Kind.TRAFFIC,
                    "The maximum is lowered so far that no tasks can be added when the load grows.",
                    f"{place}{names[1]}",
                    shown(before[names[1]]),
                    shown(after[names[1]]),
                )


def asleep_on_schedule(change: Change) -> Iterator[Finding]:
    """A new schedule by which a service may come down to no task at all."""
    if change.type != "aws_appautoscaling_scheduled_action" or not change.creates:
        return
    for action in blocks(change.after.get("scalable_target_action")):
        for name in ("min_capacity", "max_capacity"):
            if number(action.get(name)) == 0:
                yield Finding(
                    change.address,
                    Kind.TRAFFIC,
                    "The service may come down to no task at all by the clock, and then answers nobody.",
                    f"scalable_target_action[0].{name}",
                    shown(None),
                    shown(0),
                )


def _bounds(change: Change) -> Iterator[tuple[str, Mapping[str, Any], Mapping[str, Any]]]:
    """Places that have a minimum and a maximum: the top, or a scheduled action."""
    if not change.compared:
        return
    yield "", change.before, change.after
    block = "scalable_target_action"
    for before, after in zip(blocks(change.before.get(block)), blocks(change.after.get(block)), strict=False):
        yield f"{block}[0].", before, after
