import re
import shutil
import subprocess

import pytest

from tests.plan.offline import ROOT_MODULE

MODULES = sorted(path.parent for path in ROOT_MODULE.glob("modules/*/versions.tf"))
FOLDERS = [ROOT_MODULE, *MODULES]


def _terraform(offline, folder, *arguments):
    environment = offline.environment() | {"TF_DATA_DIR": str(offline.data_dir)}
    return subprocess.run(
        [shutil.which("terraform"), *arguments, "-no-color"],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_files_are_formatted(offline):
    """`terraform fmt` would change nothing."""
    done = _terraform(offline, ROOT_MODULE, "fmt", "-check", "-diff", "-recursive")
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_each_module_is_valid_by_itself(offline, folder, tmp_path):
    """A module needs nothing that it does not declare."""
    copy = tmp_path / "terraform"
    shutil.copytree(folder, copy, ignore=shutil.ignore_patterns(".terraform*", "*.tfstate*"))
    shutil.copy(offline.lock_file, copy)
    done = _terraform(offline, copy, "validate")
    assert done.returncode == 0, done.stderr


def test_every_module_is_used(staging):
    """There is no module that nobody calls."""
    called = {call["source"] for call in staging.configuration["module_calls"].values()}
    assert called == {f"./modules/{folder.name}" for folder in MODULES}


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_module_names_the_versions_it_works_with(folder):
    """Terraform 1.11 or newer, with the AWS provider from 5.100 to before 7."""
    text = (folder / "versions.tf").read_text()
    assert 'required_version = ">= 1.11"' in text
    assert 'version = ">= 5.100, < 7"' in text


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
@pytest.mark.parametrize("kind", ["variable", "output"])
def test_variables_and_outputs_are_described(folder, kind):
    """A reader learns what each is without reading the code behind it."""
    blocks = re.findall(rf'^{kind} "(\w+)" {{\n(.*?)^}}', _text(folder), re.MULTILINE | re.DOTALL)
    assert [name for name, body in blocks if "  description = " not in body] == []


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_variables_are_typed(folder):
    """Terraform refuses a value of the wrong kind."""
    blocks = re.findall(r'^variable "(\w+)" {\n(.*?)^}', _text(folder), re.MULTILINE | re.DOTALL)
    assert [name for name, body in blocks if not re.search(r"^  type +=", body, re.MULTILINE)] == []


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_every_variable_is_used(folder):
    """No variable is declared and then forgotten."""
    text = _text(folder)
    declared = re.findall(r'^variable "(\w+)"', text, re.MULTILINE)
    body = re.sub(r'^variable "\w+" {\n.*?^}', "", text, flags=re.MULTILINE | re.DOTALL)
    assert [name for name in declared if f"var.{name}" not in body] == []


def test_nothing_is_asked_of_an_account():
    """A plan works without a network: data sources are those that the provider answers itself."""
    allowed = {"aws_iam_policy_document", "aws_partition"}
    used = {kind for folder in FOLDERS for kind in re.findall(r'^data "(\w+)"', _text(folder), re.MULTILINE)}
    assert used <= allowed


def test_a_first_apply_only_creates(staging):
    """Nothing that exists is changed or destroyed."""
    assert staging.actions == {"create"}


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
    assert set(staging.outputs) == {
        "aws_region",
        "cluster_name",
        "dead_letter_queue_name",
        "ecr_repository_urls",
        "email_sender",
        "notification_api",
        "queue_name",
        "url",
    }


def test_outputs_agree_with_the_resources(staging):
    """An output names the resource that it is called after."""
    value = staging.outputs
    assert staging.one("aws_ecs_cluster")["name"] == value["cluster_name"]
    assert staging.one("aws_sqs_queue", redrive_allow_policy=None)["name"] == value["queue_name"]
    assert staging.one("aws_sqs_queue", redrive_policy=None)["name"] == value["dead_letter_queue_name"]
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
