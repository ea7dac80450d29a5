"""Health of targets as the load balancer reported it, and listeners that lose what their protocol has not."""

from typing import Any

from moto.elbv2 import models
from moto.elbv2.exceptions import TargetGroupNotFoundError

from stage.control_plane.extensions.registration import Extension, Gap, in_use, overrides

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


class ELBv2Backend(models.ELBv2Backend):
    """Elastic Load Balancing that knows of a target's health what it was told; moto calls every one healthy.

    Attributes:
        reported_health: By the ARN of the target group and the target.
    """

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.reported_health: dict[str, dict[Target, Health]] = {}

    @overrides
    def describe_target_health(
        self, target_group_arn: str, targets: list[dict[str, Any]] | None
    ) -> list[models.FakeHealthStatus]:
        """Health of the targets that are asked for, or of all that are registered or draining."""
        group = self.target_groups.get(target_group_arn)
        if group is None:
            raise TargetGroupNotFoundError
        registered = [_identity(target, group) for target in list(group.targets.values())]
        reported = self.reported_health.get(target_group_arn, {})
        draining = [
            target
            for target, health in reported.items()
            if health["State"] == "draining" and target not in registered
        ]
        known = dict.fromkeys(registered, _INITIAL) | {
            target: health for target, health in reported.items() if target in [*registered, *draining]
        }
        asked = [_identity(target, group) for target in targets or []]
        return [
            _status(target, known.get(target, _NOT_REGISTERED), group)
            for target in asked or registered + draining
        ]

    @overrides
    def modify_listener(self, arn: str, *arguments: Any, **changes: Any) -> models.FakeListener:
        """Change a listener; one that becomes plain HTTP loses its certificate and its security policy."""
        listener = super().modify_listener(arn, *arguments, **changes)
        if listener.protocol == "HTTP":
            listener.certificate, listener.certificates, listener.ssl_policy = None, [], None
        return listener


def report_target_health(target_group_arn: str, reported: dict[Target, Health]) -> None:
    """Take over the health of all targets of a group, in the words of TargetHealth.

    Raises:
        TargetGroupNotFoundError: There is no such target group.
    """
    for backend in in_use(models.elbv2_backends):
        if target_group_arn in backend.target_groups:
            backend.reported_health[target_group_arn] = reported
            return
    raise TargetGroupNotFoundError


def _identity(target: dict[str, Any], group: Any) -> Target:
    return target["Id"], int(target.get("Port") or group.port)


def _status(target: Target, health: Health, group: Any) -> models.FakeHealthStatus:
    checked = group.health_check_port
    return models.FakeHealthStatus(
        *target,
        health_port=str(target[1] if checked in {None, "traffic-port"} else checked),
        status=health["State"],
        reason=health.get("Reason"),
        description=health.get("Description"),
    )


_PAGE = "https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetHealth.html"
EXTENSION = Extension(
    service="elbv2",
    gaps=(
        Gap(
            "initial_target",
            "A target is healthy as soon as it is registered, although nobody checked.",
            _PAGE,
        ),
        Gap("unused_target", "A target that was never registered is unavailable instead of unused.", _PAGE),
        Gap(
            "listener_without_tls",
            "A listener that becomes plain HTTP keeps its certificate.",
            "https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_ModifyListener.html",
        ),
    ),
    backend=ELBv2Backend,
)
