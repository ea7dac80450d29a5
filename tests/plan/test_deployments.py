import pytest

from tests.plan.view import only


@pytest.fixture
def plain(standalone):
    """A service with nothing beside its load balancer."""
    return standalone.service("plain")


def test_a_deployment_never_goes_below_the_desired_count(plain):
    """New tasks are healthy before old ones stop."""
    assert 100 == plain.service["deployment_minimum_healthy_percent"]
    assert 200 == plain.service["deployment_maximum_percent"]


def test_a_failed_deployment_undoes_itself(plain):
    """The circuit breaker rolls back to what ran before."""
    breaker = only(plain.service["deployment_circuit_breaker"])
    assert {"enable": True, "rollback": True} == breaker


def test_an_apply_waits_for_the_deployment(plain):
    """A release that does not get healthy is no success; there is time for the circuit breaker to trip."""
    assert plain.service["wait_for_steady_state"] is True
    assert {"create": "20m", "update": "30m", "delete": "20m"} == plain.service["timeouts"]


def test_an_apply_fails_when_the_release_was_rolled_back(offline):
    """A service that was rolled back is steady too, so what it runs is looked at."""
    text = " ".join(offline.source("modules/service/service.tf").split())
    assert "postcondition { condition = self.task_definition == aws_ecs_task_definition.this.arn" in text


def test_callers_come_after_whom_they_call(staging):
    """A proxy of Service Connect knows only what was there when its task's deployment began."""
    task = "module.notification_api.aws_ecs_task_definition.this"
    assert "module.email_sender.aws_ecs_service.this" in staging.sources(task, "container_definitions")


def test_a_deployment_that_raises_an_alarm_undoes_itself(plain):
    """Tasks that start well and answer badly are rolled back too."""
    assert {
        "alarm_names": ["standalone-errors", "standalone-latency"],
        "enable": True,
        "rollback": True,
    } == only(plain.service["alarms"])


def test_each_service_watches_alarms_that_exist(staging, service):
    """A name that no alarm has would never roll anything back."""
    alarms = {alarm["alarm_name"] for alarm in staging.all("aws_cloudwatch_metric_alarm").values()}
    watched = set(only(service.service["alarms"])["alarm_names"])
    assert watched
    assert watched <= alarms


def test_the_revision_to_roll_back_to_stays_registered(plain):
    """Terraform leaves older revisions of the task definition alone."""
    assert plain.task["skip_destroy"] is True


def test_a_new_strategy_deploys_and_does_not_replace(plain):
    """Without a forced deployment the provider destroys the service to change its Spot share."""
    assert plain.service["force_new_deployment"] is True


def test_tasks_spread_again_after_a_zone_has_come_back(plain):
    """ECS rebalances over availability zones by itself."""
    assert "ENABLED" == plain.service["availability_zone_rebalancing"]


@pytest.mark.parametrize(("name", "fargate", "spot"), [("plain", 100, 0), ("full", 60, 40), ("most", 0, 100)])
def test_spot_share(standalone, name, fargate, spot):
    """The first task runs on Fargate; of the others, the given percentage on Spot."""
    strategy = {
        one["capacity_provider"]: (one["base"], one["weight"])
        for one in standalone.service(name).service["capacity_provider_strategy"]
    }
    assert strategy == {"FARGATE": (1, fargate), "FARGATE_SPOT": (0, spot)}


def test_the_strategy_is_the_only_word_on_where_tasks_run(plain):
    """ECS refuses a launch type beside a capacity provider strategy."""
    assert plain.service.get("launch_type") is None
