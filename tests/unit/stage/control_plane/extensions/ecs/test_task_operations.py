import pytest
from botocore.exceptions import ClientError


def test_a_new_task_is_provisioning_and_stays_so_however_often_it_is_looked_at(cluster):
    """Nothing but its agent changes a task's state."""
    arn = cluster.run()

    for _ in range(6):
        task = cluster.task(arn)

    assert ("PROVISIONING", "RUNNING") == (task["lastStatus"], task["desiredStatus"])


def test_a_task_tells_what_it_was_started_with(cluster):
    """DescribeTasks gives size, group, starter and health of a task."""
    task = cluster.task(cluster.run(startedBy="ecs-svc/1234567890123456789"))

    assert task["taskDefinitionArn"] == cluster.definition
    assert task["clusterArn"] == cluster.arn
    assert "service:api" == task["group"]
    assert "ecs-svc/1234567890123456789" == task["startedBy"]
    assert ("256", "512", "UNKNOWN") == (task["cpu"], task["memory"], task["healthStatus"])
    assert ["api"] == [container["name"] for container in task["containers"]]


def test_several_tasks_start_with_one_request(cluster):
    """RunTask starts as many tasks as its count says."""
    answer = cluster.ecs.run_task(
        cluster=cluster.name,
        taskDefinition=cluster.definition,
        count=3,
        launchType="FARGATE",
        networkConfiguration=cluster.network,
    )

    assert 3 == len({task["taskArn"] for task in answer["tasks"]})


def test_more_tasks_than_a_request_starts_are_refused(cluster):
    """Ten are the most: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html."""
    with pytest.raises(ClientError, match="Count must be from 1 to 10"):
        cluster.run(count=11)


def test_an_override_of_a_container_that_is_not_there_is_refused(cluster):
    """It would be lost without a word."""
    overrides = {"containerOverrides": [{"name": "other", "environment": []}]}

    with pytest.raises(ClientError, match="other is not a container in the TaskDefinition"):
        cluster.run(overrides=overrides)


def test_a_task_without_a_network_is_refused(cluster):
    """Fargate tasks need a network configuration."""
    with pytest.raises(ClientError, match="Network Configuration must be provided"):
        cluster.ecs.run_task(cluster=cluster.name, taskDefinition=cluster.definition, launchType="FARGATE")


def test_a_task_for_an_instance_is_refused(cluster):
    """There are no container instances."""
    with pytest.raises(ClientError, match="Fargate tasks only"):
        cluster.run(launchType="EC2")


def test_a_stopped_task_is_only_meant_to_stop(cluster):
    """StopTask changes what is desired; the state changes when the agent says so."""
    arn = cluster.run()
    cluster.report(arn, "PENDING", "RUNNING")

    cluster.ecs.stop_task(cluster=cluster.name, task=arn, reason="too old")

    task = cluster.task(arn)
    assert ("RUNNING", "STOPPED") == (task["lastStatus"], task["desiredStatus"])
    assert ("too old", "UserInitiated") == (task["stoppedReason"], task["stopCode"])


@pytest.mark.parametrize(
    "reason",
    ["Scaling activity initiated by (deployment ecs-svc/1)", "Task failed ELB health checks in (tg)"],
)
def test_the_scheduler_is_told_from_a_person_by_its_reason(cluster, reason):
    """A stop in the scheduler's words has the scheduler's stop code."""
    arn = cluster.run()

    cluster.ecs.stop_task(cluster=cluster.name, task=arn, reason=reason)

    assert "ServiceSchedulerInitiated" == cluster.task(arn)["stopCode"]


def test_the_first_reason_to_stop_is_kept(cluster):
    """A second StopTask does not overwrite why the task was stopped."""
    arn = cluster.run()

    cluster.ecs.stop_task(cluster=cluster.name, task=arn, reason="first")
    cluster.ecs.stop_task(cluster=cluster.name, task=arn, reason="second")

    assert "first" == cluster.task(arn)["stoppedReason"]


def test_what_the_agent_submits_is_what_the_task_shows(cluster):
    """States, times, and container states follow SubmitTaskStateChange."""
    arn = cluster.run()

    cluster.report(arn, "PENDING", "ACTIVATING", "RUNNING")
    running = cluster.task(arn)
    cluster.report(arn, "DEACTIVATING", "STOPPING")
    stopping = cluster.task(arn)

    assert "RUNNING" == running["lastStatus"] == running["containers"][0]["lastStatus"]
    assert running["createdAt"] <= running["startedAt"]
    assert ("STOPPING", "STOPPED") == (stopping["lastStatus"], stopping["desiredStatus"])
    assert stopping["startedAt"] <= stopping["stoppingAt"]


