import pytest

from shared.health import HEALTH_PATH
from shared.http.server import KEEP_ALIVE_SECONDS
from tests.plan.module_view import output_of, references, resources_of
from tests.plan.view import only

LOAD_BALANCER = "module.load_balancer.aws_lb.this"
GROUPS = ('this["canary"]', 'this["stable"]')


@pytest.fixture
def load_balancer(standalone):
    """The load balancer that may be deleted."""
    return resources_of(standalone, "load_balancer", "aws_lb")["this"]


@pytest.fixture(params=GROUPS)
def target_group(request, standalone):
    """Each of the two target groups."""
    return resources_of(standalone, "load_balancer", "aws_lb_target_group")[request.param]


@pytest.fixture
def health_check(target_group):
    """How a target group asks for health."""
    return only(target_group["health_check"])


def test_the_stable_service_and_the_canary_have_a_target_group_each(standalone):
    """Their names fit beside the longest name of a load balancer."""
    groups = resources_of(standalone, "load_balancer_most", "aws_lb_target_group")
    assert {
        'this["stable"]': "a-name-of-25-characters-9-api",
        'this["canary"]': "a-name-of-25-characters-9-canary",
    } == {key: group["name"] for key, group in groups.items()}
    assert 32 == max(len(group["name"]) for group in groups.values())


def test_the_health_check_asks_the_path_that_the_service_answers(staging):
    """Terraform and the code name the same path."""
    groups = resources_of(staging, "load_balancer", "aws_lb_target_group")
    assert sorted(groups) == list(GROUPS)
    assert {HEALTH_PATH} == {only(group["health_check"])["path"] for group in groups.values()}


def test_a_healthy_task_answers_200(health_check):
    """A redirect or an error page is no sign of health."""
    assert "200" == health_check["matcher"]
    assert "/healthz" == health_check["path"]


def test_health_check_thresholds(health_check):
    """A task is taken out after three failures in a row, and back in after two successes."""
    assert (2, 3) == (health_check["healthy_threshold"], health_check["unhealthy_threshold"])


def test_health_check_times(health_check):
    """A saturated task may take ten seconds to answer before that counts as a failure."""
    assert (15, 10) == (health_check["interval"], health_check["timeout"])


def test_targets_are_addresses_of_tasks(target_group):
    """Fargate registers addresses; the load balancer speaks HTTP to them."""
    assert "ip" == target_group["target_type"]
    assert ("HTTP", 8080) == (target_group["protocol"], target_group["port"])
    assert "vpc-1" == target_group["vpc_id"]


def test_port_and_path_are_the_callers(standalone):
    """What is served elsewhere is asked there."""
    groups = resources_of(standalone, "load_balancer_https", "aws_lb_target_group").values()
    assert [(9090, "/ready")] * 2 == [(one["port"], only(one["health_check"])["path"]) for one in groups]
    assert {"vpc-2"} == {one["vpc_id"] for one in groups}


def test_targets_are_asked_on_the_port_that_they_serve(staging, api):
    """The target groups' port is the container's."""
    groups = resources_of(staging, "load_balancer", "aws_lb_target_group").values()
    port = only(api.container.portMappings)["containerPort"]
    assert [group["port"] for group in groups] == [port, port]


def test_deregistration_delay_leaves_time_to_stop(target_group):
    """Requests take less than a second: fifteen are enough, and a deployment does not wait for 300."""
    assert 15 == int(target_group["deregistration_delay"])


def test_a_task_outlives_its_last_requests(staging, api):
    """Requests in flight are finished before the task is killed."""
    groups = resources_of(staging, "load_balancer", "aws_lb_target_group").values()
    assert [True] * 2 == [int(group["deregistration_delay"]) < api.container.stopTimeout for group in groups]


def test_the_load_balancer_closes_idle_connections_first(load_balancer):
    """No request is sent into a connection that the application is just closing."""
    assert 60 == load_balancer["idle_timeout"]
    assert load_balancer["idle_timeout"] < KEEP_ALIVE_SECONDS


def test_it_faces_the_internet_in_public_subnets(staging):
    """Callers reach it from outside the VPC."""
    assert staging.one("aws_lb")["internal"] is False
    assert {"module.network.aws_subnet.public"} == staging.sources(LOAD_BALANCER, "subnets")


def test_it_is_an_application_load_balancer_of_its_own_group(standalone, load_balancer):
    """It stands in every subnet that it is given, behind its own security group."""
    assert ("application", "mail") == (load_balancer["load_balancer_type"], load_balancer["name"])
    assert ["subnet-1", "subnet-2"] == sorted(load_balancer["subnets"])
    assert {"module.load_balancer.aws_security_group.this"} == standalone.sources(
        LOAD_BALANCER, "security_groups"
    )


def test_invalid_headers_are_dropped(load_balancer):
    """Requests cannot be smuggled past it in malformed headers."""
    assert load_balancer["drop_invalid_header_fields"] is True


