import threading

import pytest

from stage.clock import Clock
from stage.scheduler import loop
from stage.scheduler.loop import Scheduler
from tests.waiting import eventually

from .conftest import create_service, define_task, put_alarm, report, run_task


class WatchingAgent:
    """Remembers what it was shown."""

    def __init__(self):
        self.observed = []

    def observe(self, task):
        """Keep a task's id and state."""
        self.observed.append((task.task_arn, task.last_status, task.desired_status))


@pytest.fixture
def agent():
    """An agent that runs nothing."""
    return WatchingAgent()


@pytest.fixture
def scheduler(aws, reporter, agent):
    """A scheduler that passes when told to, or when started."""
    scheduler = Scheduler(aws, reporter, Clock(), agent)
    yield scheduler
    scheduler.close()


def placed(aws, service="api"):
    """ARNs of the tasks that are meant to run."""
    return aws.ecs.list_tasks(cluster="c", serviceName=service)["taskArns"]


def test_a_pass_starts_what_is_missing(aws, scheduler):
    """A new service of two has two tasks after one pass, and no more after another."""
    define_task(aws)
    create_service(aws)

    scheduler.reconcile()
    assert 2 == len(placed(aws))
    scheduler.reconcile()

    assert 2 == len(placed(aws))


def test_every_task_is_shown_to_the_agent(aws, scheduler, agent):
    """New ones to launch, and those to stop."""
    define_task(aws)
    arn = run_task(aws, "family:api")
    scheduler.reconcile()
    aws.ecs.stop_task(cluster="c", task=arn, reason="enough")
    scheduler.reconcile()

    assert agent.observed == [(arn, "PROVISIONING", "RUNNING"), (arn, "PROVISIONING", "STOPPED")]


def test_a_task_without_its_service_is_stopped(aws, scheduler):
    """What a deleted service left behind does not go on."""
    define_task(aws)
    arn = run_task(aws, "service:gone")

    scheduler.reconcile()

    (task,) = aws.ecs.describe_tasks(cluster="c", tasks=[arn])["tasks"]
    assert "STOPPED" == task["desiredStatus"]


def test_failed_tasks_trip_the_circuit_breaker(aws, scheduler, reporter):
    """Three tasks that end before they were healthy fail the deployment."""
    define_task(aws)
    deployment = create_service(aws)["deployments"][0]["id"]
    for _ in range(3):
        report(aws, run_task(aws, deployment_id=deployment), "STOPPED")

    scheduler.reconcile()

    (rollout,) = reporter.rollouts
    assert rollout == (
        "c",
        "api",
        deployment,
        "FAILED",
        "ECS deployment circuit breaker: tasks failed to start.",
        3,
    )
    assert [] == placed(aws)


def test_an_alarm_that_goes_off_fails_a_deployment(aws, scheduler, reporter):
    """It was quiet as the deployment began, and CloudWatch is asked in every pass."""
    define_task(aws)
    alarms = {"alarmNames": ["errors"], "enable": True, "rollback": True}
    deployment = create_service(aws, deploymentConfiguration={"alarms": alarms})["deployments"][0]["id"]
    put_alarm(aws, "errors", "OK")
    scheduler.reconcile()
    quiet = list(reporter.rollouts)
    put_alarm(aws, "errors", "ALARM")
    scheduler.reconcile()

    assert [] == quiet
    assert [
        ("c", "api", deployment, "FAILED", "ECS deployment alarms: alarm detected.", 0)
    ] == reporter.rollouts


def test_an_event_is_told_once_while_it_holds(aws, scheduler, reporter):
    """A service that stays at zero reaches its steady state once, and again after it was left."""
    define_task(aws)
    create_service(aws, desiredCount=0)
    steady = ("api", "(service api) has reached a steady state.")

    scheduler.reconcile()
    scheduler.reconcile()
    assert 1 == reporter.events.count(steady)
    aws.ecs.update_service(cluster="c", service="api", desiredCount=1)
    scheduler.reconcile()
    aws.ecs.update_service(cluster="c", service="api", desiredCount=0)
    scheduler.reconcile()
    scheduler.reconcile()

    assert 2 == reporter.events.count(steady)


def test_one_service_in_trouble_does_not_stop_another(aws, scheduler, caplog):
    """What fails is logged, and the next service gets its tasks."""
    define_task(aws)
    create_service(aws, "broken", launchType="EC2")
    create_service(aws, "sound")

    scheduler.reconcile()

    assert "broken" in caplog.text
    assert 2 == len(placed(aws, "sound"))


def test_the_thread_outlives_a_failed_pass(aws, scheduler, agent, monkeypatch, caplog):
    """A pass that fails is logged, and a later one places the tasks."""
    define_task(aws)
    create_service(aws)
    listing = aws.ecs.get_paginator
    failures = iter([RuntimeError("no answer")])

    def fail_once(operation):
        for failure in failures:
            raise failure
        return listing(operation)

    monkeypatch.setattr(aws.ecs, "get_paginator", fail_once)

    scheduler.start()

    eventually(lambda: agent.observed)
    assert "no answer" in caplog.text


def test_wake_starts_a_pass_at_once(aws, scheduler, agent, monkeypatch):
    """Without it the next pass would come only after the wait."""
    monkeypatch.setattr(loop, "_PASS_AWS_SECONDS", 3600)
    monkeypatch.setattr(loop, "_MAX_PASS_SECONDS", 3600)
    define_task(aws)
    first = run_task(aws, "family:api")
    scheduler.start()
    eventually(lambda: agent.observed)
    second = run_task(aws, "family:api")

    scheduler.wake()

    eventually(lambda: {first, second} <= {arn for arn, *_ in agent.observed})


def test_close_ends_the_thread(scheduler):
    """After it nothing is started or stopped any more."""
    scheduler.start()

    scheduler.close()

    assert "scheduler" not in {thread.name for thread in threading.enumerate()}
