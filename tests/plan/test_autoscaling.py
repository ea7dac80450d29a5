from tests.plan.view import only

LIMITS = {"notification-api": (2, 8), "email-sender": (1, 4)}


def test_cpu_target_is_70_percent(service):
    """Both services hold 70 % of their reserved CPU."""
    assert service.tracking["target_value"] == 70


def test_target_tracking_reads_the_services_average_cpu(service):
    """The metric is ECS's own average over the service's tasks."""
    assert service.policy["policy_type"] == "TargetTrackingScaling"
    metric = only(service.tracking["predefined_metric_specification"])
    assert metric["predefined_metric_type"] == "ECSServiceAverageCPUUtilization"


def test_scaling_in_is_allowed(service):
    """Tasks that are no longer needed go."""
    assert service.tracking["disable_scale_in"] is False


def test_cooldowns(service):
    """Tasks are added every minute at most, and removed every five."""
    assert service.tracking["scale_out_cooldown"] == 60
    assert service.tracking["scale_in_cooldown"] == 300


def test_capacity_limits(service):
    """Each service stays within its own number of tasks."""
    name = service.service["name"]
    assert (service.target["min_capacity"], service.target["max_capacity"]) == LIMITS[name]


def test_the_api_survives_the_loss_of_a_zone(api, staging):
    """There is always a task in each of two zones."""
    assert api.target["min_capacity"] >= 2
    assert len({subnet["availability_zone"] for subnet in staging.all("aws_subnet").values()}) >= 2


def test_scaling_moves_the_desired_count_of_its_own_service(service):
    """Target and policy name the same ECS service."""
    expected = f"service/notifications-staging/{service.service['name']}"
    for part in (service.target, service.policy):
        assert part["resource_id"] == expected
        assert part["service_namespace"] == "ecs"
        assert part["scalable_dimension"] == "ecs:service:DesiredCount"


def test_policies_are_attached_to_their_target(staging):
    """A policy is created after the scalable target that it needs."""
    for module in ("notification_api_autoscaling", "email_sender_autoscaling"):
        policy = f"module.{module}.aws_appautoscaling_policy.cpu"
        assert staging.sources(policy, "resource_id") == {f"module.{module}.aws_appautoscaling_target.this"}


def test_a_service_starts_with_its_smallest_number_of_tasks(service):
    """The first deployment needs no scaling activity to be within its limits."""
    assert service.service["desired_count"] == service.target["min_capacity"]


def test_autoscaling_owns_the_desired_count(offline):
    """A later apply does not undo what scaling did."""
    assert "ignore_changes = [desired_count]" in offline.source("modules/service/service.tf")


def test_limits_and_target_can_be_set(production):
    """Production's own values reach the scalable target and the policy."""
    api, sender = production.service("notification-api"), production.service("email-sender")
    assert (api.target["min_capacity"], api.target["max_capacity"]) == (3, 3)
    assert (api.tracking["target_value"], sender.tracking["target_value"]) == (90, 10)
    assert api.tracking["scale_in_cooldown"] == 60
