"""The first run of terraform/README.md, every command in its order, in an account where nothing is yet.

Tasks here are as choosy as on AWS: without its image none starts, without its keys none goes on.
"""

import re
import sys
from pathlib import Path

import pytest

from stage.control_plane.pages import listed
from tests.apply.clients import ACCOUNT
from tests.apply.conftest import told_in_one_line
from tests.apply.mode import ROOT

STAND_INS = Path(__file__).with_name("first_run")
README = (ROOT / "README.md").read_text()
FIRST_RUN = README.partition("## From nothing to a running system")[2].partition("## Releases")[0]


def blocks(language):
    """The fenced blocks in a language, without their indentation."""
    found = re.findall(rf"^   ```{language}\n(.*?)^   ```$", FIRST_RUN, re.MULTILINE | re.DOTALL)
    return [re.sub("^   ", "", block, flags=re.MULTILINE) for block in found]


class Account:
    """What an account has before: a certificate, a zone."""

    def __init__(self, aws):
        self._aws = aws
        self.certificate = aws("acm").request_certificate(DomainName="notifications.example.com")[
            "CertificateArn"
        ]
        zone = aws("route53").create_hosted_zone(Name="example.com", CallerReference="first run")
        self.zone = zone["HostedZone"]["Id"].rpartition("/")[2]

    def own(self, text):
        """A text of the document with this account's numbers."""
        text = re.sub(r"arn:aws:acm:\S+?(?=\")", self.certificate, text)
        return text.replace("Z0123456789ABCDEFGHIJ", self.zone).replace("111122223333", ACCOUNT)

    def names(self):
        """What names lead to, by name; Route 53 ends both with a dot, the emulator one of them."""
        records = listed(
            self._aws("route53"), "list_resource_record_sets", "ResourceRecordSets", HostedZoneId=self.zone
        )
        return {
            one["Name"].rstrip("."): one["AliasTarget"]["DNSName"].rstrip(".")
            for one in records
            if "AliasTarget" in one
        }

    def why_not(self, definition, pushed):
        """Why a task cannot run; empty if it can."""
        container = definition["containerDefinitions"][0]
        if container["image"] not in pushed.read_text().split():
            return f"CannotPullContainerError: {container['image']}"
        secrets = self._aws("secretsmanager")
        for variable in container["environment"]:
            if variable["name"] == "API_KEYS_SECRET" and not self._has_a_value(secrets, variable["value"]):
                return "Essential container in task exited"
        return ""

    @staticmethod
    def _has_a_value(secrets, name):
        return bool(secrets.describe_secret(SecretId=name).get("VersionIdsToStages"))


class FirstRun:
    """The commands of the document, run."""

    def __init__(self, rehearsal, folder):
        self.account = Account(rehearsal.aws)
        self.rehearsal = rehearsal
        (folder / "my.tfvars").write_text(self.account.own(blocks("hcl")[0]))
        pushed = folder / "pushed"
        pushed.touch()
        rehearsal.fleet.refuse = lambda definition: self.account.why_not(definition, pushed)
        self.ended = self.shell("\n".join(blocks("console")))
        self.built = (folder / "built").read_text().splitlines() if (folder / "built").exists() else []

    def shell(self, script):
        """What a script says and ends with."""
        return self.rehearsal.shell(self.account.own(script), STAND_INS)


@pytest.fixture(scope="module")
def first_run(rehearsing):
    """The system after the last command."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SUITE_PYTHON", sys.executable)
        patch.setenv("PYTHONPATH", f"{ROOT.parent}:{ROOT.parent / 'services'}")
        with told_in_one_line(), rehearsing(ROOT, "first_run") as rehearsal:
            yield FirstRun(rehearsal, rehearsal.folder)


def test_every_command_does_what_it_is_there_for(first_run):
    """None fails, and services are steady at the end of the last."""
    assert (0, "") == (first_run.ended.returncode, first_run.ended.stderr)
    assert 2 == first_run.ended.stdout.count("Apply complete!")


def test_tasks_run(first_run):
    """Images and keys were there before the services were."""
    ecs = first_run.rehearsal.aws("ecs")
    services = ecs.describe_services(
        cluster="notifications-staging", services=["email-sender", "notification-api"]
    )["services"]

    assert [("COMPLETED", 0)] * 2 == [
        (one["deployments"][0]["rolloutState"], one["deployments"][0]["failedTasks"]) for one in services
    ]


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


def test_nothing_is_left_to_do(first_run):
    """A plan with the same file is empty."""
    assert 0 == first_run.shell("terraform plan -detailed-exitcode -var-file=my.tfvars").returncode
