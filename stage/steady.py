"""Waits for the declared services to run as declared."""

from collections.abc import Callable, Mapping
from operator import itemgetter
from typing import Any

from tenacity import RetryError, Retrying, retry_if_result, stop_after_delay, wait_fixed

from common.pages import described_services, described_tasks, listed
from stage.errors import StageError

_STEADY = "has reached a steady state."


def wait_until_steady(ecs: Any, cluster: str, budget_seconds: float, say: Callable[[str], None]) -> None:
    """Wait for what `aws ecs wait services-stable` waits for, and for healthy targets.

    Args:
        ecs: boto3 client.
        cluster: Name of the cluster.
        budget_seconds: Real seconds that all its services get together.
        say: Called with what is still missing, whenever that is something else.

    Raises:
        StageError: A service is not steady in time; its newest event tells why.
    """
    told = ""

    def unsteady() -> list[str]:
        nonlocal told
        found = _unsteady(ecs, cluster)
        # An event is a sentence of its own, for whoever is left with it in the end.
        missing = "; ".join(one.partition(" (")[0] for one in found)
        if missing and missing != told:
            say(missing)
        told = missing
        return found

    waiting = Retrying(
        retry=retry_if_result(lambda found: found != []),
        stop=stop_after_delay(budget_seconds),
        wait=wait_fixed(0.5),
    )
    try:
        waiting(unsteady)
    except RetryError as error:
        stuck = error.last_attempt.result()
        raise _in_vain(ecs, cluster, f"not steady after {budget_seconds:.0f} s", stuck) from None


def require_hope(ecs: Any, cluster: str, waited_seconds: float, budget_seconds: float) -> None:
    """Raise an error if waiting any longer for the services to become steady is in vain.

    Args:
        ecs: boto3 client.
        cluster: Name of the cluster.
        waited_seconds: Real seconds since somebody began to wait for one of its services.
        budget_seconds: Real seconds that a service gets.

    Raises:
        StageError: ECS has given up a first deployment, or the time is over; with the reason.
    """
    stuck = _unsteady(ecs, cluster)
    if any(service["deployments"][0]["rolloutState"] == "FAILED" for service in _services(ecs, cluster)):
        raise _in_vain(ecs, cluster, "a deployment failed", stuck)
    if stuck and waited_seconds >= budget_seconds:
        raise _in_vain(ecs, cluster, f"not steady after {budget_seconds:.0f} s", stuck)


def _in_vain(ecs: Any, cluster: str, summary: str, stuck: list[str]) -> StageError:
    return StageError(f"{summary}: {'; '.join(stuck)}{_last_words(ecs, cluster)}")


def _services(ecs: Any, cluster: str) -> list[dict[str, Any]]:
    return described_services(ecs, cluster, listed(ecs, "list_services", "serviceArns", cluster=cluster))


def _unsteady(ecs: Any, cluster: str) -> list[str]:
    services = _services(ecs, cluster)
    if not services:
        return [f"cluster {cluster} has no service"]
    return [
        f"{service['serviceName']} runs {service['runningCount']} of {service['desiredCount']} tasks"
        + "".join(f" ({event['message']})" for event in service["events"][:1])
        for service in services
        if not _is_steady(service)
    ]


def _is_steady(service: Mapping[str, Any]) -> bool:
    """Whether all tasks of its newest deployment run and are healthy, and no others do.

    ECS tells that in an event. Alarms watch a deployment for minutes more before it counts as completed.
    """
    newest = service["deployments"][0]
    if newest["rolloutState"] == "IN_PROGRESS":
        told = [event["message"] for event in service["events"] if event["createdAt"] >= newest["createdAt"]]
        runs = service["runningCount"] == service["desiredCount"] and len(service["deployments"]) == 1
        return runs and any(message.endswith(_STEADY) for message in told)
    return bool(newest["rolloutState"] == "COMPLETED")


def _last_words(ecs: Any, cluster: str) -> str:
    """Why the task that stopped last did so; events tell that tasks stop, not why."""
    arns = listed(ecs, "list_tasks", "taskArns", cluster=cluster, desiredStatus="STOPPED")
    stopped = described_tasks(ecs, cluster, arns)
    told = [task for task in stopped if "stoppedAt" in task and task.get("stoppedReason")]
    newest = max(told, key=itemgetter("stoppedAt"), default=None)
    return f"; the last task stopped with: {newest['stoppedReason']}" if newest else ""
