"""Health of targets as the load balancer reported it; moto calls every target healthy."""

from functools import cache
from typing import Any

from moto.core.responses import ActionResult
from moto.elbv2.exceptions import TargetGroupNotFoundError
from moto.elbv2.models import elbv2_backends
from moto.elbv2.responses import ELBV2Response

from stage.control_plane.extensions.backend_state import in_use, kept
from stage.control_plane.extensions.patching import replace

Target = tuple[str, int]
Health = dict[str, str]

# https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetHealth.html
_INITIAL: Health = {
    "State": "initial",
    "Reason": "Elb.RegistrationInProgress",
    "Description": "Target registration is in progress",
}
_NOT_REGISTERED: Health = {
    "State": "unused",
    "Reason": "Target.NotRegistered",
    "Description": "Target is not registered to the target group",
}


@cache
def install() -> None:
    """Answer DescribeTargetHealth from what was reported."""
    replace(ELBV2Response, describe_target_health=_describe_target_health)


def report_target_health(target_group_arn: str, reported: dict[Target, Health]) -> None:
    """Take over the health of all targets of a group, in the words of TargetHealth.

    Raises:
        TargetGroupNotFoundError: There is no such target group.
    """
    for backend in in_use(elbv2_backends):
        if target_group_arn in backend.target_groups:
            _reports(backend)[target_group_arn] = reported
            return
    raise TargetGroupNotFoundError


def _describe_target_health(self: ELBV2Response) -> ActionResult:
    arn = self._get_param("TargetGroupArn")
    target_group = self.elbv2_backend.target_groups.get(arn)
    if target_group is None:
        raise TargetGroupNotFoundError
    registered = [_identity(target, target_group) for target in list(target_group.targets.values())]
    reported = _reports(self.elbv2_backend).get(arn, {})
    draining = [
        target
        for target, health in reported.items()
        if health["State"] == "draining" and target not in registered
    ]
    asked = [_identity(target, target_group) for target in self._get_param("Targets") or []]
    return ActionResult(
        {
            "TargetHealthDescriptions": [
                {
                    "Target": {"Id": target[0], "Port": target[1]},
                    "HealthCheckPort": _health_check_port(target, target_group),
                    "TargetHealth": _health(target, reported, registered, draining),
                }
                for target in asked or registered + draining
            ]
        }
    )


def _health(
    target: Target, reported: dict[Target, Health], registered: list[Target], draining: list[Target]
) -> Health:
    if target in registered:
        return reported.get(target, _INITIAL)
    return reported[target] if target in draining else _NOT_REGISTERED


def _identity(target: dict[str, Any], target_group: Any) -> Target:
    return target["Id"], int(target.get("Port") or target_group.port)


def _health_check_port(target: Target, target_group: Any) -> str:
    port = target_group.health_check_port
    return str(target[1]) if port in {None, "traffic-port"} else str(port)


def _reports(backend: Any) -> dict[str, dict[Target, Health]]:
    return kept(backend, "target_health", dict)
