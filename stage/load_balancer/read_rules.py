"""Reads the actions and conditions of listener rules."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from stage.errors import StageError
from stage.load_balancer.model import Action, FixedResponse, Forward, Redirect, Rule

# https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_RuleCondition.html
_CONDITIONS = {
    "path-pattern": "PathPatternConfig",
    "host-header": "HostHeaderConfig",
    "http-request-method": "HttpRequestMethodConfig",
}


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
