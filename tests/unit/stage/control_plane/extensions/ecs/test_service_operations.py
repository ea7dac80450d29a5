import pytest
from botocore.exceptions import ClientError

DEPLOYMENT_CONFIGURATION = {
    "deploymentCircuitBreaker": {"enable": True, "rollback": True},
    "maximumPercent": 150,
    "minimumHealthyPercent": 50,
    "alarms": {"alarmNames": ["errors"], "enable": True, "rollback": True},
}


def test_a_service_gives_back_what_it_was_created_with(cluster):
    """CreateService keeps every field that Terraform compares."""
    given = {
        "deploymentConfiguration": DEPLOYMENT_CONFIGURATION,
        "enableECSManagedTags": True,
        "enableExecuteCommand": True,
        "healthCheckGracePeriodSeconds": 60,
        "launchType": "FARGATE",
        "loadBalancers": [
            {
                "targetGroupArn": "arn:aws:elasticloadbalancing:x",
                "containerName": "api",
                "containerPort": 8080,
            }
        ],
        "networkConfiguration": cluster.network,
        "propagateTags": "SERVICE",
        "serviceRegistries": [{"registryArn": "arn:aws:servicediscovery:x"}],
    }
    cluster.create_service(**given)

    service = cluster.service()

    assert given == {key: service[key] for key in given}


def test_a_capacity_provider_strategy_takes_the_place_of_a_launch_type(cluster):
    """A service has one or the other."""
    strategy = [{"capacityProvider": "FARGATE_SPOT", "weight": 1, "base": 0}]
    cluster.ecs.create_service(
        cluster=cluster.name,
        serviceName="spot",
        taskDefinition=cluster.definition,
        desiredCount=1,
        capacityProviderStrategy=strategy,
        networkConfiguration=cluster.network,
    )

    service = cluster.service("spot")

    assert strategy == service["capacityProviderStrategy"]
    assert "launchType" not in service


def test_an_update_changes_what_it_names_and_keeps_the_rest(cluster):
    """UpdateService merges, also inside the deployment configuration."""
    cluster.create_service(deploymentConfiguration=DEPLOYMENT_CONFIGURATION, healthCheckGracePeriodSeconds=60)

    cluster.ecs.update_service(
        cluster=cluster.name,
        service="api",
        desiredCount=5,
        deploymentConfiguration={"maximumPercent": 200, "minimumHealthyPercent": 100},
    )

    service = cluster.service()
    assert 5 == service["desiredCount"]
    assert 60 == service["healthCheckGracePeriodSeconds"]
    assert service["deploymentConfiguration"] == {
        **DEPLOYMENT_CONFIGURATION,
        "maximumPercent": 200,
        "minimumHealthyPercent": 100,
    }


def test_a_service_starts_nothing_itself(cluster):
    """Desired tasks are neither running nor pending until somebody starts them."""
    service = cluster.create_service(desiredCount=3)

    assert (3, 0, 0) == (service["desiredCount"], service["runningCount"], service["pendingCount"])


def test_counts_follow_the_tasks(cluster):
    """Running and pending are counted from the tasks of the service's group."""
    cluster.create_service()
    running, pending, stopped, stopping = (cluster.run() for _ in range(4))
    cluster.run("somebody-else")
    cluster.report(running, "RUNNING")
    cluster.report(pending, "PENDING")
    cluster.report(stopped, "STOPPED")
    cluster.report(stopping, "RUNNING", "DEACTIVATING")

    service = cluster.service()

    assert (1, 1) == (service["runningCount"], service["pendingCount"])


def test_a_service_can_be_scaled_by_autoscaling(cluster, client):
    """Application Auto Scaling finds the service that was created."""
    cluster.create_service()

    client("application-autoscaling").register_scalable_target(
        ServiceNamespace="ecs",
        ResourceId=f"service/{cluster.name}/api",
        ScalableDimension="ecs:service:DesiredCount",
        MinCapacity=1,
        MaxCapacity=4,
    )


