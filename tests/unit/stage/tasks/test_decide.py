import logging
from types import SimpleNamespace

import pytest
from botocore.exceptions import ClientError

from stage.errors import StageError
from stage.tasks.decide import decide, severity, state_change, stopped_reason
from stage.tasks.model import Launch, LeaveAlone, Stop


@pytest.mark.parametrize(
    ("known", "last_status", "desired_status", "action"),
    [
        (False, "PROVISIONING", "RUNNING", Launch(to_stop=False)),
        (False, "PROVISIONING", "STOPPED", Launch(to_stop=True)),
        (False, "RUNNING", "RUNNING", LeaveAlone()),
        (False, "STOPPED", "STOPPED", LeaveAlone()),
        (True, "PROVISIONING", "RUNNING", LeaveAlone()),
        (True, "RUNNING", "RUNNING", LeaveAlone()),
        (True, "RUNNING", "STOPPED", Stop()),
        (True, "STOPPED", "STOPPED", LeaveAlone()),
    ],
)
def test_a_task_is_launched_once_and_stopped_when_ecs_wants_it(known, last_status, desired_status, action):
    """What runs elsewhere, or has stopped, is left alone."""
    task = SimpleNamespace(last_status=last_status, desired_status=desired_status)

    assert action == decide(task, known=known)


@pytest.mark.parametrize(
    ("status", "told"),
    [
        ("PENDING", "PENDING"),
        ("ACTIVATING", "RUNNING"),
        ("RUNNING", "RUNNING"),
        ("DEACTIVATING", "RUNNING"),
        ("STOPPED", "STOPPED"),
    ],
)
def test_a_container_is_pending_running_or_stopped(status, told):
    """It knows fewer states than its task."""
    assert {"status": status, "containers": [{"containerName": "app", "status": told}]} == state_change(
        status, "app"
    )


def test_a_task_without_a_container_has_a_reason_alone():
    """Its task definition could not be read."""
    assert {"status": "STOPPED", "reason": "lost"} == state_change("STOPPED", None, "lost")


def test_an_exit_code_of_nought_is_told():
    """It says that the container ended in order."""
    (container,) = state_change("STOPPED", "app", exit_code=0)["containers"]

    assert 0 == container["exitCode"]


def refused(code):
    """An answer of AWS with this error code."""
    return ClientError({"Error": {"Code": code}}, "RegisterTargets")


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (StageError("CannotPullContainerError: no image"), "CannotPullContainerError: no image"),
        (OSError("no memory"), "CannotStartContainerError: no memory"),
        (refused("Throttling"), f"ResourceInitializationError: {refused('Throttling')}"),
    ],
)
def test_a_task_that_an_error_ended_says_why_in_ecs_s_words(error, reason):
    """Whoever reads the stopped task finds the step that failed."""
    assert reason == stopped_reason(error)


@pytest.mark.parametrize(
    ("error", "level"),
    [
        (refused("TargetGroupNotFound"), logging.INFO),
        (refused("Throttling"), logging.WARNING),
        (OSError("no"), logging.WARNING),
    ],
)
def test_what_was_destroyed_meanwhile_is_worth_no_warning(error, level):
    """A destroy takes target groups and log groups before the last task has gone."""
    assert level == severity(error)
