"""Decides what the agent does with a task that ECS describes, and how ECS is told of it; pure."""

import logging
from typing import Any

from botocore.exceptions import ClientError

from stage.errors import StageError
from stage.tasks.model import Action, Launch, LeaveAlone, ObservedTask, Stop


def decide(task: ObservedTask, *, known: bool) -> Action:
    """Decide what brings a task to the state that ECS wants it in.

    Args:
        task: The task as ECS describes it, maybe a moment ago.
        known: Whether it was launched here before.
    """
    match (known, task.last_status, task.desired_status):
        case (_, "STOPPED", _):
            return LeaveAlone()
        case (True, _, "STOPPED"):
            return Stop()
        case (False, _, "STOPPED"):
            return Launch(to_stop=True)
        case (False, "PROVISIONING", _):
            return Launch(to_stop=False)
        case _:
            return LeaveAlone()


def state_change(
    status: str,
    container: str | None,
    reason: str = "",
    exit_code: int | None = None,
    container_reason: str = "",
) -> dict[str, Any]:
    """The change of a task's state as its container agent submits it.

    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_SubmitTaskStateChange.html

    Args:
        status: The task's state from now on.
        container: Name of its container; None if its task definition could not be read.
        reason: The task's `stoppedReason`; empty for none.
        exit_code: The container's, once it has ended.
        container_reason: Why the container ended, where ECS has a word for it; empty for none.
    """
    change: dict[str, Any] = {"status": status}
    if reason:
        change["reason"] = reason
    if container is not None:
        told: dict[str, Any] = {
            "containerName": container,
            "status": status if status in {"PENDING", "STOPPED"} else "RUNNING",
        }
        if exit_code is not None:
            told["exitCode"] = exit_code
        if container_reason:
            told["reason"] = container_reason
        change["containers"] = [told]
    return change


def stopped_reason(error: Exception) -> str:
    """The `stoppedReason` of a task that an error ended, in ECS's words.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html
    """
    match error:
        case StageError():
            return str(error)
        case OSError():
            return f"CannotStartContainerError: {error}"
        case _:
            return f"ResourceInitializationError: {error}"


def severity(error: Exception) -> int:
    """Log level for a call that failed while a task was on its way out.

    When a whole configuration is destroyed, clusters, target groups and log groups may go before the
    last task has; that is worth no warning.
    """
    if isinstance(error, ClientError) and "NotFound" in error.response["Error"]["Code"]:
        return logging.INFO
    return logging.WARNING