def test_the_same_service_is_not_created_twice(cluster):
    """A second active service of the same name is refused."""
    cluster.create_service()

    with pytest.raises(ClientError, match="not idempotent"):
        cluster.create_service()


def test_tags_are_shown_when_asked_for(cluster):
    """DescribeServices includes tags on request only."""
    cluster.create_service(tags=[{"key": "team", "value": "mail"}])

    tagged = cluster.ecs.describe_services(cluster=cluster.name, services=["api"], include=["TAGS"])

    assert [{"key": "team", "value": "mail"}] == tagged["services"][0]["tags"]
    assert "tags" not in cluster.service()


def test_an_unknown_service_is_a_failure(cluster):
    """DescribeServices names what it does not know; UpdateService refuses it."""
    answer = cluster.ecs.describe_services(cluster=cluster.name, services=["nobody"])

    assert ([], "MISSING") == (answer["services"], answer["failures"][0]["reason"])
    with pytest.raises(ClientError, match="ServiceNotFoundException"):
        cluster.ecs.update_service(cluster=cluster.name, service="nobody", desiredCount=1)


def test_a_service_scaled_above_zero_is_deleted_by_force_only(cluster):
    """DeleteService protects what is still meant to run."""
    cluster.create_service()

    with pytest.raises(ClientError, match="scaled above 0"):
        cluster.ecs.delete_service(cluster=cluster.name, service="api")

    cluster.ecs.delete_service(cluster=cluster.name, service="api", force=True)
    assert "INACTIVE" == cluster.service()["status"]


def test_a_deleted_service_leaves_its_tasks_to_be_stopped(cluster):
    """All its tasks are meant to stop, none is touched."""
    service = cluster.create_service()
    task = cluster.run(deployment=service["deployments"][0])
    cluster.report(task, "RUNNING")
    cluster.ecs.update_service(cluster=cluster.name, service="api", desiredCount=0)

    cluster.ecs.delete_service(cluster=cluster.name, service="api")

    left = cluster.task(task)
    assert ("RUNNING", "STOPPED") == (left["lastStatus"], left["desiredStatus"])
    assert "ServiceSchedulerInitiated" == left["stopCode"]


def test_a_deleted_service_drains_until_its_last_task_is_stopping(cluster):
    """So long requests go on; for what is left of a task after SIGTERM nobody waits."""
    service = cluster.create_service()
    tasks = [cluster.run(deployment=service["deployments"][0]) for _ in range(2)]
    for task in tasks:
        cluster.report(task, "RUNNING")

    cluster.ecs.delete_service(cluster=cluster.name, service="api", force=True)

    assert "DRAINING" == cluster.service()["status"]
    assert [] == cluster.ecs.list_services(cluster=cluster.name)["serviceArns"]
    with pytest.raises(ClientError, match="Unable to Start a service that is still Draining"):
        cluster.create_service()
    cluster.report(tasks[0], "STOPPED")
    cluster.report(tasks[1], "DEACTIVATING")
    assert "DRAINING" == cluster.service()["status"]
    cluster.report(tasks[1], "STOPPING")
    assert "INACTIVE" == cluster.service()["status"]
    assert "ACTIVE" == cluster.create_service()["status"]


def test_a_deleted_service_is_not_listed_or_updated(cluster):
    """It is described as INACTIVE only, and its name is free again."""
    cluster.create_service()
    cluster.create_service("sender")
    cluster.ecs.delete_service(cluster=cluster.name, service="api", force=True)

    listed = cluster.ecs.list_services(cluster=cluster.name)["serviceArns"]

    assert ["sender"] == [arn.rsplit("/", 1)[-1] for arn in listed]
    with pytest.raises(ClientError, match="ServiceNotActiveException"):
        cluster.ecs.update_service(cluster=cluster.name, service="api", desiredCount=1)
    assert "ACTIVE" == cluster.create_service()["status"]
