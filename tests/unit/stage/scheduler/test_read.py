from collections import Counter
from contextlib import nullcontext

import pytest
from botocore.exceptions import ClientError

from stage.scheduler.model import LoadBalancer
from stage.scheduler.read import Reader

from .conftest import create_service, define_task, put_alarm, report, run_task


@pytest.fixture
def calls(aws):
    """How often each ECS operation is called."""
    counter = Counter()

    def count(model, **_):
        counter.update([model.name])

    aws.ecs.meta.events.register("before-call.ecs", count)
    yield counter
    aws.ecs.meta.events.unregister("before-call.ecs", count)


def read_one(aws):
    """The only service's state."""
    (state,) = Reader(aws).read().services
    return state


def test_a_service_is_read_with_its_deployment_configuration(aws):
    """Percentages, circuit breaker, grace period and target group decide later."""
    define_task(aws)
    create_service(aws)

    service = read_one(aws).service

    assert ("c", "api", "ACTIVE", 2) == (service.cluster, service.name, service.status, service.desired_count)
    assert (1, 3, 60.0) == (service.minimum, service.maximum, service.grace_period)
    assert (True, True) == (service.breaker, service.rollback)
    assert service.load_balancers == (LoadBalancer(aws.target_group, 8080),)


def watched_by(enable, *names):
    """A deployment configuration with alarms."""
    return {"alarms": {"alarmNames": list(names), "enable": enable, "rollback": True}}


def test_the_alarms_of_a_deployment_are_read_while_it_is_in_progress(aws):
    """Those that are in ALARM; others' alarms are of no interest."""
    define_task(aws)
    for name, state in (("errors", "ALARM"), ("latency", "OK"), ("queue", "ALARM")):
        put_alarm(aws, name, state)
    aws.cloudwatch.put_metric_alarm(
        AlarmName="latency",
        EvaluationPeriods=5,
        Threshold=1.0,
        ComparisonOperator="GreaterThanThreshold",
        Metrics=[
            {"Id": "slow", "Expression": "slowest + 0", "ReturnData": True},
            {
                "Id": "slowest",
                "MetricStat": {
                    "Metric": {"Namespace": "Test", "MetricName": "Slowest"},
                    "Period": 60,
                    "Stat": "Maximum",
                },
                "ReturnData": False,
            },
        ],
    )
    create_service(aws, deploymentConfiguration=watched_by(True, "errors", "latency"))

    state = read_one(aws)

    assert (("errors", "latency"), True) == (state.service.alarms, state.service.alarm_rollback)
    assert {"errors"} == state.in_alarm
    assert 300.0 == state.bake_seconds


def test_alarms_that_are_not_enabled_are_not_read(aws):
    """They are kept for later."""
    define_task(aws)
    put_alarm(aws, "errors", "ALARM")
    create_service(aws, deploymentConfiguration=watched_by(False, "errors"))

    assert ((), frozenset()) == (read_one(aws).service.alarms, read_one(aws).in_alarm)


def test_the_newest_deployment_is_the_primary(aws):
    """It is the one that tasks are started for."""
    first = define_task(aws)
    created = create_service(aws)
    run_task(aws, deployment_id=created["deployments"][0]["id"])
    second = define_task(aws)
    aws.ecs.update_service(cluster="c", service="api", taskDefinition=second)

    deployments = read_one(aws).deployments

    assert [(d.task_definition, d.primary) for d in deployments] == [(second, True), (first, False)]


def test_a_task_is_read_with_what_health_and_placement_need(aws):
    """Address, zone, start and the fact that it has a container health check."""
    define_task(aws, healthCheck={"command": ["CMD", "true"]})
    deployment = create_service(aws)["deployments"][0]["id"]
    report(aws, run_task(aws, deployment_id=deployment), "RUNNING")

    (task,) = read_one(aws).tasks

    assert (task.service, task.deployment_id, task.live) == ("api", deployment, True)
    assert task.address.startswith("10.20.")
    assert task.zone.startswith("eu-west-1")
    assert task.started_at is not None
    assert task.checks_health


