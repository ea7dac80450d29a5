import re

import boto3
import pytest
from botocore import xform_name

from tests.plan.offline import ROOT_MODULE

RUNBOOK = ROOT_MODULE.parent / "docs" / "runbook.md"
URL = "https://runbook.example/runbook.md"
OUTAGES = [f"when-{what}-is-down" for what in ("the-relay", "ses", "sqs", "dynamodb")]
# What no single alarm leads to, and what its section tells.
PROCEDURES = {
    "restore-the-ledger": ["Practise", "In earnest", "Over when"],
    "when-a-release-hangs": ["What it does", "What rings", "Do", "Over when"],
    "when-a-pipeline-is-refused": ["Wrong role", "Older rights", "Unknown rights", "Over when"],
    **{outage: ["What the services do", "What rings", "Do", "Over when"] for outage in OUTAGES},
}
# What every other section tells, in this order.
PARTS = ["Means", "Set by", "Users feel", "Look first at", "Do", "Over when"]


@pytest.fixture(scope="module")
def descriptions(standalone):
    """What each alarm says, by its name."""
    kinds = ("aws_cloudwatch_metric_alarm", "aws_cloudwatch_composite_alarm")
    every = [alarm for kind in kinds for alarm in standalone.all(kind).values()]
    prefix = "notifications-staging-"
    return {
        alarm["alarm_name"].removeprefix(prefix): alarm["alarm_description"]
        for alarm in every
        if alarm["alarm_name"].startswith(prefix)
    }


@pytest.fixture(scope="module")
def sections():
    """The runbook's sections by heading, which is the anchor too."""
    _, *parts = re.split(r"^## ", RUNBOOK.read_text(), flags=re.MULTILINE)
    return dict(part.split("\n", 1) for part in parts)


def test_every_alarm_points_to_its_own_section(descriptions):
    """The anchor is the alarm's name; where there is an alarm a service, what the two have in common."""
    anchors = {name: text.rpartition(" ")[2] for name, text in descriptions.items()}
    services = [
        f"{service}-{kind}"
        for service in ("notification-api", "email-sender")
        for kind in ("cpu", "running-tasks")
    ]
    shared = {name: re.sub("^(notification-api|email-sender)-", "", name) for name in services}
    assert anchors == {name: f"{URL}#{shared.get(name, name)}" for name in descriptions}


def test_every_alarm_has_a_section_and_every_section_an_alarm(descriptions, sections):
    """Nobody who is woken finds a dead link, and nobody reads what no alarm leads to."""
    assert {text.rpartition("#")[2] for text in descriptions.values()} == set(sections) - set(PROCEDURES)


def test_every_alarm_says_what_is_wrong_and_what_to_do(descriptions):
    """Two or three sentences, and short enough for CloudWatch's 1,024 characters and a telephone."""
    for text in descriptions.values():
        sentences = text.rpartition(" ")[0]
        assert 2 <= len(re.findall(r"\.(?: |$)", sentences)) <= 3, sentences
        assert len(text) < 300


@pytest.mark.parametrize(
    ("name", "figure"),
    [
        ("queue-age", "300 s."),
        ("priority-queue-age", "300 s."),
        ("dead-letters", "within 14 days."),
        ("error-rate", "1 % of requests"),
        ("accept-failures", "callers get 503."),
        ("notification-api-error-rate", "1 % of requests"),
        ("notification-api-p99-latency", "1500 ms"),
        ("send-failure-rate", "5 % of attempts"),
        ("email-sender-canary-send-failure-rate", "5 % of the canary's attempts"),
        ("email-sender-cpu", "90 % of its CPU for 15 minutes"),
        ("email-sender-running-tasks", "for 10 minutes"),
        ("provider-unavailable", "for 3 minutes"),
        ("bounce-rate", "5 % of the account's mails"),
        ("complaint-rate", "0.1 % of the account's mails"),
        ("mail-events-age", "15 minutes"),
        ("mail-events-dead-letters", "within 14 days."),
    ],
)
def test_an_alarm_says_its_threshold(descriptions, name, figure):
    """Whoever reads it on a telephone knows how bad it is."""
    assert figure in descriptions[name]


@pytest.mark.parametrize("release", ["notification-api", "notification-api-canary"])
@pytest.mark.parametrize("kind", ["error-rate", "p99-latency"])
def test_an_alarm_of_a_release_says_of_which(descriptions, release, kind):
    """The stable service is rolled back, the canary taken out."""
    text = descriptions[f"{release}-{kind}"]
    assert re.search(rf"\b{release}\b[ .]", text)
    assert ("canary out" in text) == (release == "notification-api-canary")


