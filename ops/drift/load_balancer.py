"""Listeners, their rules and certificates, and targets."""

from collections.abc import Iterator, Mapping
from typing import Any

from common.pages import listed
from ops.drift.aws import Aws, addresses, tasks
from ops.drift.finding import NONE, PRESENT, Finding, compared, text
from ops.drift.state import Declared, State

_FORGOTTEN = frozenset({"draining", "unused"})


def listeners(aws: Aws, state: State) -> Iterator[Finding]:
    """Listeners and rules that were added, changed or taken away."""
    elb = aws("elbv2")
    for balancer in state.of("aws_lb"):
        found = listed(elb, "describe_listeners", "Listeners", LoadBalancerArn=balancer["arn"])
        arns = {listener["ListenerArn"] for listener in found}
        for known in state.of("aws_lb_listener"):
            if known["load_balancer_arn"] == balancer["arn"] and known["arn"] not in arns:
                yield Finding(known.address, "resource", PRESENT, NONE)
        for listener in found:
            known_listener = state.one_by("aws_lb_listener", "arn", listener["ListenerArn"])
            if known_listener is None:
                shown = text({name: listener[name] for name in ("Port", "Protocol") if name in listener})
                yield Finding(balancer.address, f"listener[{listener['Port']}]", NONE, shown)
            else:
                yield from _listener(elb, known_listener, listener, state)


def web_acls(aws: Aws, state: State) -> Iterator[Finding]:
    """Web ACLs of WAF that decide before the load balancer who is answered."""
    for balancer in state.of("aws_lb"):
        found = aws("wafv2").get_web_acl_for_resource(ResourceArn=balancer["arn"]).get("WebACL")
        declared = state.one_by("aws_wafv2_web_acl_association", "resource_arn", balancer["arn"])
        pair = (declared and declared["web_acl_arn"], found and found["ARN"])
        yield from compared(balancer.address, {"web_acl_arn": pair})


def _listener(elb: Any, known: Declared, found: Mapping[str, Any], state: State) -> Iterator[Finding]:
    yield from compared(
        known.address,
        {
            "port": (known["port"], found["Port"]),
            "protocol": (known["protocol"], found["Protocol"]),
            "ssl_policy": (known["ssl_policy"], found.get("SslPolicy") if known["ssl_policy"] else None),
            "default_action": (_wanted(known["default_action"]), _actions(found["DefaultActions"])),
        },
    )
    # One certificate is the listener's own, the others lie beside it for names of their own.
    if known["protocol"] == "HTTPS":
        certificates = {
            one["CertificateArn"]
            for one in listed(elb, "describe_listener_certificates", "Certificates", ListenerArn=known["arn"])
        }
        yield from compared(known.address, {"certificate_arn": ({known["certificate_arn"]}, certificates)})
    rules = listed(elb, "describe_rules", "Rules", ListenerArn=known["arn"])
    by_arn = {rule["RuleArn"]: rule for rule in rules if not rule["IsDefault"]}
    for rule in state.of("aws_lb_listener_rule"):
        if rule["listener_arn"] != known["arn"]:
            continue
        actual = by_arn.pop(rule["arn"], None)
        if actual is None:
            yield Finding(rule.address, "resource", PRESENT, NONE)
        else:
            yield from compared(
                rule.address,
                {
                    "priority": (str(rule["priority"]), actual["Priority"]),
                    "action": (_wanted(rule["action"]), _actions(actual["Actions"])),
                    "condition": (_conditions(rule["condition"]), _actual_conditions(actual["Conditions"])),
                },
            )
    for rule in by_arn.values():
        shown = text({"conditions": rule["Conditions"], "actions": _actions(rule["Actions"])})
        yield Finding(known.address, f"rule[{rule['Priority']}]", NONE, shown)


def targets(aws: Aws, state: State) -> Iterator[Finding]:
    """Targets that are no task of this cluster: somebody has registered them by hand."""
    elb = aws("elbv2")
    before = tasks(aws, state)
    found = [
        (group, one["Target"])
        for group in state.of("aws_lb_target_group")
        for one in elb.describe_target_health(TargetGroupArn=group["arn"])["TargetHealthDescriptions"]
        if one["TargetHealth"]["State"] not in _FORGOTTEN
    ]
    # A task may have come while targets were read.
    ours = addresses([*before, *tasks(aws, state)])
    for group, target in found:
        if target["Id"] not in ours:
            shown = f"{target['Id']}:{target.get('Port', group['port'])}"
            yield Finding(group.address, f"target[{shown}]", "a task of this cluster", shown)


def _wanted(actions: list[dict[str, Any]] | None) -> list[Any]:
    """Actions as the provider has them, in the form of `_actions`."""
    told = []
    for action in actions or []:
        one: dict[str, Any] = {"type": action["type"]}
        groups = [
            (group["arn"], group["weight"])
            for forward in action.get("forward") or []
            for group in forward["target_group"]
        ]
        if not groups and action.get("target_group_arn"):
            groups = [(action["target_group_arn"], 1)]
        one["forward"] = _shares(groups)
        one["redirect"] = [
            {name: redirect.get(name) for name in ("port", "protocol", "status_code")}
            for redirect in action.get("redirect") or []
        ]
        told.append(one)
    return told


def _actions(actions: list[dict[str, Any]]) -> list[Any]:
    told = []
    for action in actions:
        groups = [
            (group["TargetGroupArn"], group.get("Weight", 1))
            for group in action.get("ForwardConfig", {}).get("TargetGroups", [])
        ]
        if not groups and action.get("TargetGroupArn"):
            groups = [(action["TargetGroupArn"], 1)]
        redirect = action.get("RedirectConfig")
        told.append(
            {
                "type": action["Type"],
                "forward": _shares(groups),
                "redirect": []
                if redirect is None
                else [
                    {
                        "port": redirect.get("Port"),
                        "protocol": redirect.get("Protocol"),
                        "status_code": redirect.get("StatusCode"),
                    }
                ],
            }
        )
    return told


def _shares(groups: list[tuple[str, Any]]) -> list[str]:
    """A single group gets everything, whatever its weight is."""
    if len(groups) == 1:
        return [groups[0][0]]
    return [f"{arn}: {int(weight)}" for arn, weight in groups]


def _conditions(conditions: list[dict[str, Any]] | None) -> dict[str, Any]:
    """Values by field of conditions as the provider has them."""
    told: dict[str, Any] = {}
    for condition in conditions or []:
        for field, blocks in condition.items():
            values = [value for block in blocks for value in block.get("values") or [block]] if blocks else []
            if values:
                told[field.replace("_", "-")] = values
    return told


def _actual_conditions(conditions: list[dict[str, Any]]) -> dict[str, Any]:
    told = {}
    for condition in conditions:
        configured = [value["Values"] for name, value in condition.items() if name.endswith("Config")]
        told[condition["Field"]] = configured[0] if configured else condition.get("Values", [])
    return told