def test_the_load_balancer_is_written_out(standalone):
    """None of what it does hangs on the provider's defaults."""
    assert {
        "access_logs",
        "drop_invalid_header_fields",
        "enable_deletion_protection",
        "idle_timeout",
        "internal",
        "load_balancer_type",
        "name",
        "security_groups",
        "subnets",
    } == set(standalone.written(LOAD_BALANCER))


def test_target_groups_are_written_out(standalone):
    """Every figure of the health check stands in the code, and nobody's requests stick to a target."""
    group = standalone.written("module.load_balancer.aws_lb_target_group.this")
    assert {
        "deregistration_delay",
        "health_check",
        "name",
        "port",
        "protocol",
        "target_type",
        "vpc_id",
    } == set(group)
    assert {
        "healthy_threshold",
        "interval",
        "matcher",
        "path",
        "timeout",
        "unhealthy_threshold",
    } == set(only(group["health_check"]))


def test_it_is_deleted_only_where_that_is_allowed(standalone, load_balancer):
    """A load balancer that is in use does not go by mistake."""
    assert load_balancer["enable_deletion_protection"] is False
    kept = resources_of(standalone, "load_balancer_https", "aws_lb")["this"]
    assert kept["enable_deletion_protection"] is True


def test_only_production_refuses_to_be_deleted(staging, production):
    """Staging can be taken down and put up again."""
    assert staging.one("aws_lb")["enable_deletion_protection"] is False
    assert production.one("aws_lb")["enable_deletion_protection"] is True


def test_the_security_group_is_the_vpcs_and_named_after_the_load_balancer(standalone):
    """It carries no rule inline, which would fight with those of the services."""
    group = standalone.written("module.load_balancer.aws_security_group.this")
    assert {"name", "description", "vpc_id", "tags"} == set(group)
    planned = resources_of(standalone, "load_balancer", "aws_security_group")["this"]
    assert ("mail-load-balancer", "vpc-1") == (planned["name"], planned["vpc_id"])


@pytest.mark.parametrize(
    ("module", "expected"),
    [
        ("load_balancer", set()),
        ("load_balancer_least", {(80, "10.0.0.0/8")}),
        (
            "load_balancer_https",
            {(port, block) for port in (80, 443) for block in ("203.0.113.0/24", "198.51.100.0/24")},
        ),
    ],
)
def test_only_the_named_callers_reach_the_listeners_ports(standalone, module, expected):
    """A port without a listener is closed, and so is every other address."""
    rules = resources_of(standalone, module, "aws_vpc_security_group_ingress_rule").values()
    assert {(rule["from_port"], rule["cidr_ipv4"]) for rule in rules} == expected
    assert [(rule["ip_protocol"], rule["to_port"]) for rule in rules] == [
        ("tcp", rule["from_port"]) for rule in rules
    ]


def test_the_callers_rules_are_the_load_balancers(standalone):
    """They open its own group."""
    rule = "module.load_balancer.aws_vpc_security_group_ingress_rule.callers"
    assert ["aws_security_group.this.id"] == references(standalone.written(rule)["security_group_id"])


@pytest.mark.parametrize("name", ["stable", "canary"])
def test_services_are_given_their_own_target_group(standalone, name):
    """ECS refuses a target group that no listener forwards to, so it is handed out after the listener."""
    output = output_of(standalone, "load_balancer", name)
    assert references(output["expression"]) == [
        f'aws_lb_target_group.this["{name}"].arn',
        "aws_security_group.this.id",
    ]
    assert ["aws_lb_listener.this"] == output["depends_on"]


def test_metrics_are_found_by_what_cloudwatch_calls_the_parts(standalone):
    """Alarms ask for suffixes of ARNs, each of its own part."""
    assert [
        "aws_lb.this.arn_suffix",
        'aws_lb_target_group.this["stable"].arn_suffix',
        'aws_lb_target_group.this["canary"].arn_suffix',
    ] == references(output_of(standalone, "load_balancer", "metric_dimensions")["expression"])


def test_each_dimension_is_its_own_part(offline):
    """The order of an output's references does not say which name each belongs to."""
    text = offline.source("modules/load_balancer/outputs.tf")
    for name in ("stable", "canary"):
        assert f'{name} = aws_lb_target_group.this["{name}"].arn_suffix' in text


@pytest.mark.parametrize(
    ("call", "output"),
    [("notification_api", "stable"), ("notification_api_canary", "canary")],
)
def test_each_release_registers_with_its_own_target_group(staging, call, output):
    """The stable service takes the stable share of the requests, the canary its own."""
    given = staging.configuration["module_calls"][call]["expressions"]["load_balancer"]
    assert references(given) == [f"module.load_balancer.{output}"]


def test_only_the_api_is_behind_the_load_balancer(api, sender):
    """Its container takes the traffic; the Email Sender takes none."""
    behind = only(api.service["load_balancer"])
    assert ("notification-api", 8080) == (behind["container_name"], behind["container_port"])
    assert [] == sender.service["load_balancer"]
