import importlib.util

import pytest

from tests.plan.view import only

SIZES = {"notification-api": (256, 512), "email-sender": (256, 512)}
PORTS = {"notification-api": 8080, "email-sender": 8081}


def test_sizes(service):
    """Each task reserves what its work needs."""
    assert (service.cpu, service.memory) == SIZES[service.service["name"]]


def test_tasks_run_on_fargate(service):
    """Each task has a network interface of its own."""
    assert service.service["launch_type"] == "FARGATE"
    assert service.task["requires_compatibilities"] == ["FARGATE"]
    assert service.task["network_mode"] == "awsvpc"


def test_a_deployment_never_goes_below_the_desired_count(service):
    """New tasks are healthy before old ones stop."""
    assert service.service["deployment_minimum_healthy_percent"] == 100
    assert service.service["deployment_maximum_percent"] == 200


def test_a_failed_deployment_undoes_itself(service):
    """The circuit breaker rolls back to what ran before."""
    breaker = only(service.service["deployment_circuit_breaker"])
    assert (breaker["enable"], breaker["rollback"]) == (True, True)


def test_the_revision_to_roll_back_to_stays_registered(service):
    """Terraform leaves older revisions of the task definition alone."""
    assert service.task["skip_destroy"] is True


def test_grace_period(api, sender):
    """The load balancer's first failures do not count; the Email Sender has no load balancer."""
    assert api.service["health_check_grace_period_seconds"] == 60
    assert sender.service["health_check_grace_period_seconds"] is None


def test_a_service_runs_its_own_task_definition_in_the_cluster(staging):
    """Service, task definition and cluster belong together."""
    for module in ("notification_api", "email_sender"):
        service, task = (f"module.{module}.aws_ecs_{kind}.this" for kind in ("service", "task_definition"))
        assert staging.sources(service, "task_definition") == {task}
        assert staging.sources(service, "cluster") == {"module.cluster.aws_ecs_cluster.this"}


def test_the_cluster_counts_tasks(staging):
    """Container Insights is on."""
    assert staging.one("aws_ecs_cluster")["setting"] == [{"name": "containerInsights", "value": "enabled"}]


def test_stop_timeout_covers_the_shutdown(sender):
    """The Email Sender is done with what it has in hand before it is killed."""
    assert sender.container.stopTimeout >= 30
    assert sender.container.stopTimeout > int(sender.container.environment["SHUTDOWN_TIMEOUT_SECONDS"])


def test_the_api_has_time_to_finish_requests(api):
    """The Notification API is not killed with requests in flight."""
    assert api.container.stopTimeout >= 30


@pytest.mark.parametrize("name", ["staging", "production"])
def test_a_mail_in_hand_is_finished_before_shutdown_ends(name, request):
    """The shutdown is longer than the longest mail."""
    environment = request.getfixturevalue(name).container("email-sender").environment
    assert int(environment["SHUTDOWN_TIMEOUT_SECONDS"]) >= int(environment["SEND_TIMEOUT_SECONDS"]) + 5


def test_ecs_asks_the_email_sender_itself(sender):
    """The health check is a command of the image, so that a hung task is replaced."""
    check = sender.container.healthCheck
    assert check["command"] == ["CMD", "python", "-m", "email_sender.healthcheck"]
    assert importlib.util.find_spec(check["command"][-1]) is not None


def test_the_email_senders_health_check_bears_a_slow_start(sender):
    """A minute passes before failures count; then three in a row replace the task."""
    check = {name: value for name, value in sender.container.healthCheck.items() if name != "command"}
    assert check == {"interval": 15, "timeout": 5, "retries": 3, "startPeriod": 60}


def test_a_container_listens_on_the_port_it_is_told(service):
    """Port mapping and PORT agree."""
    expected = PORTS[service.service["name"]]
    mapping = only(service.container.portMappings)
    assert (mapping["containerPort"], mapping["protocol"]) == (expected, "tcp")
    assert service.container.environment["PORT"] == str(expected)


def test_a_container_cannot_change_its_image(service):
    """The file system is read-only."""
    assert service.container.readonlyRootFilesystem is True


def test_a_container_has_no_privileges(service):
    """No root user, no Linux capability."""
    user, group = service.container.user.split(":")
    assert int(user) > 0
    assert int(group) > 0
    assert service.container.linuxParameters["capabilities"] == {"drop": ["ALL"]}
    assert not service.container.privileged


def test_an_init_process_reaps_and_forwards_signals(service):
    """SIGTERM reaches the application even when it is not process 1."""
    assert service.container.linuxParameters["initProcessEnabled"] is True


def test_a_task_ends_with_its_container(service):
    """A container that exits is replaced."""
    assert service.container.essential is True


def test_logs_go_to_the_services_own_log_group(service, staging):
    """Each container's output is in CloudWatch Logs, under its service's name."""
    name = service.service["name"]
    driver = service.container.logConfiguration
    assert driver["logDriver"] == "awslogs"
    assert driver["options"]["awslogs-group"] == f"/ecs/notifications-staging/{name}"
    assert driver["options"]["awslogs-region"] == "eu-central-1"
    assert driver["options"]["awslogs-stream-prefix"]
    assert staging.one("aws_cloudwatch_log_group", name=driver["options"]["awslogs-group"])


def test_logs_are_kept_for_a_month(staging):
    """Neither for ever nor too short to look back."""
    groups = staging.all("aws_cloudwatch_log_group").values()
    assert {group["retention_in_days"] for group in groups} == {30}


def test_tags_follow_to_tasks(service):
    """The bill names the service of each task."""
    assert service.service["propagate_tags"] == "SERVICE"
    assert service.service["enable_ecs_managed_tags"] is True


def test_nobody_opens_a_shell_in_a_task(service):
    """ECS Exec is off."""
    assert not service.service["enable_execute_command"]
