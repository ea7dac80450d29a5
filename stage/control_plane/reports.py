"""Reports of the stage to the emulated AWS, for facts that AWS has no API to be told of."""

import http.client
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from botocore.exceptions import ClientError, EndpointConnectionError

from stage.host.budget import budget

_TIMEOUT_SECONDS = 30


@dataclass(frozen=True)
class TargetHealth:
    """Health of one target, in the words of DescribeTargetHealth.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetHealth.html

    Attributes:
        state: `initial`, `healthy`, `unhealthy`, `draining` or `unused`.
        reason: A reason code such as `Target.Timeout`; empty when healthy.
        description: The reason in words.
    """

    state: str
    reason: str = ""
    description: str = ""


class Reporter:
    """Tells the emulated AWS what AWS would have found out by itself.

    Every method raises what a boto3 call would: botocore's `ClientError` when the thing that is
    reported on does not exist (any more), `EndpointConnectionError` when nobody answers.
    """

    def __init__(self, endpoint_url: str) -> None:
        self._endpoint_url = endpoint_url
        address = urlsplit(endpoint_url)
        self._host, self._port = address.hostname or "", address.port or 80

    def target_health(self, target_group_arn: str, targets: Mapping[tuple[str, int], TargetHealth]) -> None:
        """Say how all targets of a target group are, by address and port.

        What an earlier report said of the group is forgotten. A registered target that is not
        reported is `initial`; one that is not registered is only listed if it is `draining`.
        """
        self._post(
            "target-health",
            {
                "target_group_arn": target_group_arn,
                "targets": [
                    {"address": address, "port": port, **asdict(health)}
                    for (address, port), health in targets.items()
                ],
            },
        )

    def task_health(self, cluster: str, task_arn: str, status: str) -> None:
        """Say what a task's container health check found: HEALTHY, UNHEALTHY or UNKNOWN."""
        self._post("task-health", {"cluster": cluster, "task_arn": task_arn, "status": status})

    def rollout(  # noqa: PLR0913, PLR0917 - a report is flat, as the API's own requests are
        self, cluster: str, service: str, deployment_id: str, state: str, reason: str, failed_tasks: int
    ) -> None:
        """Say how far a deployment is: IN_PROGRESS, COMPLETED or FAILED, and why."""
        self._post(
            "rollout",
            {
                "cluster": cluster,
                "service": service,
                "deployment_id": deployment_id,
                "state": state,
                "reason": reason,
                "failed_tasks": failed_tasks,
            },
        )

    def service_event(self, cluster: str, service: str, message: str, at: datetime) -> None:
        """Add an event to a service, at an AWS time; the newest 100 are kept."""
        self._post(
            "service-event",
            {"cluster": cluster, "service": service, "message": message, "at": _wire_time(at)},
        )

    def scaling_activity(self, activity: Mapping[str, Any]) -> None:
        """Record a scaling activity, or replace the one with the same `ActivityId`.

        Keys are those of DescribeScalingActivities, times are `datetime`:
        https://docs.aws.amazon.com/autoscaling/application/APIReference/API_ScalingActivity.html
        """
        self._post(
            "scaling-activity",
            {
                key: _wire_time(value) if isinstance(value, datetime) else value
                for key, value in activity.items()
            },
        )

    def _post(self, report: str, body: dict[str, Any]) -> None:
        connection = http.client.HTTPConnection(self._host, self._port, timeout=budget(_TIMEOUT_SECONDS))
        try:
            connection.request(
                "POST", f"/stage/{report}", json.dumps(body), {"Content-Type": "application/json"}
            )
            response = connection.getresponse()
            answer = json.loads(response.read())
        except (OSError, http.client.HTTPException) as error:
            raise EndpointConnectionError(endpoint_url=self._endpoint_url) from error
        finally:
            connection.close()
        if response.status != http.HTTPStatus.OK:
            raise ClientError({"Error": answer}, report)


def _wire_time(moment: datetime) -> float:
    return moment.astimezone(UTC).timestamp()
