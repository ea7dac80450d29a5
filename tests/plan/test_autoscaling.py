import pytest

from tests.plan.cloudwatch import Metric
from tests.plan.view import only
from verify.record import DECLARED

LIMITS = {"notification-api": (2, 8), "email-sender": (1, 4)}
# The standalone module scales a service of this name.
WORKER = "service/cluster/worker"


@pytest.fixture(params=LIMITS)
def name(request):
    """Each service's name."""
    return request.param


@pytest.fixture
def target(standalone):
    """What is scaled."""
    return standalone.one("aws_appautoscaling_target", resource_id=WORKER)


@pytest.fixture
def backlog(standalone):
    """The policy that follows the queue."""
    policy = standalone.one("aws_appautoscaling_policy", name="worker-backlog")
    return only(policy["target_tracking_scaling_policy_configuration"])


@pytest.fixture
def cpu(standalone):
    """The policy that follows CPU."""
    policy = standalone.one("aws_appautoscaling_policy", name="worker-cpu")
    return only(policy["target_tracking_scaling_policy_configuration"])


@pytest.fixture
def scheduled(standalone):
    """The scheduled actions by name."""
    actions = standalone.all("aws_appautoscaling_scheduled_action").values()
    return {one["name"]: one for one in actions if one["resource_id"] == WORKER}


def _tracking(plan, name):
    policy = plan.one("aws_appautoscaling_policy", name=name)
    return only(policy["target_tracking_scaling_policy_configuration"])


def _limits(plan, name, cluster="notifications-staging"):
    target = plan.one("aws_appautoscaling_target", resource_id=f"service/{cluster}/{name}")
    return target["min_capacity"], target["max_capacity"]


def test_target_tracking_reads_the_services_average_cpu(cpu):
    """The metric is ECS's own average over the service's tasks, and it alone."""
    metric = only(cpu["predefined_metric_specification"])
    assert "ECSServiceAverageCPUUtilization" == metric["predefined_metric_type"]
    assert (70, []) == (cpu["target_value"], cpu["customized_metric_specification"])


def test_backlog_per_task_is_messages_by_running_tasks(backlog):
    """As in AWS's own example, over all queues; only the expression counts."""
    metrics = only(backlog["customized_metric_specification"])["metrics"]
    assert {
        "waiting0": False,
        "waiting1": False,
        "running": False,
        "backlog": True,
    } == {one["id"]: one["return_data"] for one in metrics}
    assert {"backlog": "(waiting0 + waiting1) / running"} == {
        one["id"]: one["expression"] for one in metrics if one["expression"]
    }
    assert {one["id"]: _read(one) for one in metrics if one["metric_stat"]} == {
        "waiting0": _waiting("mail"),
        "waiting1": _waiting("mail-priority"),
        "running": Metric(
            "ECS/ContainerInsights",
            "RunningTaskCount",
            frozenset({("ClusterName", "cluster"), ("ServiceName", "worker")}),
            "Average",
        ),
    }


def _waiting(queue):
    return Metric("AWS/SQS", "ApproximateNumberOfMessagesVisible", frozenset({("QueueName", queue)}), "Sum")


def _read(query):
    statistic = only(query["metric_stat"])
    metric = only(statistic["metric"])
    dimensions = frozenset((one["name"], one["value"]) for one in metric["dimensions"])
    return Metric(metric["namespace"], metric["metric_name"], dimensions, statistic["stat"])


def test_backlog_has_names_for_people(backlog):
    """The policy's alarms show what each line is."""
    metrics = only(backlog["customized_metric_specification"])["metrics"]
    assert {
        "waiting0": "Messages in mail",
        "waiting1": "Messages in mail-priority",
        "running": "Running tasks",
        "backlog": "Backlog per task",
    } == {one["id"]: one["label"] for one in metrics}


def test_both_policies_scale_at_the_same_pace(cpu, backlog):
    """Tasks are added every minute at most, removed every five, and removing is allowed."""
    for tracking in (cpu, backlog):
        assert (60, 300) == (tracking["scale_out_cooldown"], tracking["scale_in_cooldown"])
        assert tracking["disable_scale_in"] is False
    assert 500 == backlog["target_value"]
    assert [] == backlog["predefined_metric_specification"]


def test_policies_and_schedules_are_the_services_own(standalone, target, scheduled):
    """All of them move the desired count of the one ECS service."""
    policies = [
        standalone.one("aws_appautoscaling_policy", name=f"worker-{name}") for name in ("cpu", "backlog")
    ]
    assert {"TargetTrackingScaling"} == {policy["policy_type"] for policy in policies}
    assert 4 == len(scheduled)
    for part in (target, *policies, *scheduled.values()):
        assert WORKER == part["resource_id"]
        assert "ecs" == part["service_namespace"]
        assert "ecs:service:DesiredCount" == part["scalable_dimension"]


@pytest.mark.parametrize(
    "address",
    [
        "aws_appautoscaling_policy.cpu",
        "aws_appautoscaling_policy.backlog",
        "aws_appautoscaling_scheduled_action.minimum",
    ],
)
@pytest.mark.parametrize("argument", ["resource_id", "scalable_dimension", "service_namespace"])
def test_what_scales_is_attached_to_its_target(standalone, address, argument):
    """A policy or a schedule is created after the scalable target that it needs."""
    sources = standalone.sources(f"module.autoscaling.{address}", argument)
    assert {"module.autoscaling.aws_appautoscaling_target.this"} == sources


