import pytest


def test_a_new_service_has_one_primary_deployment_in_progress(cluster):
    """Its id has nineteen digits, as AWS's have."""
    (deployment,) = cluster.create_service()["deployments"]

    assert deployment["id"].startswith("ecs-svc/")
    assert 19 == len(deployment["id"].removeprefix("ecs-svc/"))
    assert ("PRIMARY", "IN_PROGRESS", 0) == (
        deployment["status"],
        deployment["rolloutState"],
        deployment["failedTasks"],
    )
    assert cluster.definition == deployment["taskDefinition"]


def test_a_new_task_definition_is_a_new_deployment(cluster):
    """The service runs it from now on; the old deployment is gone when it has no tasks."""
    (old,) = cluster.create_service()["deployments"]
    definition = cluster.register("api:2")

    cluster.ecs.update_service(cluster=cluster.name, service="api", taskDefinition=definition)

    service = cluster.service()
    (new,) = service["deployments"]
    assert old["id"] != new["id"]
    assert definition == new["taskDefinition"] == service["taskDefinition"]


def test_a_task_definition_may_be_named_by_family(cluster):
    """The newest revision is what the service shows, by its ARN."""
    cluster.create_service()
    definition = cluster.register("api:2")

    cluster.ecs.update_service(cluster=cluster.name, service="api", taskDefinition="api")

    assert definition == cluster.service()["taskDefinition"]


@pytest.mark.parametrize("change", [{"forceNewDeployment": True}, {"platformVersion": "1.4.0"}])
def test_some_changes_deploy_the_same_task_definition_again(cluster, change):
    """AWS names the parameters that trigger a new deployment."""
    (old,) = cluster.create_service()["deployments"]

    cluster.ecs.update_service(cluster=cluster.name, service="api", **change)

    assert old["id"] != cluster.service()["deployments"][0]["id"]


@pytest.mark.parametrize("change", [{"desiredCount": 7}, {"healthCheckGracePeriodSeconds": 5}])
def test_other_changes_keep_the_deployment(cluster, change):
    """Scaling is not a deployment, and neither is the same task definition again."""
    (old,) = cluster.create_service()["deployments"]

    cluster.ecs.update_service(
        cluster=cluster.name, service="api", taskDefinition=cluster.definition, **change
    )

    assert [old["id"]] == [deployment["id"] for deployment in cluster.service()["deployments"]]


def test_an_old_deployment_is_listed_while_it_has_tasks(cluster):
    """Each deployment counts its own tasks; the newest comes first."""
    (old,) = cluster.create_service(desiredCount=2)["deployments"]
    leaving, staying = cluster.run(deployment=old), cluster.run(deployment=old)
    cluster.report(leaving, "RUNNING")
    cluster.report(staying, "RUNNING")
    cluster.ecs.update_service(cluster=cluster.name, service="api", forceNewDeployment=True)
    cluster.run(deployment=cluster.service()["deployments"][0])
    cluster.ecs.stop_task(cluster=cluster.name, task=leaving)
    cluster.report(leaving, "STOPPED")

    primary, active = cluster.service()["deployments"]

    assert ("PRIMARY", 2, 0, 1) == counts(primary)
    assert (old["id"], "ACTIVE", 1, 1, 0) == (active["id"], *counts(active))

    cluster.report(staying, "STOPPED")
    assert ["PRIMARY"] == [deployment["status"] for deployment in cluster.service()["deployments"]]


def test_a_deployment_shows_how_its_tasks_are_launched(cluster):
    """Network and launch type are those of the service when it was deployed."""
    (deployment,) = cluster.create_service()["deployments"]

    assert ("FARGATE", cluster.network) == (deployment["launchType"], deployment["networkConfiguration"])


def counts(deployment):
    """Give status and counts of a deployment."""
    return (
        deployment["status"],
        deployment["desiredCount"],
        deployment["runningCount"],
        deployment["pendingCount"],
    )


def test_service_connect_that_is_turned_off_is_not_told_of(cluster):
    """It is a deployment as any change of it is; who reads that one finds no configuration at all."""
    cluster.create_service(serviceConnectConfiguration={"enabled": True, "namespace": "a"})
    (old,) = cluster.service()["deployments"]

    cluster.ecs.update_service(
        cluster=cluster.name, service="api", serviceConnectConfiguration={"enabled": False}
    )

    (new,) = cluster.service()["deployments"]
    assert "a" == old["serviceConnectConfiguration"]["namespace"]
    assert old["id"] != new["id"]
    assert "serviceConnectConfiguration" not in new
