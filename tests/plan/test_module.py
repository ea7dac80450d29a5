import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.plan.offline import HERE, ROOT_MODULE

MODULES = sorted(path.parent for path in ROOT_MODULE.glob("modules/*/versions.tf"))
ROOTS = [ROOT_MODULE, ROOT_MODULE / "bootstrap", ROOT_MODULE / "examples" / "minimal"]
FOLDERS = sorted(path.parent for path in ROOT_MODULE.rglob("versions.tf") if ".terraform" not in path.parts)
EACH = pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: str(folder.relative_to(ROOT_MODULE)))


def test_files_are_formatted(offline):
    """`terraform fmt` would change nothing."""
    done = subprocess.run(
        [shutil.which("terraform"), "fmt", "-check", "-diff", "-recursive", "-no-color", ROOT_MODULE, HERE],
        env=offline.environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (0, "") == (done.returncode, done.stdout)


def test_every_module_is_planned_by_itself(standalone):
    """A module needs nothing that it does not declare."""
    called = {Path(call["source"]).name for call in standalone.configuration["module_calls"].values()}
    assert called == {folder.name for folder in MODULES}
    assert [] == standalone.warnings


def test_a_plan_has_no_warning(cell):
    """Nothing that is deprecated is used, and nothing is given twice."""
    assert [] == cell.warnings


def test_every_module_is_used(staging):
    """There is no module that nobody calls."""
    called = {call["source"] for call in staging.configuration["module_calls"].values()}
    assert called == {f"./modules/{folder.name}" for folder in MODULES}


@EACH
def test_a_module_names_the_versions_it_works_with(folder):
    """Terraform 1.11; a module with the AWS provider from 5.100 to before 7, a root with the tested one."""
    text = (folder / "versions.tf").read_text()
    assert 'required_version = ">= 1.11"' in text
    assert ('version = "5.100.0"' if folder in ROOTS else 'version = ">= 5.100, < 7"') in text


@EACH
@pytest.mark.parametrize("kind", ["variable", "output"])
def test_variables_and_outputs_are_described(folder, kind):
    """A reader learns what each is without reading the code behind it."""
    blocks = re.findall(rf'^{kind} "(\w+)" {{\n(.*?)^}}', _text(folder), re.MULTILINE | re.DOTALL)
    assert [] == [name for name, body in blocks if "  description = " not in body]


@EACH
def test_variables_are_typed(folder):
    """Terraform refuses a value of the wrong kind."""
    blocks = re.findall(r'^variable "(\w+)" {\n(.*?)^}', _text(folder), re.MULTILINE | re.DOTALL)
    assert [] == [name for name, body in blocks if not re.search(r"^  type +=", body, re.MULTILINE)]


@EACH
def test_every_folder_has_one_terraform_block(folder):
    """Versions are named in one place, where the test above looks."""
    blocks = re.findall(r"^terraform {$", _text(folder), re.MULTILINE)
    assert len(blocks) == (2 if (folder / "backend.tf").exists() else 1)


@EACH
def test_every_variable_is_used(folder):
    """No variable is declared and then forgotten."""
    text = _text(folder)
    declared = re.findall(r'^variable "(\w+)"', text, re.MULTILINE)
    body = re.sub(r'^variable "\w+" {\n.*?^}', "", text, flags=re.MULTILINE | re.DOTALL)
    assert [] == [name for name in declared if f"var.{name}" not in body]


@EACH
def test_a_module_takes_no_part_of_aws_that_it_does_not_use(folder):
    """The domain of AWS goes to those that put a host name together, a region to those with regional ARNs."""
    text = _text(folder)
    declared = re.findall(r'^variable "aws" {\n(.*?)^}', text, re.MULTILINE | re.DOTALL)
    parts = {part for body in declared for part in re.findall(r"^    (\w+) += string$", body, re.MULTILINE)}
    assert parts == set(re.findall(r"\bvar\.aws\.(\w+)", text))


def test_nothing_is_asked_of_an_account():
    """A plan works without a network: data sources are those that the provider answers itself.

    What an account is prepared with depends on which roles it has.
    """
    allowed = {"aws_iam_policy_document", "aws_partition"}
    asks = {ROOT_MODULE / "bootstrap": {"aws_iam_roles"}}
    used = {folder: set(re.findall(r'^data "(\w+)"', _text(folder), re.MULTILINE)) for folder in FOLDERS}
    assert {folder: kinds - allowed for folder, kinds in used.items() if kinds - allowed} == asks


def test_a_first_apply_only_creates(staging):
    """Nothing that exists is changed or destroyed."""
    assert {"create"} == staging.actions


def test_another_account_is_refused():
    """The provider works in the named account alone."""
    text = (ROOT_MODULE / "provider.tf").read_text()
    assert re.search(r"^  allowed_account_ids = \[var\.aws_account_id\]$", text, re.MULTILINE)


@pytest.mark.parametrize(
    "kind", ["aws_ecs_cluster", "aws_lb", "aws_sqs_queue", "aws_vpc", "aws_ecr_repository"]
)
def test_everything_is_tagged(staging, kind):
    """The bill can be split by application and environment."""
    expected = {"Application": "notifications", "Environment": "staging", "ManagedBy": "terraform"}
    for resource in staging.all(kind).values():
        assert expected.items() <= resource["tags_all"].items()


def test_outputs_name_what_operators_need(staging):
    """The names are those that the load tests and the runbook use."""
    assert {
        "alarm_topic_arn",
        "api_keys_secret_name",
        "aws_region",
        "canary",
        "cluster_name",
        "dashboard_name",
        "dead_letter_queue_name",
        "ecr_repository_urls",
        "email_sender",
        "environment",
        "image_tag",
        "ledger_table_name",
        "load_balancer_dns_name",
        "load_generator",
        "mail_dns_records",
        "mail_events_queue_name",
        "notification_api",
        "operators_role_arn",
        "priority_queue_name",
        "queue_name",
        "smtp_secret_name",
        "url",
        "user_impact_alarm",
    } == set(staging.outputs)


def test_outputs_agree_with_the_resources(staging):
    """An output names the resource that it is called after."""
    value = staging.outputs
    assert staging.one("aws_ecs_cluster")["name"] == value["cluster_name"]
    queues = staging.all("aws_sqs_queue")
    assert queues['module.queue.aws_sqs_queue.this["normal"]']["name"] == value["queue_name"]
    assert queues['module.queue.aws_sqs_queue.this["priority"]']["name"] == value["priority_queue_name"]
    assert staging.one("aws_secretsmanager_secret")["name"] == value["api_keys_secret_name"]
    assert queues["module.queue.aws_sqs_queue.dead_letter"]["name"] == value["dead_letter_queue_name"]
    assert queues["module.mail[0].aws_sqs_queue.events"]["name"] == value["mail_events_queue_name"]
    for service in ("notification-api", "email-sender"):
        output = value[service.replace("-", "_")]
        assert output["service_name"] == service
        assert staging.one("aws_cloudwatch_log_group", name=output["log_group"])


def test_the_target_group_is_put_out(staging):
    """Its ARN is known after the apply, from the target group itself."""
    sources = staging.output_sources("notification_api")
    assert "module.load_balancer.aws_lb_target_group.this" in sources
    assert "module.load_balancer.aws_lb.this" in staging.output_sources("url")


def _text(folder):
    return "\n".join(path.read_text() for path in sorted(folder.glob("*.tf")))
