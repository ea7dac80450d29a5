import pytest
from botocore.exceptions import ClientError

from stage.clock import Clock
from stage.scheduler.model import Event, Memory, ReportRollout, RollBack, StartTasks, StopTask
from stage.scheduler.perform import Performer
from stage.scheduler.read import Reader

from .conftest import create_service, define_task, run_task


@pytest.fixture
def service(aws):
    """A service that exists, as it was read."""
    define_task(aws)
    create_service(aws)
    return Reader(aws).read().services[0].service


@pytest.fixture
def performer(aws, reporter):
    """Carries actions out."""
    return Performer(aws, reporter, Clock())


def test_started_tasks_belong_to_service_and_deployment(aws, service, performer, reporter):
    """They are placed in the service's subnets and announced in ECS's words."""
    performer.perform(service, StartTasks("ecs-svc/7", "api:1", 2), Memory())

    arns = aws.ecs.list_tasks(cluster="c", serviceName="api", startedBy="ecs-svc/7")["taskArns"]
    first, second = (arn.rsplit("/", 1)[-1] for arn in arns)
    assert reporter.events == [("api", f"(service api) has started 2 tasks: (task {first}) (task {second}).")]


def test_more_tasks_than_one_call_allows_are_started(aws, service, performer):
    """RunTask places at most ten."""
    performer.perform(service, StartTasks("ecs-svc/7", "api:1", 13), Memory())

    assert 13 == len(aws.ecs.list_tasks(cluster="c")["taskArns"])


def test_a_capacity_provider_strategy_replaces_the_launch_type(aws, performer):
    """RunTask refuses both at once."""
    define_task(aws)
    strategy = [{"capacityProvider": "FARGATE", "weight": 1}]
    create_service(aws, launchType="FARGATE", capacityProviderStrategy=strategy)
    service = Reader(aws).read().services[0].service

    performer.perform(service, StartTasks("ecs-svc/7", "api:1", 1), Memory())

    arns = aws.ecs.list_tasks(cluster="c")["taskArns"]
    (task,) = aws.ecs.describe_tasks(cluster="c", tasks=arns)["tasks"]
    assert "FARGATE" == task["capacityProviderName"]


def test_a_stopped_task_keeps_the_reason(aws, service, performer, reporter):
    """The task is meant to stop, for the reason given."""
    arn = run_task(aws)

    performer.perform(service, StopTask(arn, "Scaling activity initiated by (deployment x)"), Memory())

    (task,) = aws.ecs.describe_tasks(cluster="c", tasks=[arn])["tasks"]
    assert "STOPPED" == task["desiredStatus"]
    assert "Scaling activity initiated by (deployment x)" == task["stoppedReason"]
    task_id = arn.rsplit("/", 1)[-1]
    assert reporter.events == [("api", f"(service api) has stopped 1 running tasks: (task {task_id}).")]


def test_a_rollback_deploys_the_task_definition_again(aws, service, performer):
    """A new deployment appears, even of the same task definition, and the way back is used up."""
    before = aws.ecs.describe_services(cluster="c", services=["api"])["services"][0]
    completed = before["deployments"][0]

    memory = performer.perform(service, RollBack(completed["id"], completed["taskDefinition"]), Memory())

    after = aws.ecs.describe_services(cluster="c", services=["api"])["services"][0]
    assert after["deployments"][0]["id"] != completed["id"]
    assert after["taskDefinition"] == before["taskDefinition"]
    assert memory.ineligible == completed["id"]


def test_a_rollout_is_reported(service, performer, reporter):
    """State, reason and failed tasks go where DescribeServices takes them from."""
    performer.perform(service, ReportRollout("ecs-svc/7", "COMPLETED", "done", 0), Memory())

    assert [("c", "api", "ecs-svc/7", "COMPLETED", "done", 0)] == reporter.rollouts


def test_an_event_of_a_service_that_is_gone_is_dropped(service, performer, reporter, monkeypatch):
    """Its tasks must be stopped all the same."""

    def refuse(*_):
        raise ClientError({"Error": {"Code": "ServiceNotFoundException"}}, "service-event")

    monkeypatch.setattr(reporter, "service_event", refuse)

    assert Memory() == performer.perform(service, Event("hello"), Memory())
