"""What serves is watched, what fails is kept, and what is said is kept long enough."""

import pytest

RUNBOOK = "runbook.md#"
# The seed's three key metrics: queue length, processing times, error rates.
KEY_METRICS = {
    "ApproximateNumberOfMessagesVisible",
    "ApproximateAgeOfOldestMessage",
    "HTTPCode_Target_5XX_Count",
    "TargetResponseTime",
}


def test_every_target_group_checks_health(cell):
    """The load balancer asks each task whether it lives."""
    groups = cell.all("aws_lb_target_group")
    assert 2 == len(groups)
    checks = {group["health_check"][0]["path"] for group in groups.values()}
    assert {"/healthz"} == checks
    assert {True} == {group["health_check"][0]["enabled"] for group in groups.values()}


def test_every_service_is_asked_for_its_health(cell):
    """By the load balancer, or by ECS in the container."""
    assert {"notification-api", "email-sender"} <= cell.service_names
    for name in cell.service_names:
        service = cell.service(name)
        assert service.service["load_balancer"] or service.container.healthCheck, name


def test_every_sidecar_is_asked_for_its_health(cell):
    """A task whose Envoy hangs is replaced."""
    envoys = {
        name: container.healthCheck
        for name in cell.service_names
        for other, container in cell.service(name).containers.items()
        if other != name
    }
    assert set(envoys) == (cell.service_names if cell.variables["service_mesh"] == "app_mesh" else set())
    assert [] == [name for name, check in envoys.items() if not check]


def test_every_virtual_node_checks_health(cell):
    """The mesh sends nothing to a task that does not answer."""
    nodes = cell.all("aws_appmesh_virtual_node")
    assert bool(nodes) == (cell.variables["service_mesh"] == "app_mesh")
    assert [] == [name for name, one in nodes.items() if not one["spec"][0]["listener"][0]["health_check"]]


def test_every_queue_has_a_dead_letter_queue(cell):
    """A message that cannot be dealt with is kept aside; the queues for these alone have none."""
    queues = cell.all("aws_sqs_queue")
    without = {address for address, queue in queues.items() if not queue.get("redrive_policy")}
    with_ses = cell.variables["mail"]["provider"] == "ses"
    assert set(queues) - without == {
        'module.queue.aws_sqs_queue.this["normal"]',
        'module.queue.aws_sqs_queue.this["priority"]',
        *(["module.mail[0].aws_sqs_queue.events"] if with_ses else []),
    }
    assert without == {
        "module.queue.aws_sqs_queue.dead_letter",
        *(["module.mail[0].aws_sqs_queue.dead_letter"] if with_ses else []),
    }


def test_the_key_metrics_have_alarms(cell):
    """Queue length, processing times and error rates are watched."""
    alarms = cell.all("aws_cloudwatch_metric_alarm").values()
    direct = {alarm["metric_name"] for alarm in alarms}
    computed = {
        metric["metric_name"]
        for alarm in alarms
        for query in alarm["metric_query"]
        for metric in query["metric"]
    }
    assert KEY_METRICS <= direct | computed


@pytest.mark.parametrize("kind", ["aws_cloudwatch_metric_alarm", "aws_cloudwatch_composite_alarm"])
def test_every_alarm_says_what_to_do(cell, kind):
    """Whoever is woken finds the way to the runbook in the alarm."""
    alarms = cell.all(kind)
    assert alarms
    silent = {name for name, one in alarms.items() if RUNBOOK not in (one["alarm_description"] or "")}
    assert set() == silent


def test_every_log_group_forgets(cell):
    """Logs are kept as long as was asked for, and no longer."""
    groups = cell.all("aws_cloudwatch_log_group")
    assert len(groups) >= 3
    kept = {address: group["retention_in_days"] for address, group in groups.items()}
    assert kept == dict.fromkeys(groups, cell.variables["log_retention_days"])


def test_every_container_logs_to_a_group_that_exists(cell):
    """Nothing that a task says is lost."""
    groups = {group["name"] for group in cell.all("aws_cloudwatch_log_group").values()}
    used = {
        container.logConfiguration["options"]["awslogs-group"]
        for name in cell.service_names
        for container in cell.service(name).containers.values()
    }
    assert used
    assert used <= groups


def test_everything_taggable_is_tagged(cell):
    """The bill can be split by application and environment."""
    expected = {
        "Application": cell.variables["name"],
        "Environment": cell.variables["environment"],
        "ManagedBy": "terraform",
    }
    taggable = {
        change["address"]: change["change"]["after"]["tags_all"]
        for change in cell.changes
        if "tags_all" in change["change"]["after"]
    }
    assert len(taggable) >= 40
    assert set() == {address for address, tags in taggable.items() if not expected.items() <= tags.items()}


def test_nothing_but_creation_is_planned(cell):
    """A first apply changes and destroys nothing."""
    assert {"create"} == cell.actions
