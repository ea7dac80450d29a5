"""Reports of the stage to the emulated AWS, and questions, for facts that AWS has no API for."""

import http.client
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from botocore.exceptions import ClientError, EndpointConnectionError

from common.budget import budget
from stage.control_plane.callers import Refusal, Session

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

    Attributes:
        endpoint_url: Where the emulated AWS answers.
    """

    def __init__(self, endpoint_url: str) -> None:
        self.endpoint_url = endpoint_url
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

    def spot_interruption(self, cluster: str, task_arn: str) -> None:
        """Say that Fargate Spot has taken a task back, which is to stop now."""
        self._post("spot-interruption", {"cluster": cluster, "task_arn": task_arn})

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

    def queue_ages(self, speed: float) -> dict[str, float]:
        """Ask how old the oldest message of each standard queue is, in AWS seconds; 0 if there is none.

        Args:
            speed: AWS seconds a real second.
        """
        ages: dict[str, float] = self._post("queue-ages", {"speed": speed})["ages"]
        return ages

    def toxics(self, service: str, toxics: Sequence[Mapping[str, Any]]) -> None:
        """Say what is wrong with the tasks' calls of a service from now on; nothing heals it.

        Args:
            service: As requests are signed for it: `sqs`, `dynamodb` or `secretsmanager`.
            toxics: `type`, `attributes` and `toxicity` of each, as in `stage.toxics`.
        """
        self._post("toxics", {"service": service, "toxics": [dict(toxic) for toxic in toxics]})

    def calls(self, service: str) -> dict[int, int]:
        """Calls of tasks that a service has had, by second since the Unix epoch."""
        return {int(second): count for second, count in self._post("calls", {})[service].items()}

    def session(self, session: Session) -> None:
        """Say that a key is valid from now on until its session ends."""
        self._post("session", session.facts())

    def end_sessions(self, session_name: str) -> None:
        """Say that a task, by its id, has stopped: none of its keys is valid any more."""
        self._post("end-sessions", {"session_name": session_name})

    def session_of(self, access_key_id: str, token: str) -> Session | Refusal:
        """Ask whose key this is, and whether the session token goes with it."""
        answer = self._post("session-of", {"access_key_id": access_key_id, "token": token})
        if "refused" in answer:
            return Refusal(answer["refused"])
        return Session.read(answer["session"])

    def role_beside(self, role_arn: str, calls_of: str) -> None:
        """Have a role tried on all calls of another; what is decided is recorded, and refuses nothing.

        Args:
            role_arn: ARN of the role that is tried.
            calls_of: ARN of the role that makes the calls.
        """
        self._post("role-beside", {"role_arn": role_arn, "calls_of": calls_of})

    def policies_of(self, arn: str, session: str) -> list[list[str]]:
        """Ask which policies a role or user has, each by kind, name and text.

        Args:
            arn: Its ARN.
            session: Access key of a session that STS has begun, whose own policies count too; "" for none.
        """
        found: list[list[str]] = self._post("policies-of", {"arn": arn, "session": session})["documents"]
        return found

    def policies_on(self, holder: str, account: str) -> dict[str, Any]:
        """Ask which policies, as `documents`, and which `grants` a resource has.

        Args:
            holder: ARN of the resource.
            account: Number of the account that it belongs to.
        """
        return self._post("policies-on", {"holder": holder, "account": account})

    def _post(self, report: str, body: dict[str, Any]) -> dict[str, Any]:
        connection = http.client.HTTPConnection(self._host, self._port, timeout=budget(_TIMEOUT_SECONDS))
        try:
            connection.request(
                "POST", f"/stage/{report}", json.dumps(body), {"Content-Type": "application/json"}
            )
            response = connection.getresponse()
            answer: Any = json.loads(response.read())
        except (OSError, http.client.HTTPException) as error:
            raise EndpointConnectionError(endpoint_url=self.endpoint_url) from error
        finally:
            connection.close()
        if response.status != http.HTTPStatus.OK:
            raise ClientError({"Error": answer}, report)
        found: dict[str, Any] = answer
        return found


def _wire_time(moment: datetime) -> float:
    return moment.astimezone(UTC).timestamp()
