"""Locust's master and workers: tasks that a test runs, and what they may reach and read."""

import json

import pytest

from tests.plan.view import only

ACCOUNT = "eu-central-1:123456789012"
ROLE = "standalone-load-generator"
MODULE = "module.load_generator"
INGRESS = "aws_vpc_security_group_ingress_rule"
EGRESS = "aws_vpc_security_group_egress_rule"


@pytest.fixture(params=["master", "worker"])
def role(request):
    """Each of the two kinds of task."""
    return request.param


@pytest.fixture
def definition(standalone, role):
    """A task definition."""
    return standalone.one("aws_ecs_task_definition", family=f"{ROLE}-{role}")


@pytest.fixture
def container(definition):
    """The one container of a task."""
    return only(json.loads(definition["container_definitions"]))


def test_there_is_none_by_default(staging):
    """Nobody pays for, or watches, what nobody uses."""
    assert staging.variables["load_generator"] is None
    assert staging.outputs["load_generator"] is None
    assert {} == staging.all("aws_ecs_task_definition", MODULE)


def test_no_service_keeps_it_running(cells):
    """A test starts its tasks and stops them: between two runs they cost nothing."""
    load = cells("load")
    services = {service["name"] for service in load.all("aws_ecs_service").values()}
    assert {"notification-api", "email-sender"} == services
    assert 2 == len(load.all("aws_ecs_task_definition", f"{MODULE}[0]"))


def test_it_runs_what_its_own_repository_holds(cells):
    """Of the tag that its variable names."""
    load = cells("load")
    images = {
        only(json.loads(one["container_definitions"]))["image"]
        for one in load.all("aws_ecs_task_definition", f"{MODULE}[0]").values()
    }
    assert {
        "123456789012.dkr.ecr.eu-central-1.amazonaws.com/notifications-staging/load-generator:0.3.0"
    } == images
    assert load.one("aws_ecr_repository", name="notifications-staging/load-generator")


def test_a_task_has_a_whole_core(definition):
    """Locust uses one, and is late with less."""
    assert ("1024", "2048", "awsvpc") == (
        definition["cpu"],
        definition["memory"],
        definition["network_mode"],
    )


def test_a_task_writes_to_its_scratch_folder_alone(container, definition):
    """As nobody but a user without rights, as the services' tasks do."""
    assert container["readonlyRootFilesystem"] is True
    assert "10001:10001" == container["user"]
    assert {"drop": ["ALL"]} == container["linuxParameters"]["capabilities"]
    assert {"sourceVolume": "scratch", "containerPath": "/load", "readOnly": False} == only(
        container["mountPoints"]
    )
    assert "scratch" == only(definition["volume"])["name"]


def test_no_line_on_a_request_is_dropped(container):
    """The verdict is made of them; ECS drops what a full buffer does not hold unless it is told not to."""
    assert "blocking" == container["logConfiguration"]["options"]["mode"]


def test_requests_in_flight_are_seen_through(container):
    """A stopped task has more time than Locust takes for its last answers."""
    assert 60 == container["stopTimeout"]


def test_no_task_definition_has_a_secret(container):
    """A worker is told where its key is, and reads it."""
    named = {one["name"]: one["value"] for one in container["environment"]}
    own = {"master": "LOAD_CONTROL", "worker": "LOAD_KEY_SECRET"}[named["LOAD_ROLE"]]
    assert {"LOAD_ROLE", own} == named.keys()
    assert "secrets" not in container


def test_each_task_reads_what_it_needs(standalone):
    """The master how much load is wanted, a worker its key, and nobody writes."""
    granted = {
        name: {
            (*sorted(one.actions), *sorted(one.resources))
            for one in standalone.policy_statements(f"{ROLE}-{name}").values()
        }
        for name in ("master", "worker")
    }
    assert granted == {
        "master": {
            (
                "ssm:GetParameters",
                f"arn:aws:ssm:{ACCOUNT}:parameter/standalone/load-generator/control",
            )
        },
        "worker": {
            (
                "secretsmanager:GetSecretValue",
                f"arn:aws:secretsmanager:{ACCOUNT}:secret:standalone/load-generator-key-??????",
            )
        },
    }


def test_ecs_pulls_one_image_and_writes_one_log(standalone):
    """Nothing of any other repository or group."""
    granted = {
        sid: sorted(one.resources) for sid, one in standalone.policy_statements(f"{ROLE}-execution").items()
    }
    assert granted == {
        "LogInToRegistry": ["*"],
        "PullImages": [f"arn:aws:ecr:{ACCOUNT}:repository/standalone/load-generator"],
        "ShipLogs": [f"arn:aws:logs:{ACCOUNT}:log-group:/ecs/standalone/load-generator:*"],
    }


def _ways(plan, kind, module):
    """Ports and the other end of every rule of a module, by the rule's name."""
    ends = ("referenced_security_group_id", "prefix_list_id", "cidr_ipv4", "security_group_id")
    return {
        address.removeprefix(f"{module}.{kind}."): (
            rule["from_port"],
            rule["to_port"],
            *[rule[end] for end in ends if rule.get(end)],
        )
        for address, rule in plan.all(kind, module).items()
    }


def test_a_task_reaches_the_load_balancer_its_master_and_aws(standalone):
    """The load balancer's addresses are anybody's, as its name leads to public ones."""
    assert {
        "endpoints[0]": (443, 443, "sg-endpoints"),
        'internet["443"]': (443, 443, "0.0.0.0/0"),
        "master": (5557, 5557),
        "prefix_lists[0]": (443, 443, "pl-s3"),
        "prefix_lists[1]": (443, 443, "pl-dynamodb"),
    } == _ways(standalone, EGRESS, MODULE)


def test_the_load_balancer_lets_in_what_comes_through_the_nat_gateways(standalone):
    """One address a gateway, and the listener's port alone."""
    assert {
        "endpoints[0]": (443, 443, "sg-endpoints"),
        'load_balancer["a"]': (443, 443, "203.0.113.7/32", "sg-load-balancer"),
        'load_balancer["b"]': (443, 443, "203.0.113.8/32", "sg-load-balancer"),
        "master": (5557, 5557),
    } == _ways(standalone, INGRESS, MODULE)


def test_without_interface_endpoints_aws_is_behind_the_nat_gateway(standalone):
    """Port 443 beside the listener's own."""
    ways = _ways(standalone, EGRESS, "module.load_generator_gateway")
    assert {'internet["443"]', 'internet["80"]', "master"} == {name for name in ways if "prefix" not in name}
    assert {'load_balancer["a"]', "master"} == _ways(
        standalone, INGRESS, "module.load_generator_gateway"
    ).keys()


def test_what_is_wanted_may_change_without_terraform(cells, offline):
    """A run writes it; the next plan does not set it back."""
    parameter = cells("load").one("aws_ssm_parameter", name="/notifications-staging/load-generator/control")
    assert {"ended": True} == json.loads(parameter["insecure_value"])
    assert "ignore_changes = [insecure_value]" in offline.source("modules/load_generator/control.tf")


def test_whoever_runs_the_load_is_told_all_of_it(cells, standalone):
    """Names are known before anything exists; `verify` takes exactly these."""
    run = standalone.outputs["load_generator"]["run"]
    assert {
        "workers": 50,
        "container": "load-generator",
        "subnet_ids": ["subnet-1", "subnet-2"],
        "log_group": "/ecs/standalone/load-generator",
        "stream_prefix": "load",
        "control_parameter": "/standalone/load-generator/control",
        "key_secret": "standalone/load-generator-key",
    }.items() <= run.items()
    assert 2 == cells("load").variables["load_generator"]["workers"]
