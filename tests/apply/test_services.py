"""ECS services: what they run, where, and what undoes a deployment of them."""

import pytest

from common.pages import listed
from tests.apply.services import containers, described, images, task_definition
from tests.waiting import LONG, eventually

STABLE = {"notification-api": "0.1.0", "email-sender": "0.1.0"}
NEXT = dict.fromkeys(STABLE, "0.1.1")
WITH_CANARY = STABLE | {"notification-api-canary": "0.2.0", "email-sender-canary": "0.2.0"}


@pytest.mark.parametrize(
    ("applied", "tags"),
    [("service_connect", STABLE), ("app_mesh", WITH_CANARY), ("none", NEXT), ("staging", STABLE)],
    indirect=["applied"],
)
def test_each_service_runs_its_image(applied, tags):
    """Images come from the repositories that were made, with the tag that was asked for."""
    urls = applied.outputs["ecr_repository_urls"]

    assert {
        service: f"{urls[service.removesuffix('-canary')]}:{tag}" for service, tag in tags.items()
    } == images(applied)


def test_an_apply_ends_when_the_services_are_steady(applied):
    """As many tasks run as are wanted, and none of an earlier deployment."""
    assert {(True, 1)} == {
        (one["runningCount"] == one["desiredCount"], len(one["deployments"]))
        for one in described(applied).values()
    }


def test_each_deployment_is_completed_once_its_alarms_have_seen_it(applied):
    """No apply waits for the bake time, and nothing rolls a good deployment back."""
    eventually(
        lambda: (
            {"COMPLETED"} == {one["deployments"][0]["rolloutState"] for one in described(applied).values()}
        ),
        LONG,
    )


def test_each_task_definition_is_active(applied):
    """What a service names is registered, for Fargate."""
    found = [task_definition(applied, service) for service in described(applied).values()]

    assert {("ACTIVE", "FARGATE", "awsvpc")} == {
        (one["status"], *one["requiresCompatibilities"], one["networkMode"]) for one in found
    }


def test_a_deployment_is_undone_by_alarms_that_exist(applied):
    """An alarm that does not exist undoes nothing."""
    names = {
        service: configuration["alarms"]["alarmNames"]
        for service, one in described(applied).items()
        if (configuration := one["deploymentConfiguration"])["alarms"]["rollback"]
    }
    existing = {
        alarm["AlarmName"] for alarm in listed(applied.aws("cloudwatch"), "describe_alarms", "MetricAlarms")
    }

    assert described(applied).keys() == names.keys()
    assert all(names.values())
    assert set().union(*names.values()) <= existing


def test_a_deployment_that_fails_is_undone(applied):
    """New tasks first, then the old ones go; the circuit breaker turns back."""
    configurations = {name: one["deploymentConfiguration"] for name, one in described(applied).items()}

    assert {(100, 200, True, True)} == {
        (
            one["minimumHealthyPercent"],
            one["maximumPercent"],
            one["deploymentCircuitBreaker"]["enable"],
            one["deploymentCircuitBreaker"]["rollback"],
        )
        for one in configurations.values()
    }


@pytest.mark.parametrize(
    ("applied", "spot"), [("service_connect", 50), ("none", 0), ("staging", 0)], indirect=["applied"]
)
def test_the_sender_runs_on_spot_as_far_as_declared(applied, spot):
    """One task never does."""
    strategy = {
        one["capacityProvider"]: (one.get("weight", 0), one.get("base", 0))
        for one in described(applied)["email-sender"]["capacityProviderStrategy"]
    }

    assert {"FARGATE": (100 - spot, 1), "FARGATE_SPOT": (spot, 0)} == strategy


def test_tasks_run_in_private_subnets_that_exist(applied):
    """No task has a public address."""
    networks = [
        service["networkConfiguration"]["awsvpcConfiguration"] for service in described(applied).values()
    ]
    ids = sorted({subnet for network in networks for subnet in network["subnets"]})
    subnets = listed(applied.aws("ec2"), "describe_subnets", "Subnets", SubnetIds=ids)

    assert {"DISABLED"} == {network["assignPublicIp"] for network in networks}
    assert {False} == {subnet["MapPublicIpOnLaunch"] for subnet in subnets}


def test_each_container_logs_where_somebody_keeps_it(applied):
    """Its log group exists, is encrypted, and forgets after a while."""
    wanted = {
        container["logConfiguration"]["options"]["awslogs-group"]
        for container in containers(applied).values()
    }
    found = {
        group["logGroupName"]: group
        for group in listed(applied.aws("logs"), "describe_log_groups", "logGroups")
    }

    assert wanted <= found.keys()
    assert all(found[name]["retentionInDays"] and found[name]["kmsKeyId"] for name in wanted)


def test_each_secret_setting_is_a_parameter_that_exists(applied):
    """ECS reads them when a task starts; one that is missing would keep every task from starting."""
    named = {
        (service, secret["name"]): secret["valueFrom"].partition(":parameter")[2]
        for (service, _), container in containers(applied).items()
        for secret in container.get("secrets", [])
    }
    values = {
        setting: applied.aws("ssm").get_parameter(Name=name)["Parameter"]["Value"]
        for setting, name in named.items()
    }

    assert {service for service, _ in values} == described(applied).keys()
    level = applied.variables.get("log_level", "INFO")
    assert {level} == {value for (_, name), value in values.items() if name == "LOG_LEVEL"}
    assert applied.outputs["notification_api"]["service_name"] in described(applied)


def test_each_service_is_told_what_is_there(applied):
    """Whatever AWS resource the containers are told of exists, and so does the name to call."""
    told = [
        {one["name"]: one["value"] for one in container["environment"]}
        for (service, name), container in containers(applied).items()
        if service == name
    ]

    def named(*variables):
        return {environment[name] for environment in told for name in variables if name in environment}

    queues = named(
        "QUEUE_NAME",
        "PRIORITY_QUEUE_NAME",
        "DEAD_LETTER_QUEUE_NAME",
        "MAIL_EVENTS_QUEUE_NAME",
        "MAIL_EVENTS_DEAD_LETTER_QUEUE_NAME",
    )
    there = listed(applied.aws("sqs"), "list_queues", "QueueUrls")
    assert queues == {url.rsplit("/", 1)[-1] for url in there}
    assert named("LEDGER_TABLE") == set(listed(applied.aws("dynamodb"), "list_tables", "TableNames"))
    assert named("SES_CONFIGURATION_SET") == set(
        applied.aws("sesv2").list_configuration_sets()["ConfigurationSets"]
    )
    secrets = {one["Name"] for one in listed(applied.aws("secretsmanager"), "list_secrets", "SecretList")}
    assert named("API_KEYS_SECRET", "SMTP_SECRET") == secrets
    assert named("EMAIL_SENDER_URL") == {f"http://{applied.outputs['email_sender']['discovery_name']}:8081"}


def test_targets_are_the_port_that_the_container_listens_on(applied):
    """A service behind the load balancer names a container and a port of its own task definition."""
    for name, service in described(applied).items():
        definition = task_definition(applied, service)
        ports = {
            (container["name"], mapping["containerPort"])
            for container in definition["containerDefinitions"]
            for mapping in container.get("portMappings", [])
        }
        behind = {(one["containerName"], one["containerPort"]) for one in service["loadBalancers"]}
        assert behind <= ports, name
