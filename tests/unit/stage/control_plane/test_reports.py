from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from stage.control_plane.callers import Caller, Kind, Refusal, Session
from stage.control_plane.reports import Reporter

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


@pytest.fixture
def ecs(client):
    """ECS with a service and one task of it."""
    return client("ecs")


@pytest.fixture
def service(ecs):
    """The service, as it was created."""
    ecs.create_cluster(clusterName="main")
    ecs.register_task_definition(
        family="api",
        networkMode="awsvpc",
        requiresCompatibilities=["FARGATE"],
        containerDefinitions=[{"name": "api", "image": "api", "memory": 1}],
    )
    return ecs.create_service(cluster="main", serviceName="api", taskDefinition="api", desiredCount=1)[
        "service"
    ]


def described(ecs):
    """Describe the service."""
    return ecs.describe_services(cluster="main", services=["api"])["services"][0]


def test_a_rollout_is_shown_by_its_deployment(ecs, service, reporter):
    """State, reason and failed tasks are those last reported."""
    reporter.rollout("main", "api", service["deployments"][0]["id"], "FAILED", "circuit breaker", 3)

    (deployment,) = described(ecs)["deployments"]
    assert ("FAILED", "circuit breaker", 3) == (
        deployment["rolloutState"],
        deployment["rolloutStateReason"],
        deployment["failedTasks"],
    )


def test_cluster_and_service_may_be_named_by_their_arns(ecs, service, reporter):
    """A report takes the same names as the API."""
    reporter.rollout(
        service["clusterArn"], service["serviceArn"], service["deployments"][0]["id"], "COMPLETED", "done", 0
    )

    assert "COMPLETED" == described(ecs)["deployments"][0]["rolloutState"]


@pytest.mark.usefixtures("service")
def test_events_are_newest_first_and_at_most_a_hundred(ecs, reporter):
    """The time of an event is the one that was reported."""
    for number in range(101):
        reporter.service_event("main", "api", f"event {number}", NOON + timedelta(minutes=number))

    events = described(ecs)["events"]
    assert 100 == len(events)
    assert ("event 100", "event 1") == (events[0]["message"], events[-1]["message"])
    assert NOON + timedelta(minutes=100) == events[0]["createdAt"]


@pytest.fixture
def task(ecs, client, service):
    """ARN of a task that is to run."""
    ec2 = client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.20.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.20.1.0/24")["Subnet"]["SubnetId"]
    started = ecs.run_task(
        cluster="main",
        taskDefinition="api",
        launchType="FARGATE",
        networkConfiguration={"awsvpcConfiguration": {"subnets": [subnet]}},
    )["tasks"]
    return started[0]["taskArn"]


def test_a_task_that_spot_takes_back_is_to_stop_and_says_why(ecs, task, reporter):
    """In ECS's own words: whoever reads the event acts on the stop code."""
    reporter.spot_interruption("main", task)

    (shown,) = ecs.describe_tasks(cluster="main", tasks=[task])["tasks"]
    assert ("STOPPED", "SpotInterruption", "Your Spot Task was interrupted.") == (
        shown["desiredStatus"],
        shown["stopCode"],
        shown["stoppedReason"],
    )


def test_the_health_of_a_task_is_that_of_its_containers(ecs, task, reporter):
    """What a container health check found is shown by DescribeTasks."""
    reporter.task_health("main", task, "UNHEALTHY")

    (shown,) = ecs.describe_tasks(cluster="main", tasks=[task])["tasks"]
    assert "UNHEALTHY" == shown["healthStatus"] == shown["containers"][0]["healthStatus"]


@pytest.mark.usefixtures("service")
@pytest.mark.parametrize(
    ("report", "code"),
    [
        (lambda to: to.rollout("other", "api", "ecs-svc/1", "COMPLETED", "", 0), "ClusterNotFoundException"),
        (lambda to: to.rollout("main", "other", "ecs-svc/1", "COMPLETED", "", 0), "ServiceNotFoundException"),
        (lambda to: to.rollout("main", "api", "ecs-svc/1", "COMPLETED", "", 0), "InvalidParameterException"),
        (lambda to: to.service_event("main", "other", "gone", NOON), "ServiceNotFoundException"),
        (lambda to: to.task_health("main", "0" * 32, "HEALTHY"), "InvalidParameterException"),
        (lambda to: to.spot_interruption("main", "0" * 32), "InvalidParameterException"),
    ],
)
def test_a_report_on_what_does_not_exist_fails_as_the_api_would(reporter, report, code):
    """The error has AWS's own code."""
    with pytest.raises(ClientError) as refused:
        report(reporter)

    assert code == refused.value.response["Error"]["Code"]


def test_queues_are_asked_how_old_their_oldest_messages_are(client, reporter):
    """Each standard queue by its name; there is no API that tells it."""
    sqs = client("sqs")
    url = sqs.create_queue(QueueName="mail")["QueueUrl"]
    sqs.create_queue(QueueName="empty")
    sqs.create_queue(QueueName="one-by-one.fifo", Attributes={"FifoQueue": "true"})
    sqs.send_message(QueueUrl=url, MessageBody="hello")

    ages = reporter.queue_ages(1_000_000.0)

    assert {"mail", "empty"} == set(ages)
    assert ages["mail"] > ages["empty"] == 0.0


def test_a_defect_of_the_control_plane_tells_its_caller_where_it_lies(monkeypatch, reporter):
    """The traceback comes back with the error, as nobody reads the server's own output."""
    monkeypatch.setattr("stage.control_plane.report_routes._service", lambda told: told["cluster"].services)

    with pytest.raises(ClientError, match="'str' object has no attribute 'services'") as refused:
        reporter.rollout("main", "api", "ecs-svc/1", "COMPLETED", "", 0)

    assert "InternalFailure" == refused.value.response["Error"]["Code"]


def test_a_report_to_nobody_fails_as_boto3_would():
    """A control plane that is gone is a connection error."""
    with pytest.raises(EndpointConnectionError):
        Reporter("http://127.0.0.1:9").service_event("main", "api", "hello", NOON)


@pytest.fixture
def session():
    """A session of a task."""
    caller = Caller(Kind.TASK, "ASIAEXAMPLEEXAMPLE22", "arn:aws:iam::123456789012:role/api", "0a1b")
    return Session(caller, "token", 4_000_000_000.0)


def test_a_session_is_known_until_its_task_ends(reporter, session):
    """By key and token, as it was reported."""
    reporter.session(session)
    known = reporter.session_of("ASIAEXAMPLEEXAMPLE22", "token")
    wrong = reporter.session_of("ASIAEXAMPLEEXAMPLE22", "other")
    reporter.end_sessions("0a1b")

    assert (session, Refusal.WRONG_TOKEN) == (known, wrong)
    assert Refusal.UNKNOWN_KEY is reporter.session_of("ASIAEXAMPLEEXAMPLE22", "token")
