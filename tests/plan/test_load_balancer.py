import pytest

from contract.health import HEALTH_PATH
from serving.server import KEEP_ALIVE_SECONDS
from tests.plan.view import only


@pytest.fixture
def load_balancer(staging):
    """The load balancer."""
    return staging.one("aws_lb")


@pytest.fixture
def target_group(staging):
    """The Notification API's target group."""
    return staging.one("aws_lb_target_group")


@pytest.fixture
def health_check(target_group):
    """How the target group asks for health."""
    return only(target_group["health_check"])


def test_the_health_check_asks_the_path_that_the_service_answers(health_check):
    """Terraform and the code name the same path."""
    assert health_check["path"] == HEALTH_PATH
    assert health_check["matcher"] == "200"


def test_health_check_thresholds(health_check):
    """A task is taken out after three failures in a row, and back in after two successes."""
    assert (health_check["healthy_threshold"], health_check["unhealthy_threshold"]) == (2, 3)


def test_health_check_times(health_check):
    """A saturated task may take ten seconds to answer before that counts as a failure."""
    assert (health_check["interval"], health_check["timeout"]) == (15, 10)


def test_targets_are_addresses_of_tasks(target_group, api):
    """Fargate registers addresses, on the port that the container listens on."""
    assert target_group["target_type"] == "ip"
    assert target_group["protocol"] == "HTTP"
    assert target_group["port"] == only(api.container.portMappings)["containerPort"]


def test_deregistration_delay_leaves_time_to_stop(target_group, api):
    """Requests in flight are finished before the task is asked to stop."""
    assert int(target_group["deregistration_delay"]) == 15
    assert int(target_group["deregistration_delay"]) < api.container.stopTimeout


def test_the_load_balancer_closes_idle_connections_first(load_balancer):
    """No request is sent into a connection that the application is just closing."""
    assert load_balancer["idle_timeout"] == 60
    assert load_balancer["idle_timeout"] < KEEP_ALIVE_SECONDS


def test_it_stands_in_public_subnets_of_two_zones(staging):
    """Callers reach it from the internet."""
    assert not staging.one("aws_lb").get("internal")
    assert staging.sources("module.load_balancer.aws_lb.this", "subnets") == {
        "module.network.aws_subnet.public"
    }


def test_invalid_headers_are_dropped(load_balancer):
    """Requests cannot be smuggled past it in malformed headers."""
    assert load_balancer["drop_invalid_header_fields"] is True


def test_staging_may_speak_http(staging):
    """Without a certificate the only listener is HTTP, and forwards."""
    listener = staging.one("aws_lb_listener")
    assert (listener["port"], listener["protocol"]) == (80, "HTTP")
    assert only(listener["default_action"])["type"] == "forward"


def test_the_listener_forwards_to_the_services_target_group(staging):
    """What the listener forwards to is what the API's tasks register with."""
    listener = "module.load_balancer.aws_lb_listener.this"
    group = {"module.load_balancer.aws_lb_target_group.this"}
    assert staging.sources(listener, "default_action", "target_group_arn") == group
    assert group < staging.sources("module.notification_api", "load_balancer")


def test_only_the_api_is_behind_the_load_balancer(api, sender):
    """Its container takes the traffic; the Email Sender takes none."""
    behind = only(api.service["load_balancer"])
    assert (behind["container_name"], behind["container_port"]) == ("notification-api", 8080)
    assert sender.service["load_balancer"] == []


def test_production_speaks_https(production):
    """Traffic is forwarded by TLS 1.2 or newer with the given certificate."""
    listener = production.one("aws_lb_listener", port=443)
    assert listener["protocol"] == "HTTPS"
    assert listener["certificate_arn"].endswith("certificate/0a1b2c3d")
    assert listener["ssl_policy"] == "ELBSecurityPolicy-TLS13-1-2-2021-06"
    assert only(listener["default_action"])["type"] == "forward"


def test_production_redirects_http(production):
    """Plain HTTP gets no answer but the way to HTTPS."""
    action = only(production.one("aws_lb_listener", port=80)["default_action"])
    assert action["type"] == "redirect"
    redirect = only(action["redirect"])
    assert (redirect["protocol"], redirect["port"], redirect["status_code"]) == ("HTTPS", "443", "HTTP_301")


def test_only_production_refuses_to_be_deleted(load_balancer, production):
    """Staging can be taken down and put up again."""
    assert load_balancer["enable_deletion_protection"] is False
    assert production.one("aws_lb")["enable_deletion_protection"] is True
