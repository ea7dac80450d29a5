"""Reads every service and its tasks from the API, in few calls."""

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from botocore.exceptions import ClientError

from common.pages import described_services, described_tasks, listed
from stage.control_plane.aws import Aws
from stage.scheduler.model import (
    ALARM_DETECTED,
    Deployment,
    LoadBalancer,
    Service,
    ServiceState,
    Snapshot,
    Target,
    Task,
)

# Clusters and services come and go with Terraform, not within a second.
_DISCOVERY_SECONDS = 1.0
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html
_ALARMS_A_CALL = 100
# What RunTask takes over from the service.
_LAUNCH = ("capacityProviderStrategy", "launchType", "networkConfiguration", "enableExecuteCommand")


@dataclass
class Reader:
    """Reads snapshots; keeps what cannot change: task definitions and stopped tasks."""

    aws: Aws
    _clusters: dict[str, list[str]] = field(default_factory=dict)
    _discovered_at: float = float("-inf")
    _checks_health: dict[str, bool] = field(default_factory=dict)
    _stopped: dict[str, Task] = field(default_factory=dict)

    def read(self) -> Snapshot:
        """Read everything that the scheduler needs for one pass."""
        self._discover()
        services: list[ServiceState] = []
        tasks: list[Task] = []
        known: dict[str, Task] = {}
        for cluster, names in self._clusters.items():
            try:
                own = self._tasks(cluster)
                described = self._services(cluster, names)
            except ClientError as error:
                if error.response["Error"]["Code"] == "ClusterNotFoundException":
                    continue
                raise
            services += [_state(one, cluster, own) for one in described]
            services += _orphans(cluster, own, {one["serviceName"] for one in described})
            tasks += own
            known |= {task.task_arn: task for task in own if task.stopped}
        self._stopped = known
        return Snapshot(self._with_alarms(self._with_targets(services)), tasks)

    def _discover(self) -> None:
        if time.monotonic() < self._discovered_at + _DISCOVERY_SECONDS:
            return
        ecs = self.aws.ecs
        self._clusters = {
            _last(cluster): [
                _last(arn) for arn in listed(ecs, "list_services", "serviceArns", cluster=cluster)
            ]
            for cluster in listed(ecs, "list_clusters", "clusterArns")
        }
        self._discovered_at = time.monotonic()

    def _services(self, cluster: str, names: Sequence[str]) -> list[dict[str, Any]]:
        described = described_services(self.aws.ecs, cluster, names)
        return [service for service in described if service["status"] == "ACTIVE"]

    def _tasks(self, cluster: str) -> list[Task]:
        arns = [
            arn
            for desired in ("RUNNING", "STOPPED")
            for arn in listed(self.aws.ecs, "list_tasks", "taskArns", cluster=cluster, desiredStatus=desired)
        ]
        # A task that goes from one list to the other between the calls is in both.
        arns = list(dict.fromkeys(arns))
        final = [self._stopped[arn] for arn in arns if arn in self._stopped]
        changing = [arn for arn in arns if arn not in self._stopped]
        return final + [
            self._task(task, cluster) for task in described_tasks(self.aws.ecs, cluster, changing)
        ]

    def _task(self, task: dict[str, Any], cluster: str) -> Task:
        kind, _, name = (task.get("group") or "").partition(":")
        network = _network(task)
        return Task(
            task_arn=task["taskArn"],
            cluster=cluster,
            service=name if kind == "service" else "",
            deployment_id=task.get("startedBy") or "",
            last_status=task["lastStatus"],
            desired_status=task["desiredStatus"],
            health_status=task.get("healthStatus") or "UNKNOWN",
            checks_health=self._has_health_check(task["taskDefinitionArn"]),
            address=network.get("privateIPv4Address", ""),
            zone=task.get("availabilityZone") or network.get("subnetId", ""),
            started_at=task.get("startedAt"),
            stop_code=task.get("stopCode") or "",
            stopped_reason=task.get("stoppedReason") or "",
        )

    def _has_health_check(self, task_definition: str) -> bool:
        if task_definition not in self._checks_health:
            answer = self.aws.ecs.describe_task_definition(taskDefinition=task_definition)
            containers = answer["taskDefinition"]["containerDefinitions"]
            self._checks_health[task_definition] = any(
                container.get("healthCheck") for container in containers if container.get("essential", True)
            )
        return self._checks_health[task_definition]

    def _with_alarms(self, services: Sequence[ServiceState]) -> list[ServiceState]:
        """Services with the state and the bake time of their alarms, where a deployment is in progress."""
        names = sorted({name for state in services if state.deploying for name in state.service.alarms})
        if not names:
            return list(services)
        alarms = {
            alarm["AlarmName"]: alarm
            for first in range(0, len(names), _ALARMS_A_CALL)
            for page in self.aws.cloudwatch.get_paginator("describe_alarms").paginate(
                AlarmNames=names[first : first + _ALARMS_A_CALL],
                AlarmTypes=["MetricAlarm", "CompositeAlarm"],
            )
            for kind in ("MetricAlarms", "CompositeAlarms")
            for alarm in page.get(kind, [])
        }
        return [_watched_by(state, alarms) for state in services]

    def _with_targets(self, services: Sequence[ServiceState]) -> list[ServiceState]:
        groups = {lb.target_group_arn for state in services for lb in state.service.load_balancers}
        targets = {key: target for group in sorted(groups) for key, target in self._targets(group)}
        return [
            ServiceState(state.service, state.deployments, state.tasks, targets, state.memory)
            for state in services
        ]

    def _targets(self, group: str) -> Iterator[tuple[tuple[str, str, int], Target]]:
        try:
            answer = self.aws.elbv2.describe_target_health(TargetGroupArn=group)
        except ClientError as error:
            if error.response["Error"]["Code"] != "TargetGroupNotFound":
                raise
            return
        for one in answer["TargetHealthDescriptions"]:
            health = one["TargetHealth"]
            key = (group, one["Target"]["Id"], int(one["Target"]["Port"]))
            yield key, Target(health["State"], health.get("Description", ""))