def test_a_task_without_a_container_health_check_is_known_as_such(aws):
    """UNKNOWN health then means that nobody looks, not that somebody still does."""
    define_task(aws)
    create_service(aws)
    run_task(aws)

    (task,) = read_one(aws).tasks

    assert not task.checks_health


def test_tasks_meant_to_stop_are_read_too(aws):
    """The agent must see them in order to stop them."""
    define_task(aws)
    create_service(aws)
    arn = run_task(aws)
    aws.ecs.stop_task(cluster="c", task=arn, reason="Scaling activity initiated by (deployment x)")

    (task,) = read_one(aws).tasks

    assert ("STOPPED", False, False) == (task.desired_status, task.live, task.stopped)
    assert "ServiceSchedulerInitiated" == task.stop_code


def test_a_stopped_task_is_described_once(aws, calls):
    """Nothing more happens to it, so it is kept rather than read four times a second."""
    define_task(aws)
    create_service(aws)
    report(aws, run_task(aws), "STOPPED")
    reader = Reader(aws)

    first, second = reader.read(), reader.read()

    assert first.tasks == second.tasks
    assert 1 == calls["DescribeTasks"]


def test_a_pass_takes_few_calls(aws, calls):
    """However many services a cluster has, its tasks are read together."""
    define_task(aws)
    for name in ("api", "sender"):
        create_service(aws, name)
        for _ in range(2):
            run_task(aws, f"service:{name}")
    reader = Reader(aws)
    reader.read()
    calls.clear()

    reader.read()

    assert {"DescribeServices": 1, "ListTasks": 2, "DescribeTasks": 1} == calls


def test_targets_are_read_by_address_and_port(aws):
    """What the target group says of a task is found by the task's address."""
    define_task(aws)
    create_service(aws)
    aws.elbv2.register_targets(TargetGroupArn=aws.target_group, Targets=[{"Id": "10.20.1.4", "Port": 8080}])

    assert (aws.target_group, "10.20.1.4", 8080) in read_one(aws).targets


def test_a_target_group_that_is_gone_has_no_targets(aws):
    """While everything is being destroyed the scheduler goes on."""
    define_task(aws)
    create_service(aws)
    aws.elbv2.delete_target_group(TargetGroupArn=aws.target_group)

    assert {} == read_one(aws).targets


def test_a_task_without_its_service_makes_a_state_of_its_own(aws):
    """A task that was started while its service was deleted is found and can be stopped."""
    define_task(aws)
    run_task(aws, "service:gone")

    state = read_one(aws)

    assert ("gone", "INACTIVE", 1) == (state.service.name, state.service.status, len(state.tasks))


def test_a_task_of_no_service_is_left_to_the_agent(aws):
    """What a person runs by hand appears among the tasks and in no service."""
    define_task(aws)
    arn = run_task(aws, "family:api")

    snapshot = Reader(aws).read()

    assert [] == snapshot.services
    assert [task.task_arn for task in snapshot.tasks] == [arn]


@pytest.mark.parametrize(
    ("code", "raises"), [("ClusterNotFoundException", False), ("ServerException", True)], ids=str
)
def test_only_a_cluster_that_is_gone_is_passed_over(aws, monkeypatch, code, raises):
    """Between two discoveries a cluster may be destroyed; any other trouble is the caller's to know."""
    define_task(aws)
    create_service(aws)
    real = aws.ecs.get_paginator

    def refuse_tasks(operation):
        if operation == "list_tasks":
            raise ClientError({"Error": {"Code": code}}, "ListTasks")
        return real(operation)

    monkeypatch.setattr(aws.ecs, "get_paginator", refuse_tasks)

    with pytest.raises(ClientError) if raises else nullcontext():
        assert [] == Reader(aws).read().services