def test_a_task_that_dies_by_itself_has_its_exit_code(cluster):
    """Nobody asked it to stop, so its essential container has exited."""
    arn = cluster.run()
    cluster.report(arn, "RUNNING")

    cluster.report(
        arn, "STOPPED", containers=[{"containerName": "api", "exitCode": 137, "status": "STOPPED"}]
    )

    task = cluster.task(arn)
    assert ("STOPPED", "STOPPED") == (task["lastStatus"], task["desiredStatus"])
    assert "EssentialContainerExited" == task["stopCode"]
    assert (137, "STOPPED") == (task["containers"][0]["exitCode"], task["containers"][0]["lastStatus"])
    assert task["stoppingAt"] <= task["stoppedAt"]


def test_a_task_that_never_ran_failed_to_start(cluster):
    """A task that stops before it was running shows the agent's reason."""
    arn = cluster.run()

    cluster.report(arn, "STOPPED", reason="CannotPullContainerError: no such image")

    task = cluster.task(arn)
    assert ("TaskFailedToStart", "CannotPullContainerError: no such image") == (
        task["stopCode"],
        task["stoppedReason"],
    )


def test_a_stopped_task_stays_stopped(cluster):
    """A late report does not bring a task back."""
    arn = cluster.run()

    cluster.report(arn, "STOPPED", "RUNNING")

    assert "STOPPED" == cluster.task(arn)["lastStatus"]


def test_a_change_of_an_unknown_task_is_refused(cluster):
    """The agent hears that a task is unknown."""
    with pytest.raises(ClientError, match="not found"):
        cluster.report("0123456789abcdef0123456789abcdef", "RUNNING")


def test_tasks_are_listed_by_what_they_are_meant_to_be(cluster):
    """Without a desired status those meant to run are listed."""
    keeps, stops = cluster.run(), cluster.run()
    cluster.ecs.stop_task(cluster=cluster.name, task=stops)

    assert [keeps] == cluster.listed()
    assert [stops] == cluster.listed(desiredStatus="STOPPED")


def test_tasks_are_listed_by_service_starter_family_and_cluster(cluster):
    """Every filter of ListTasks is honoured."""
    cluster.create_service("api")
    cluster.create_service("sender")
    other = cluster.register(family="sender")
    api = cluster.run("api", startedBy="ecs-svc/1")
    sender = cluster.run("sender", startedBy="ecs-svc/2", taskDefinition=other)
    cluster.ecs.create_cluster(clusterName="second")

    assert [api] == cluster.listed(serviceName="api")
    assert [sender] == cluster.listed(startedBy="ecs-svc/2")
    assert [sender] == cluster.listed(family="sender")
    assert [] == cluster.ecs.list_tasks(cluster="second")["taskArns"]


def test_tasks_of_an_unknown_service_are_not_listed(cluster):
    """ListTasks refuses a service that does not exist."""
    with pytest.raises(ClientError, match="ServiceNotFoundException"):
        cluster.listed(serviceName="nobody")


def test_an_unknown_task_is_a_failure_beside_the_known_ones(cluster):
    """DescribeTasks answers for what it knows and names what it does not."""
    known = cluster.run()

    answer = cluster.ecs.describe_tasks(cluster=cluster.name, tasks=[known, "missing"])

    assert [known] == [task["taskArn"] for task in answer["tasks"]]
    assert [{"arn": "missing", "reason": "MISSING"}] == answer["failures"]


def test_tags_are_shown_when_asked_for(cluster):
    """DescribeTasks includes tags on request only."""
    arn = cluster.run(tags=[{"key": "team", "value": "mail"}])

    tagged = cluster.ecs.describe_tasks(cluster=cluster.name, tasks=[arn], include=["TAGS"])["tasks"][0]

    assert [{"key": "team", "value": "mail"}] == tagged["tags"]
    assert "tags" not in cluster.task(arn)


def test_only_the_newest_stopped_tasks_are_remembered(cluster):
    """The two hundred and first stopped task pushes the oldest one out."""
    oldest = cluster.run()
    cluster.report(oldest, "STOPPED")
    for _ in range(200):
        cluster.report(cluster.run(), "STOPPED")

    listed = cluster.listed(desiredStatus="STOPPED")

    assert 200 == len(listed)
    assert oldest not in listed


def test_a_reset_forgets_tasks(cluster):
    """What resets moto resets our state too."""
    from moto.backends import get_backend  # noqa: PLC0415 - beside its only use

    cluster.run()
    get_backend("ecs").reset()
    cluster.ecs.create_cluster(clusterName=cluster.name)

    assert [] == cluster.listed()
