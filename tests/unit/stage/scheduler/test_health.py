from datetime import timedelta

import pytest

from stage.scheduler.health import Health, judge
from stage.scheduler.model import LoadBalancer, Target

from .conftest import NOW, a_state, a_task, pace

GROUP = "arn:targetgroup/api"
BALANCED = {"load_balancers": (LoadBalancer(GROUP, 8080),)}
ADDRESS = "10.20.1.17"


def health(task, target=None, **service):
    """How a task is judged, given what the target group thinks of it."""
    targets = {(GROUP, ADDRESS, 8080): target} if target else {}
    return judge(a_state(targets=targets, **service), task, NOW, pace)


CONTAINER = [
    ("HEALTHY", Health.HEALTHY),
    ("UNHEALTHY", Health.UNHEALTHY),
    ("UNKNOWN", Health.STARTING),
]


@pytest.mark.parametrize(("status", "expected"), CONTAINER)
def test_a_container_health_check_decides(status, expected):
    """Without a load balancer the container's own check is all there is."""
    assert health(a_task("a", health_status=status)).health is expected


TARGETS = [
    ("healthy", Health.HEALTHY),
    ("unhealthy", Health.UNHEALTHY),
    ("initial", Health.STARTING),
    ("draining", Health.STARTING),
    ("unused", Health.STARTING),
]


@pytest.mark.parametrize(("state", "expected"), TARGETS)
def test_the_target_group_decides(state, expected):
    """Behind a load balancer a task counts once the target group says healthy."""
    task = a_task("a", checks_health=False, address=ADDRESS)

    assert health(task, Target(state), **BALANCED).health is expected


def test_a_target_that_is_not_registered_yet_is_starting():
    """Between RUNNING and its registration a task counts neither way."""
    task = a_task("a", checks_health=False, address=ADDRESS)

    assert health(task, None, **BALANCED).health is Health.STARTING


@pytest.mark.parametrize(
    ("container", "target", "expected"),
    [
        ("HEALTHY", "healthy", Health.HEALTHY),
        ("UNKNOWN", "healthy", Health.STARTING),
        ("HEALTHY", "initial", Health.STARTING),
        ("UNHEALTHY", "healthy", Health.UNHEALTHY),
        ("HEALTHY", "unhealthy", Health.UNHEALTHY),
    ],
)
def test_container_and_target_group_must_both_agree(container, target, expected):
    """With both checks a task is healthy only when both say so."""
    task = a_task("a", health_status=container, address=ADDRESS)

    assert health(task, Target(target), **BALANCED).health is expected


@pytest.mark.parametrize(("age", "expected"), [(59, Health.STARTING), (60, Health.UNHEALTHY)])
def test_failed_checks_are_ignored_in_the_grace_period(age, expected):
    """Sixty real seconds after its start a task answers for its health."""
    started = NOW - timedelta(seconds=age)
    task = a_task("a", checks_health=False, address=ADDRESS, started_at=started)

    assert health(task, Target("unhealthy"), grace_period=60, **BALANCED).health is expected


def test_the_grace_period_does_not_delay_a_healthy_task():
    """A check that passes counts from the first moment."""
    task = a_task("a", started_at=NOW)

    assert health(task, grace_period=60).health is Health.HEALTHY


@pytest.mark.parametrize(("aws_seconds", "expected"), [(39, Health.STARTING), (40, Health.HEALTHY)])
def test_an_unchecked_task_counts_after_forty_seconds(aws_seconds, expected):
    """With neither check, a task has to run for 40 AWS seconds."""
    task = a_task("a", checks_health=False, started_at=NOW - timedelta(seconds=pace(aws_seconds)))

    assert health(task).health is expected


@pytest.mark.parametrize("status", ["PROVISIONING", "PENDING", "ACTIVATING"])
def test_a_task_that_does_not_run_yet_is_starting(status):
    """Nothing is held against a task before it runs."""
    assert health(a_task("a", last_status=status, started_at=None)).health is Health.STARTING


def test_reasons_and_events_read_as_on_aws():
    """Who looks at the stopped task or the events finds the target group and the cause."""
    task = a_task("a", checks_health=False, address=ADDRESS)

    judged = health(task, Target("unhealthy", "Request timed out"), **BALANCED)

    assert judged.reason == f"Task failed ELB health checks in (target-group {GROUP})"
    assert judged.event == (
        f"(service api) (task a) (port 8080) is unhealthy in (target-group {GROUP}) "
        "due to (reason Request timed out)."
    )