def test_every_section_has_the_same_parts(sections):
    """What it means, what sets it off, what users feel, what to look at, what to do, when it is over."""
    told = {
        name: re.findall(r"^- \*\*(.+?)\*\*:", text, flags=re.MULTILINE) for name, text in sections.items()
    }
    assert told == dict.fromkeys(sections, PARTS) | PROCEDURES


@pytest.mark.parametrize("outage", OUTAGES)
def test_an_outage_is_reached_from_the_top_and_says_what_rings(sections, descriptions, outage):
    """Each names alarms that there are, and is linked where the page begins."""
    top = RUNBOOK.read_text().partition("\n## ")[0]
    assert f"(#{outage})" in top
    rings = sections[outage].partition("**What rings**")[2].partition("- **Do**")[0]
    named = set(re.findall(r"\(#([^)]+)\)", rings))
    assert "user-impact" in named
    assert named <= {text.rpartition("#")[2] for text in descriptions.values()}


def test_the_runbook_knows_how_long_mails_wait(staging):
    """Whoever counts on it in an outage counts on what Terraform declares."""
    queues = [queue for queue in staging.all("aws_sqs_queue").values() if queue.get("redrive_policy")]
    assert {10 * 24 * 60 * 60} == {queue["message_retention_seconds"] for queue in queues}
    assert RUNBOOK.read_text().count("ten days") >= 4


def test_links_between_sections_lead_somewhere(sections):
    """A section that hands on names one that exists."""
    links = set(re.findall(r"\]\(#([^)]+)\)", RUNBOOK.read_text()))
    assert set() == links - set(sections)
    assert len(links) > 5


def test_commands_name_what_terraform_makes(staging):
    """The cluster, the queues, the services and the outputs that the commands use are there."""
    text = RUNBOOK.read_text()
    names = {f"$NAME-{suffix}" for suffix in re.findall(r"--queue-name \$NAME-([\w-]+)", text)}
    queues = {queue["name"] for queue in staging.all("aws_sqs_queue").values()}
    assert {name.replace("$NAME", "notifications-staging") for name in names} == queues
    assert staging.one("aws_ecs_cluster", name="notifications-staging")
    assert set(re.findall(r"output -(?:json|raw) (\w+)", text)) <= set(staging.outputs)
    assert set(re.findall(r"-var=(\w+)=", text)) <= set(staging.variables)
    addresses = {change["address"] for change in staging.changes}
    assert {"module.ledger.aws_dynamodb_table.this"} == set(re.findall(r"\bmodule\.[\w.]+", text)) & addresses
    scaled = {target["resource_id"] for target in staging.all("aws_appautoscaling_target").values()}
    used = set(re.findall(r"service/\$NAME/[\w-]+", text))
    assert {name.replace("$NAME", "notifications-staging") for name in used} <= scaled
    assert 2 == len(used)


def test_every_aws_command_is_one_that_the_cli_has():
    """Each operation exists and knows each of its options; a waiter is one of its service's."""
    commands = re.findall(r"\baws ([a-z0-9]+) ((?:wait )?[a-z-]+)((?: [^\n|;]*)?)", RUNBOOK.read_text())
    assert len(commands) > 25
    wrong = [
        (service, name, option)
        for service, name, rest in commands
        for option in ["", *re.findall(r" --([a-z-]+)", rest)]
        if not _knows(service, name, option)
    ]
    assert [] == wrong


def _knows(service, name, option):
    """Whether the AWS CLI, which is made from botocore's models, has this."""
    client = boto3.client(service, "eu-central-1", aws_access_key_id="none", aws_secret_access_key="none")
    method = name.removeprefix("wait ").replace("-", "_")
    if name.startswith("wait "):
        return method in client.waiter_names and option in {"", "cluster", "services", "table-name"}
    if method not in client.meta.method_to_api_mapping:
        return False
    model = client.meta.service_model.operation_model(client.meta.method_to_api_mapping[method])
    members = set() if model.input_shape is None else set(model.input_shape.members)
    standalone = {xform_name(member, "-") for member in members}
    flags = {f"no-{one}" for one in standalone}
    return option in {"", "query", "output", "no-paginate", *standalone, *flags}