def test_a_service_stays_within_its_limits(target):
    """What the caller gives reaches the scalable target."""
    assert (2, 8) == (target["min_capacity"], target["max_capacity"])


def test_scheduled_minimums(scheduled):
    """Each changes the smallest number of tasks at its time, and leaves the largest as it is."""
    assert {
        "worker-day": ("cron(0 7 * * ? *)", "Europe/Berlin", "4", "8"),
        "worker-night": ("cron(0 20 * * ? *)", "UTC", "1", "8"),
        "worker-sale": ("at(2030-11-29T00:00:00)", "Europe/Berlin", "8", "8"),
        "worker-pulse": ("rate(1 hour)", "Europe/Berlin", "2", "8"),
    } == {name: _schedule(one) for name, one in scheduled.items()}


def _schedule(action):
    new = only(action["scalable_target_action"])
    return action["schedule"], action["timezone"], new["min_capacity"], new["max_capacity"]


def test_without_a_queue_there_is_no_backlog(standalone):
    """A service that nothing waits for is scaled by CPU alone."""
    names = {policy["name"] for policy in standalone.all("aws_appautoscaling_policy").values()}
    assert {"high-cpu"} == {name for name in names if name.startswith("high")}


def test_the_edges_are_accepted(standalone):
    """One task and CPU at 10 percent on the one side, CPU at 90 percent on the other."""
    low, high = _tracking(standalone, "low-cpu"), _tracking(standalone, "high-cpu")
    assert (10, 90) == (low["target_value"], high["target_value"])
    assert (0, 300) == (low["scale_in_cooldown"], high["scale_in_cooldown"])
    assert ((1, 1), (3, 3)) == (_limits(standalone, "low", "cluster"), _limits(standalone, "high", "cluster"))
    assert 1 == _tracking(standalone, "low-backlog")["target_value"]
    scheduled = standalone.all("aws_appautoscaling_scheduled_action").values()
    assert {
        "high-d",
        "high-a-name-that-has-thirty-two-chars",
    } == {one["name"] for one in scheduled if one["name"].startswith("high")}


def test_what_is_scaled_by_what(staging):
    """The API by CPU; the sender by its backlog too, for it waits more than it works."""
    names = {policy["name"] for policy in staging.all("aws_appautoscaling_policy").values()}
    assert {"notification-api-cpu", "email-sender-cpu", "email-sender-backlog"} == names


def test_cpu_target_is_70_percent(staging, name):
    """Both services hold 70 % of their reserved CPU, at the same pace."""
    tracking = _tracking(staging, f"{name}-cpu")
    pace = [tracking[part] for part in ("target_value", "scale_out_cooldown", "scale_in_cooldown")]
    assert [70, 60, 300] == pace


def test_a_task_has_500_messages_to_send(staging):
    """The sender's backlog is that of its own queues and its own tasks."""
    tracking = _tracking(staging, "email-sender-backlog")
    read = [
        _read(one)
        for one in only(tracking["customized_metric_specification"])["metrics"]
        if one["metric_stat"]
    ]
    assert 500 == tracking["target_value"]
    assert {
        "notifications-staging-mail",
        "notifications-staging-mail-priority",
        "notifications-staging",
        "email-sender",
    } == {value for metric in read for _, value in metric.dimensions}


def test_capacity_limits(staging, name):
    """Each service stays within its own number of tasks, and starts with the smallest."""
    assert _limits(staging, name) == LIMITS[name]
    assert staging.one("aws_ecs_service", name=name)["desired_count"] == LIMITS[name][0]


def test_the_load_tests_hold_each_service_to_what_is_declared(staging, name):
    """What they expect of a fleet stands in a file of their own, since a registration may be wrong."""
    expected = dict(zip(LIMITS, DECLARED, strict=True))[name]
    tracking = _tracking(staging, f"{name}-cpu")
    assert _limits(staging, name) == (expected.minimum, expected.maximum)
    assert expected.scale_out_cooldown == tracking["scale_out_cooldown"]
    assert expected.scale_in_cooldown == tracking["scale_in_cooldown"]


def test_the_api_survives_the_loss_of_a_zone(staging):
    """There is always a task in each of two zones."""
    assert _limits(staging, "notification-api")[0] >= 2
    assert len({subnet["availability_zone"] for subnet in staging.all("aws_subnet").values()}) >= 2


def test_autoscaling_owns_the_desired_count(offline):
    """A later apply does not undo what scaling did."""
    assert "ignore_changes = [desired_count]" in offline.source("modules/service/service.tf")


def test_limits_and_target_can_be_set(production):
    """Production's own values reach the scalable target and the policy."""
    api, sender = _tracking(production, "notification-api-cpu"), _tracking(production, "email-sender-cpu")
    assert (3, 3) == _limits(production, "notification-api", "notifications-production")
    assert (90, 10) == (api["target_value"], sender["target_value"])
    assert 60 == api["scale_in_cooldown"]


@pytest.mark.parametrize("service", ["notification_api", "email_sender"])
@pytest.mark.parametrize(
    "argument",
    [
        "min_tasks",
        "max_tasks",
        "cpu_target",
        "scale_out_cooldown",
        "scale_in_cooldown",
        "scheduled_minimums",
    ],
)
def test_operators_choose_how_each_service_scales(staging, service, argument):
    """Each service is scaled by its own figures, none by the other's."""
    call = staging.configuration["module_calls"][f"{service}_autoscaling"]["expressions"]
    assert call[argument]["references"] == [f"var.{service}.{argument}", f"var.{service}"]
