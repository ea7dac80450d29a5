"""The first run of terraform/README.md, every command in its order, in an account where nothing is yet.

Tasks here are as choosy as on AWS: without its image none starts, without its keys none goes on.
"""

import re

from common.pages import listed
from tests.waiting import LONG, eventually
from verify.rights.reasons import name_of


def test_every_command_does_what_it_is_there_for(first_run):
    """None fails, and services are steady at the end of the last."""
    assert (0, "") == (first_run.ended.returncode, first_run.ended.stderr)
    assert 2 == first_run.ended.stdout.count("Apply complete!")


def test_tasks_run(first_run):
    """Images and keys were there before the services were."""
    ecs = first_run.rehearsal.aws("ecs")

    def completed():
        services = ecs.describe_services(
            cluster="notifications-staging", services=["email-sender", "notification-api"]
        )["services"]
        return [("COMPLETED", 0)] * 2 == [
            (one["deployments"][0]["rolloutState"], one["deployments"][0]["failedTasks"]) for one in services
        ]

    # Deployments are watched by their alarms for some minutes after they are steady.
    eventually(completed, LONG)


def test_what_comes_first_needs_nothing_that_comes_later(first_run):
    """The first apply makes repositories and secrets, and beside them only the key that encrypts them."""
    first = first_run.ended.stdout.partition("Apply complete!")[0]
    made = set(re.findall(r"^(\S+): Creation complete", first, re.MULTILINE))

    assert {
        'module.registry.aws_ecr_repository.this["email-sender"]',
        'module.registry.aws_ecr_repository.this["notification-api"]',
        "module.secrets.aws_secretsmanager_secret.api_keys",
    } <= made
    assert {"encryption", "registry", "secrets"} == {address.split(".")[1] for address in made}


def test_images_are_built_for_what_runs_them(first_run):
    """Fargate starts no image of another architecture."""
    ecs = first_run.rehearsal.aws("ecs")
    definition = ecs.describe_task_definition(taskDefinition="notifications-staging-email-sender")
    architecture = definition["taskDefinition"]["runtimePlatform"]["cpuArchitecture"]

    assert {{"X86_64": "linux/amd64", "ARM64": "linux/arm64"}[architecture]} == {
        line.split()[0] for line in first_run.built
    }


def test_the_name_leads_to_the_load_balancer(first_run):
    """`terraform output -raw url` answers by the name that the certificate is for."""
    (balancer,) = listed(first_run.rehearsal.aws("elbv2"), "describe_load_balancers", "LoadBalancers")

    assert "https://notifications.example.com" == first_run.shell("terraform output -raw url").stdout
    assert {"notifications.example.com": balancer["DNSName"]} == first_run.account.names()


def test_its_deploy_role_is_refused_nothing(first_run):
    """Whoever follows the document needs no other right, once the account is prepared."""
    decisions = first_run.rehearsal.rights().decisions

    assert {"notifications-staging-deploy"} == {name_of(one.principal) for one in decisions}
    assert [] == [one.message for one in decisions if not one.allowed]


def test_nothing_is_left_to_do(first_run):
    """A plan with the same file is empty, also to whoever may only read."""
    with first_run.rehearsal.reading():
        ended = first_run.shell("terraform plan -detailed-exitcode -var-file=my.tfvars")

    assert (0, "") == (ended.returncode, ended.stderr)