def _watched_by(state: ServiceState, alarms: Mapping[str, Mapping[str, Any]]) -> ServiceState:
    own = [alarms[name] for name in state.service.alarms if name in alarms]
    return replace(
        state,
        in_alarm=frozenset(alarm["AlarmName"] for alarm in own if alarm["StateValue"] == "ALARM"),
        bake_seconds=max((_evaluation_seconds(alarm) for alarm in own), default=0.0),
    )


def _evaluation_seconds(alarm: Mapping[str, Any]) -> float:
    """AWS seconds that the datapoints cover which an alarm judges; none for a composite alarm."""
    stats = [query["MetricStat"] for query in alarm.get("Metrics") or () if query.get("MetricStat")]
    period = max((int(stat["Period"]) for stat in stats), default=int(alarm.get("Period") or 0))
    return float(period * int(alarm.get("EvaluationPeriods") or 0))


def _state(service: dict[str, Any], cluster: str, tasks: Iterable[Task]) -> ServiceState:
    configuration = service.get("deploymentConfiguration") or {}
    breaker = configuration.get("deploymentCircuitBreaker") or {}
    limit = breaker.get("thresholdConfiguration") or {}
    alarms = configuration.get("alarms") or {}
    return ServiceState(
        Service(
            cluster,
            service["serviceName"],
            service["status"],
            service["desiredCount"],
            grace_period=float(service.get("healthCheckGracePeriodSeconds") or 0),
            minimum_healthy_percent=configuration.get("minimumHealthyPercent", 100),
            maximum_percent=configuration.get("maximumPercent", 200),
            breaker=bool(breaker.get("enable")),
            breaker_threshold=(limit.get("type", "BOUNDED_PERCENT"), int(limit.get("value", 50))),
            reset_on_healthy=breaker.get("resetOnHealthyTask") is not False,
            rollback=bool(breaker.get("rollback")),
            alarms=tuple(alarms.get("alarmNames") or ()) if alarms.get("enable") else (),
            alarm_rollback=bool(alarms.get("rollback")),
            load_balancers=tuple(
                LoadBalancer(lb["targetGroupArn"], int(lb["containerPort"]))
                for lb in service.get("loadBalancers", [])
                if lb.get("targetGroupArn")
            ),
            launch={key: service[key] for key in _LAUNCH if service.get(key)},
        ),
        [
            Deployment(
                deployment["id"],
                deployment["taskDefinition"],
                deployment["status"] == "PRIMARY",
                deployment.get("rolloutState") or "IN_PROGRESS",
                deployment.get("failedTasks") or 0,
                (deployment.get("rolloutStateReason") or "").endswith(ALARM_DETECTED),
            )
            for deployment in service["deployments"]
        ],
        [task for task in tasks if task.service == service["serviceName"]],
        {},
    )


def _orphans(cluster: str, tasks: Sequence[Task], existing: set[str]) -> list[ServiceState]:
    """Services that are gone, for the sake of live tasks that they left behind."""
    gone = sorted({task.service for task in tasks if task.live and task.service} - existing)
    return [
        ServiceState(
            Service(cluster, name, "INACTIVE", 0), [], [task for task in tasks if task.service == name], {}
        )
        for name in gone
    ]


def _network(task: dict[str, Any]) -> dict[str, str]:
    return {
        detail["name"]: detail["value"]
        for attachment in task.get("attachments", [])
        for detail in attachment.get("details", [])
    }


def _last(arn: str) -> str:
    return arn.rsplit("/", 1)[-1]
