"""Registrations of a task: its target groups and its Cloud Map services."""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from stage.control_plane.aws import Aws
from stage.tasks.decide import severity
from stage.tasks.model import Location

_LOG = logging.getLogger(__name__)
# https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html
_DELAY_ATTRIBUTE = "deregistration_delay.timeout_seconds"
_DEFAULT_DELAY_SECONDS = 300


class Attachments:
    """Registers one task as its service declares, and takes it out again."""

    def __init__(self, aws: Aws, service: Mapping[str, Any], location: Location) -> None:
        """Read what to register.

        Args:
            aws: Where to register.
            service: The service as DescribeServices returns it; empty for a task without service.
            location: The task.
        """
        self._aws = aws
        self._location = location
        self._service_name = str(service.get("serviceName", ""))
        self._targets = [
            (str(one["targetGroupArn"]), {"Id": location.address, "Port": int(one["containerPort"])})
            for one in service.get("loadBalancers", [])
            if one.get("targetGroupArn")
        ]
        self._registries = [
            (
                str(one["registryArn"]).rpartition("/")[2],
                str(one.get("port") or one.get("containerPort") or ""),
            )
            for one in service.get("serviceRegistries", [])
        ]

    @property
    def load_balanced(self) -> bool:
        """Whether the task belongs in a target group."""
        return bool(self._targets)

    def register(self) -> None:
        """Make the task known everywhere.

        Raises:
            ClientError: A target group or Cloud Map service does not exist.
        """
        for arn, target in self._targets:
            self._aws.elbv2.register_targets(TargetGroupArn=arn, Targets=[target])
        for service_id, port in self._registries:
            self._aws.servicediscovery.register_instance(
                ServiceId=service_id,
                InstanceId=self._location.task_id,
                Attributes=self._instance_attributes(port),
            )

    def deregister(self) -> None:
        """Take the task out everywhere; what has been destroyed meanwhile does not matter."""
        for arn, target in self._targets:
            with _tolerated():
                self._aws.elbv2.deregister_targets(TargetGroupArn=arn, Targets=[target])
        for service_id, _port in self._registries:
            with _tolerated():
                self._aws.servicediscovery.deregister_instance(
                    ServiceId=service_id, InstanceId=self._location.task_id
                )

    def deregistration_delay(self) -> float:
        """AWS seconds until the last target group lets the task go; 0 outside of target groups."""
        delays = [0.0]
        for arn, _target in self._targets:
            with _tolerated():
                delays.append(self._delay(arn))
        return max(delays)

    def healthy(self) -> bool:
        """Whether every target group finds the task healthy."""
        return all(self._is_healthy(arn, target) for arn, target in self._targets)

    def _delay(self, arn: str) -> float:
        answer = self._aws.elbv2.describe_target_group_attributes(TargetGroupArn=arn)
        attributes = {one["Key"]: one["Value"] for one in answer["Attributes"]}
        return float(attributes.get(_DELAY_ATTRIBUTE, _DEFAULT_DELAY_SECONDS))

    def _is_healthy(self, arn: str, target: Mapping[str, Any]) -> bool:
        answer = self._aws.elbv2.describe_target_health(TargetGroupArn=arn, Targets=[target])
        return any(
            one["Target"]["Id"] == target["Id"]
            and one["Target"]["Port"] == target["Port"]
            and one["TargetHealth"]["State"] == "healthy"
            for one in answer["TargetHealthDescriptions"]
        )

    def _instance_attributes(self, port: str) -> dict[str, str]:
        """Attributes of a Cloud Map instance, as ECS sets them.

        https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-discovery.html
        """
        attributes = {
            "AWS_INSTANCE_IPV4": self._location.address,
            "AWS_INSTANCE_PORT": port,
            "AVAILABILITY_ZONE": self._location.availability_zone,
            "ECS_CLUSTER_NAME": self._location.cluster,
            "ECS_SERVICE_NAME": self._service_name,
            "ECS_TASK_DEFINITION_FAMILY": self._location.family,
        }
        return {name: value for name, value in attributes.items() if value}


@contextmanager
def _tolerated() -> Iterator[None]:
    try:
        yield
    except (ClientError, BotoCoreError) as error:
        _LOG.log(severity(error), "a task on its way out: %s", error)
