"""Alarms of both versions of a service."""

from collections.abc import Collection, Mapping
from typing import Any

from ops.errors import OpsError


def of_deployments(service: Mapping[str, Any]) -> tuple[str, ...]:
    """Names of the alarms that would undo a deployment of an ECS service.

    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentAlarms.html

    Args:
        service: As ECS describes it.
    """
    return tuple(service["deploymentConfiguration"].get("alarms", {}).get("alarmNames", ()))


def on(cloudwatch: Any, names: Collection[str]) -> set[str]:
    """Those of the alarms that are on; one that lacks data is not.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html

    Raises:
        OpsError: There is none of one of the names.
    """
    asked = {"AlarmNames": sorted(set(names)), "AlarmTypes": ["MetricAlarm", "CompositeAlarm"]}
    found = {
        alarm["AlarmName"]: alarm["StateValue"]
        for page in cloudwatch.get_paginator("describe_alarms").paginate(**asked)
        for kind in ("MetricAlarms", "CompositeAlarms")
        for alarm in page.get(kind, [])
    }
    missing = sorted(set(names) - found.keys())
    if missing:
        raise OpsError(f"there is no alarm {', '.join(missing)}: apply first")
    return {name for name, state in found.items() if state == "ALARM"}
