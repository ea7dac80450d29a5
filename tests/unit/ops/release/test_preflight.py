"""What keeps a release from beginning."""

import json
from types import SimpleNamespace

import pytest

from ops.release.out import Canary, Out
from ops.release.preflight import beginning, problems

PREFIX = "123456789012.dkr.ecr.eu-central-1.amazonaws.com"
SERVICES = ("notification-api", "email-sender")
ALARMS = ("user-impact", "canary-errors", "canary-mails")
OUTPUTS = {
    "environment": "staging",
    "image_tag": "1.4.0",
    "canary": {
        "image_tag": None,
        "weight": 0,
        "sender_tasks": 0,
        "alarms": ["canary-errors"],
        "sender_alarms": ["canary-mails"],
    },
    "user_impact_alarm": "user-impact",
    "ecr_repository_urls": {name: f"{PREFIX}/notifications/{name}" for name in SERVICES},
    "notification_api": {"service_name": "notification-api"},
    "email_sender": {"service_name": "email-sender"},
}

MANIFEST = json.dumps({"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json"})


class Planned:
    """An environment of which a plan would change some addresses.

    Args:
        changes: Those addresses.
        meanwhile: Outputs of the apply that a plan has waited for; None where it did not have to wait.
    """

    name = "staging"

    def __init__(self, *changes, meanwhile=None):
        self._changes = changes
        self._meanwhile = meanwhile
        self._serial = 1
        self._outputs = OUTPUTS
        self.asked = []

    def version(self):
        """Lineage and serial number."""
        return "lineage", self._serial

    def outputs(self):
        """Those of the newest apply."""
        return self._outputs

    def changes(self, variables):
        """Those."""
        self.asked.append(variables)
        if self._meanwhile is not None:
            self._outputs, self._meanwhile = self._meanwhile, None
            self._serial += 1
        return list(self._changes)


@pytest.fixture
def account(client):
    """GIVEN images of 1.5.0 in ECR, and alarms that are silent."""
    ecr, cloudwatch = client("ecr"), client("cloudwatch")
    for name in SERVICES:
        ecr.create_repository(repositoryName=f"notifications/{name}")
        ecr.put_image(repositoryName=f"notifications/{name}", imageManifest=MANIFEST, imageTag="1.5.0")
    for name in ALARMS:
        cloudwatch.put_metric_alarm(
            AlarmName=name, ComparisonOperator="GreaterThanThreshold", EvaluationPeriods=1
        )
    return SimpleNamespace(client=client, cloudwatch=cloudwatch)


def against(account, wanted="1.5.0", environment=None):
    """Every reason not to begin."""
    return list(problems(environment or Planned(), account, OUTPUTS, wanted))


def test_nothing_speaks_against_it(account):
    """The plan that has to be empty is one with what is out."""
    environment = Planned()

    assert [] == against(account, environment=environment)
    assert [{"image_tag": "1.4.0", "canary": None}] == environment.asked


def test_images_that_are_not_there_are_named(account):
    """Each by repository and tag, with what to do."""
    assert [
        f"notifications/{name}:1.6.0 is not in ECR: build and push it first" for name in SERVICES
    ] == against(account, "1.6.0")


@pytest.mark.parametrize("name", ALARMS)
def test_an_alarm_that_is_on_is_named(account, name):
    """That users feel something, or that a canary's measure is broken already."""
    account.cloudwatch.set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason="test")

    assert [f"the alarm {name} is on: see to it first (docs/runbook.md)"] == against(account)


def test_an_alarm_without_figures_is_none(account):
    """A canary's has none while there is no canary."""
    account.cloudwatch.set_alarm_state(
        AlarmName="canary-errors", StateValue="INSUFFICIENT_DATA", StateReason="test"
    )

    assert [] == against(account)


def test_a_plan_that_is_not_empty_is_told(account):
    """A release that also ships somebody's forgotten change cannot be judged by itself."""
    (told,) = against(account, environment=Planned("a.a", "b.b", "c.c", "d.d"))

    assert told.startswith("a plan would change a.a, b.b, c.c and 1 more: apply that, or undo it")


def begun(account, environment):
    """What is out when 1.5.0 is to begin, and what speaks against it."""
    return beginning(environment, account, "1.5.0", lambda _: None)


@pytest.mark.parametrize("changes", [(), ("a.a",)])
def test_a_release_begins_unless_something_speaks_against_it(account, changes):
    """And nobody else has changed the state meanwhile."""
    out, told = begun(account, Planned(*changes))

    assert Out("1.4.0") == out
    assert [change in one for change, one in zip(changes, told, strict=True)] == [True] * len(changes)


def test_a_release_goes_on_after_the_apply_that_its_plan_has_waited_for(account):
    """Terraform ends what an interrupted command has begun: the candidate is nobody else's change then."""
    canary = {**OUTPUTS["canary"], "image_tag": "1.5.0", "sender_tasks": 1}
    environment = Planned("module.canary[0]", meanwhile=OUTPUTS | {"canary": canary})

    assert (Out("1.4.0", Canary("1.5.0", 0, 1)), None) == begun(account, environment)


def test_what_an_apply_beside_it_leaves_is_looked_at_again(account):
    """Its plan was made with what was out before."""
    environment = Planned("a.a", meanwhile=OUTPUTS | {"image_tag": "1.4.1"})

    out, (told,) = begun(account, environment)

    assert Out("1.4.1") == out
    assert told.startswith("a plan would change a.a")
    assert ["1.4.0", "1.4.1"] == [variables["image_tag"] for variables in environment.asked]


def test_nothing_is_looked_at_where_a_version_is_out(account):
    """There is nothing to begin."""
    environment = Planned()

    assert (Out("1.4.0"), None) == beginning(environment, account, "1.4.0", lambda _: None)
    assert [] == environment.asked
