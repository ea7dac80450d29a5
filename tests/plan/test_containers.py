import importlib.util

import pytest

from tests.plan.view import only

PORTS = {"notification-api": 8080, "email-sender": 8081}


@pytest.fixture(params=["plain", "full", "connect-server", "app-mesh", "least", "most"])
def container(request, standalone):
    """The application's container in each kind of service but the one with a shell."""
    return standalone.service(request.param).container


def test_a_container_runs_the_image_that_is_asked_for(standalone):
    """Image and tag reach the container as they are."""
    image = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/standalone/app:1.4.2"
    assert standalone.service("plain").container.image == image


def test_stop_timeout_covers_the_shutdown(sender):
    """The Email Sender is done with what it has in hand before it is killed."""
    assert sender.container.stopTimeout > int(sender.container.environment["SHUTDOWN_TIMEOUT_SECONDS"])


@pytest.mark.parametrize(("name", "seconds"), [("plain", 45), ("full", 60), ("least", 30), ("most", 120)])
def test_a_stopping_task_has_the_time_that_is_asked_for(standalone, name, seconds):
    """Seconds between SIGTERM and SIGKILL."""
    assert standalone.service(name).container.stopTimeout == seconds


def test_requests_in_flight_are_finished(service):
    """Neither service is killed with work in hand."""
    assert service.container.stopTimeout >= 30


def test_a_mail_in_hand_is_finished_before_shutdown_ends(cell):
    """The shutdown is longer than the longest mail, and there is time left to let go of what is not done."""
    container = cell.container("email-sender")
    environment = container.environment
    assert int(environment["SHUTDOWN_TIMEOUT_SECONDS"]) >= int(environment["SEND_TIMEOUT_SECONDS"]) + 5
    assert container.stopTimeout >= int(environment["SHUTDOWN_TIMEOUT_SECONDS"]) + 5


def test_the_sender_has_all_the_time_that_fargate_grants(staging):
    """A mail of 100 seconds, of which Exchange takes 30 to acknowledge it; the API has no such work."""
    container = staging.container("email-sender")
    environment = container.environment
    assert 120 == container.stopTimeout
    assert ("110", "100") == (environment["SHUTDOWN_TIMEOUT_SECONDS"], environment["SEND_TIMEOUT_SECONDS"])
    assert 30 == staging.container("notification-api").stopTimeout


def test_a_shorter_mail_makes_a_shorter_stop(cells):
    """A rehearsal, or whoever knows the mail server to be quick, waits for no two minutes."""
    container = cells("edges").container("email-sender")
    assert "10" == container.environment["SEND_TIMEOUT_SECONDS"]
    assert ("20", 30) == (container.environment["SHUTDOWN_TIMEOUT_SECONDS"], container.stopTimeout)


def test_a_rehearsal_waits_for_no_task_longer_than_half_a_minute(rehearsed):
    """The stage's own mail server answers at once, so what holds a task up there is a defect."""
    stops = {name: rehearsed.container(name).stopTimeout for name in PORTS}
    assert {"notification-api": 30, "email-sender": 30} == stops


def test_ecs_asks_the_email_sender_itself(sender):
    """The health check is a command of the image, so that a hung task is replaced."""
    check = sender.container.healthCheck
    assert ["CMD", "python", "-m", "email_sender.healthcheck"] == check["command"]
    assert importlib.util.find_spec(check["command"][-1]) is not None


def test_the_email_senders_health_check_bears_a_slow_start(sender):
    """A minute passes before failures count; then three in a row replace the task."""
    check = {name: value for name, value in sender.container.healthCheck.items() if name != "command"}
    assert {"interval": 15, "timeout": 5, "retries": 3, "startPeriod": 60} == check


def test_a_health_check_is_the_one_that_is_asked_for(standalone):
    """Each of its five parts reaches the container; without one there is none."""
    assert {
        "command": ["CMD", "python", "-m", "app.healthcheck"],
        "interval": 20,
        "timeout": 6,
        "retries": 4,
        "startPeriod": 70,
    } == standalone.service("full").container.healthCheck
    assert standalone.service("plain").container.healthCheck is None


def test_everything_that_serves_has_a_health_check(service):
    """The load balancer's, or the container's own."""
    behind_load_balancer = bool(service.service["load_balancer"])
    assert behind_load_balancer or service.container.healthCheck


def test_a_container_listens_on_the_port_it_is_told(service):
    """Port mapping and PORT agree."""
    expected = PORTS[service.service["name"]]
    mapping = only(service.container.portMappings)
    assert (mapping["containerPort"], mapping["hostPort"], mapping["protocol"]) == (expected, expected, "tcp")
    assert service.container.environment["PORT"] == str(expected)


def test_a_port_has_no_name_without_service_connect(standalone):
    """What nobody asks for is not there."""
    expected = {"containerPort": 8080, "hostPort": 8080, "protocol": "tcp"}
    assert only(standalone.service("plain").container.portMappings) == expected


def test_a_container_knows_who_it_is(standalone):
    """Its name is in its environment, beside what it is given."""
    assert {
        "PORT": "8080",
        "QUEUE_NAME": "mail",
        "SERVICE_NAME": "plain",
    } == standalone.service("plain").container.environment


def test_a_container_cannot_change_its_image(container):
    """The file system is read-only."""
    assert container.readonlyRootFilesystem is True


def test_a_container_has_no_privileges(container):
    """No root user, no Linux capability."""
    user, group = container.user.split(":")
    assert int(user) > 0
    assert int(group) > 0
    assert {"drop": ["ALL"]} == container.linuxParameters["capabilities"]
    assert not container.privileged


def test_a_container_runs_as_the_images_user(service):
    """The same number as in both Dockerfiles."""
    assert "10001:10001" == service.container.user


def test_an_init_process_reaps_and_forwards_signals(container):
    """SIGTERM reaches the application even when it is not process 1."""
    assert container.linuxParameters["initProcessEnabled"] is True


def test_a_task_ends_with_its_container(container):
    """A container that exits is replaced."""
    assert container.essential is True


def test_a_container_waits_for_nobody(standalone):
    """Only a sidecar would be waited for."""
    assert standalone.service("plain").container.dependsOn is None
    assert {"plain"} == set(standalone.service("plain").containers)


def test_logs_go_to_the_services_own_log_group(service, staging):
    """Each container's output is in CloudWatch Logs, under its service's name."""
    group = f"/ecs/notifications-staging/{service.service['name']}"
    assert service.container.logConfiguration == {
        "logDriver": "awslogs",
        "options": {
            "awslogs-group": group,
            "awslogs-region": "eu-central-1",
            "awslogs-stream-prefix": "task",
        },
    }
    assert staging.one("aws_cloudwatch_log_group", name=group)


def test_a_container_waits_for_its_log_group(offline):
    """It is created first: the log driver may not create it."""
    text = offline.source("modules/service/container.tf")
    assert "awslogs-group = local.application_logs\n" in text
    assert ": aws_cloudwatch_log_group.this[0].name\n" in offline.source(
        "modules/service/variables-candidate.tf"
    )


def test_logs_are_encrypted_and_kept_as_long_as_asked(standalone):
    """With the system's key, for the given days."""
    groups = [
        standalone.one("aws_cloudwatch_log_group", name=f"/ecs/standalone/{name}")
        for name in ("plain", "full")
    ]
    assert [30, 90] == [group["retention_in_days"] for group in groups]
    key = "arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555"
    assert [group["kms_key_id"] for group in groups] == [key, key]
