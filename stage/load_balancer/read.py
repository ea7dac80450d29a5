"""Reads the load balancer, its listeners with their rules, target groups and targets from the ELBv2 API."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from stage.errors import StageError
from stage.load_balancer.model import (
    Action,
    FixedResponse,
    Forward,
    HealthCheck,
    Listener,
    Redirect,
    Rule,
    Target,
    TargetGroup,
    Topology,
)

# What moto and the provider leave out has the value that AWS documents.
# https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html
_DEFAULT_DEREGISTRATION_DELAY = "300"
# https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html
_DEFAULT_IDLE_TIMEOUT = "60"
# https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_RuleCondition.html
_CONDITIONS = {
    "path-pattern": "PathPatternConfig",
    "host-header": "HostHeaderConfig",
    "http-request-method": "HttpRequestMethodConfig",
}


def read_topology(elbv2: Any) -> Topology:
    """Read the declared listeners, rules and target groups.

    Raises:
        StageError: Something is declared that the stage cannot rehearse; the message names it.
    """
    balancer = _only_load_balancer(elbv2)
    groups = {
        group["TargetGroupArn"]: _target_group(elbv2, group)
        for page in elbv2.get_paginator("describe_target_groups").paginate()
        for group in page["TargetGroups"]
    }
    if balancer is None:
        return Topology(target_groups=tuple(groups.values()))
    arn = balancer["LoadBalancerArn"]
    names = {group_arn: group.name for group_arn, group in groups.items()}
    listeners = [
        _listener(elbv2, listener, names)
        for page in elbv2.get_paginator("describe_listeners").paginate(LoadBalancerArn=arn)
        for listener in page["Listeners"]
    ]
    attributes = _attributes(elbv2.describe_load_balancer_attributes(LoadBalancerArn=arn))
    return Topology(
        load_balancer=arn.split(":loadbalancer/", 1)[1],
        idle_timeout_seconds=float(attributes.get("idle_timeout.timeout_seconds", _DEFAULT_IDLE_TIMEOUT)),
        drop_invalid_headers=attributes.get("routing.http.drop_invalid_header_fields.enabled") == "true",
        listeners=tuple(sorted(listeners, key=lambda listener: listener.port)),
        target_groups=tuple(groups.values()),
    )


def read_targets(elbv2: Any, group_arn: str) -> tuple[Target, ...]:
    """Targets that are registered with a group; those that only drain are not."""
    answer = elbv2.describe_target_health(TargetGroupArn=group_arn)
    return tuple(
        Target(description["Target"]["Id"], int(description["Target"]["Port"]))
        for description in answer["TargetHealthDescriptions"]
        if description["TargetHealth"]["State"] != "draining"
    )


def _only_load_balancer(elbv2: Any) -> dict[str, Any] | None:
    balancers: list[dict[str, Any]] = [
        balancer
        for page in elbv2.get_paginator("describe_load_balancers").paginate()
        for balancer in page["LoadBalancers"]
    ]
    if len(balancers) > 1:
        names = ", ".join(sorted(balancer["LoadBalancerName"] for balancer in balancers))
        raise StageError(f"the stage runs one load balancer, but {names} are declared: remove all but one")
    if balancers and balancers[0].get("Type", "application") != "application":
        name, kind = balancers[0]["LoadBalancerName"], balancers[0]["Type"]
        raise StageError(f"load balancer {name} is of type {kind}: the stage runs only type application")
    return balancers[0] if balancers else None


def _listener(elbv2: Any, listener: dict[str, Any], names: dict[str, str]) -> Listener:
    port, protocol = int(listener["Port"]), listener["Protocol"]
    if protocol != "HTTP":
        raise StageError(
            f"listener {port} is {protocol}: the stage has no TLS, so declare only HTTP listeners for it"
        )
    where = f"listener {port}"
    rules = [
        (rule["Priority"], read_rule(rule, names, f"{where}, rule {rule['Priority']}"))
        for page in elbv2.get_paginator("describe_rules").paginate(ListenerArn=listener["ListenerArn"])
        for rule in page["Rules"]
        if not rule["IsDefault"]
    ]
    # https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-rules.html#rule-priority
    rules.sort(key=lambda rule: int(rule[0]))
    default = Rule(read_action(listener["DefaultActions"], names, f"{where}, default action"))
    return Listener(port, (*(rule for _, rule in rules), default))


def read_rule(rule: dict[str, Any], names: Mapping[str, str], where: str) -> Rule:
    """One rule that is not the default.

    Args:
        rule: As `DescribeRules` returns it.
        names: Target group names by ARN.
        where: What an error calls the rule.

    Raises:
        StageError: A condition or action that the stage does not rehearse.
    """
    patterns: dict[str, tuple[str, ...]] = dict.fromkeys(_CONDITIONS, ())
    for condition in rule["Conditions"]:
        field = condition["Field"]
        if field not in _CONDITIONS:
            raise StageError(f"{where}: condition {field} is not rehearsed, use {', '.join(_CONDITIONS)}")
        config = condition.get(_CONDITIONS[field]) or {}
        patterns[field] = tuple(config.get("Values") or condition.get("Values") or ())
    return Rule(
        read_action(rule["Actions"], names, where),
        paths=patterns["path-pattern"],
        hosts=patterns["host-header"],
        methods=patterns["http-request-method"],
    )


def read_action(actions: Sequence[dict[str, Any]], names: Mapping[str, str], where: str) -> Action:
    """Read the action of a rule.

    Raises:
        StageError: An action that the stage does not rehearse, such as authentication.
    """
    if len(actions) != 1 or actions[0]["Type"] not in _ACTIONS:
        kinds = " and ".join(action["Type"] for action in actions)
        raise StageError(f"{where}: the stage rehearses forward, fixed-response and redirect, not {kinds}")
    return _ACTIONS[actions[0]["Type"]](actions[0], names, where)


def _forward(action: dict[str, Any], names: Mapping[str, str], where: str) -> Forward:
    config = action.get("ForwardConfig") or {}
    if (config.get("TargetGroupStickinessConfig") or {}).get("Enabled"):
        raise StageError(f"{where}: target group stickiness is not rehearsed, disable it")
    groups = config.get("TargetGroups") or [{"TargetGroupArn": action["TargetGroupArn"]}]
    # A group created since the groups were read is known on the next pass.
    known = [group for group in groups if group["TargetGroupArn"] in names]
    return Forward(tuple((names[group["TargetGroupArn"]], int(group.get("Weight", 1))) for group in known))


def _fixed_response(action: dict[str, Any], _names: Mapping[str, str], _where: str) -> FixedResponse:
    config = action["FixedResponseConfig"]
    return FixedResponse(
        int(config["StatusCode"]), config.get("ContentType") or "text/plain", config.get("MessageBody") or ""
    )


def _redirect(action: dict[str, Any], _names: Mapping[str, str], where: str) -> Redirect:
    config = action["RedirectConfig"]

    def literal(field: str, unchanged: str) -> str | None:
        value: str = config.get(field) or unchanged
        if value == unchanged:
            return None
        if "#{" in value:
            raise StageError(f"{where}: redirect with {field} {value!r} is not rehearsed, use a fixed value")
        return value

    # https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_RedirectActionConfig.html
    if config.get("Query", "#{query}") != "#{query}":
        raise StageError(f"{where}: redirect with another query is not rehearsed, leave the query out")
    scheme, port = literal("Protocol", "#{protocol}"), literal("Port", "#{port}")
    return Redirect(
        status={"HTTP_301": 301, "HTTP_302": 302}[config["StatusCode"]],
        scheme=scheme.lower() if scheme else None,
        host=literal("Host", "#{host}"),
        port=int(port) if port else None,
        path=literal("Path", "/#{path}"),
    )


_ACTIONS: dict[str, Callable[[dict[str, Any], Mapping[str, str], str], Action]] = {
    "forward": _forward,
    "fixed-response": _fixed_response,
    "redirect": _redirect,
}


def _target_group(elbv2: Any, group: dict[str, Any]) -> TargetGroup:
    name, arn = group["TargetGroupName"], group["TargetGroupArn"]
    attributes = _attributes(elbv2.describe_target_group_attributes(TargetGroupArn=arn))
    _refuse_what_is_not_rehearsed(name, group, attributes)
    algorithm = attributes.get("load_balancing.algorithm.type", "round_robin")
    return TargetGroup(
        arn=arn,
        name=name,
        health_check=_health_check(group),
        deregistration_delay_seconds=float(
            attributes.get("deregistration_delay.timeout_seconds", _DEFAULT_DEREGISTRATION_DELAY)
        ),
        least_outstanding_requests=algorithm == "least_outstanding_requests",
    )


def _refuse_what_is_not_rehearsed(name: str, group: dict[str, Any], attributes: dict[str, str]) -> None:
    if group.get("TargetType") != "ip":
        raise StageError(
            f"target group {name} has target type {group.get('TargetType')}: Fargate tasks need type ip"
        )
    protocols = (group.get("Protocol"), group.get("HealthCheckProtocol", "HTTP"))
    if protocols != ("HTTP", "HTTP") or group.get("ProtocolVersion", "HTTP1") != "HTTP1":
        raise StageError(f"target group {name} must speak HTTP/1 and be checked over HTTP on the stage")
    if attributes.get("stickiness.enabled") == "true":
        raise StageError(f"target group {name} is sticky: the stage does not rehearse stickiness")
    if attributes.get("slow_start.duration_seconds", "0") != "0":
        raise StageError(f"target group {name} has a slow start: the stage does not rehearse that")


def _health_check(group: dict[str, Any]) -> HealthCheck:
    port = group.get("HealthCheckPort") or "traffic-port"
    return HealthCheck(
        path=group.get("HealthCheckPath") or "/",
        port=None if port == "traffic-port" else int(port),
        interval_seconds=float(group["HealthCheckIntervalSeconds"]),
        timeout_seconds=float(group["HealthCheckTimeoutSeconds"]),
        healthy_threshold=int(group["HealthyThresholdCount"]),
        unhealthy_threshold=int(group["UnhealthyThresholdCount"]),
        matcher=_status_ranges((group.get("Matcher") or {}).get("HttpCode") or "200"),
    )


def _status_ranges(matcher: str) -> tuple[tuple[int, int], ...]:
    """Inclusive ranges of a matcher such as `200,202` or `200-299`.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_Matcher.html
    """
    ends = (part.split("-", 1) for part in matcher.split(","))
    return tuple((int(part[0]), int(part[-1])) for part in ends)


def _attributes(answer: dict[str, Any]) -> dict[str, str]:
    return {attribute["Key"]: attribute["Value"] for attribute in answer["Attributes"]}
