"""New images of the small system, brought out by a second apply on a stage that is up."""

import json
import os
import shutil
import subprocess
import urllib.request

import pytest

from stage.host.addresses import loopback_of
from stage.settings import StageSettings
from stage.stage import Stage
from tests.functional.stage.small_system.traces import SERVICES, TERRAFORM, needs_terraform
from tests.waiting import LONG, SOON, eventually

pytestmark = needs_terraform

SERVICE = SERVICES / "small_service"


@pytest.fixture(scope="module")
def stage():
    """GIVEN a stage of the small system."""
    with Stage(StageSettings(terraform_dir=TERRAFORM, services_root=SERVICES, var_files=())) as stage:
        yield stage


@pytest.fixture(scope="module")
def changed(tmp_path_factory):
    """GIVEN a changed copy of its service, which answers with its version as well."""
    folder = tmp_path_factory.mktemp("changed") / "small_service"
    shutil.copytree(SERVICE, folder, ignore=shutil.ignore_patterns("__pycache__"))
    program = (folder / "__main__.py").read_text()
    assert "dict(os.environ)" in program
    (folder / "__main__.py").write_text(program.replace("dict(os.environ)", 'dict(os.environ, VERSION="2")'))
    return folder


def answers(stage):
    """Each running task's answer: its environment, and what else its version has to say."""
    ecs, block = stage.aws.ecs, int(stage.aws.endpoint_url.split(".")[1])
    arns = ecs.list_tasks(cluster="small", serviceName="small")["taskArns"]
    found = []
    for task in ecs.describe_tasks(cluster="small", tasks=arns)["tasks"] if arns else []:
        details = {one["name"]: one["value"] for one in task["attachments"][0]["details"]}
        address = loopback_of(block, details["privateIPv4Address"])
        with urllib.request.urlopen(f"http://{address}:8080", timeout=SOON) as told:
            found.append(json.load(told))
    return found


def versions(stage):
    """Versions of the tasks that run; none while one of them does not answer."""
    try:
        return [told.get("VERSION", "1") for told in answers(stage)]
    except OSError:
        return []


def tags(stage):
    """Tags of the images in ECR."""
    (repository,) = stage.aws.ecr.describe_repositories()["repositories"]
    found = stage.aws.ecr.describe_images(repositoryName=repository["repositoryName"])["imageDetails"]
    return {tag for image in found for tag in image["imageTags"]}


def test_what_it_came_up_with_is_in_ecr(stage):
    """A task that is replaced finds its image there."""
    assert "1.0.0" in tags(stage)
    stage.kill_task(stage.running_tasks()[0].task_arn)

    eventually(lambda: versions(stage) == ["1", "1"], LONG)


def test_a_release_of_what_was_built(stage, changed):
    """Every task runs the new image in the end, and the plan after it is empty, also one by hand."""
    said = []
    built = stage.build_image("small-service:2.0.0", changed)

    changes = stage.apply({"image_tag": "2.0.0"}, said.append)

    assert built.new
    assert (1, 1) == (changes.added, changes.changed)
    assert "aws_ecs_service" == said[-1].rpartition(" ")[2]
    eventually(lambda: versions(stage) == ["2", "2"], LONG)
    assert [] == stage.plan_changes()
    by_hand = subprocess.run(
        ["terraform", "plan", "-input=false", "-detailed-exitcode"],  # noqa: S607 - as a person types it
        cwd=stage.copy,
        env=os.environ | stage.aws.environment(),
        check=False,
        capture_output=True,
    )
    assert 0 == by_hand.returncode


def test_a_release_that_nobody_built(stage):
    """ECS's circuit breaker takes it back, which Terraform's plan tells."""
    stage.apply({"image_tag": "3.0.0"}, lambda _: None)

    eventually(lambda: versions(stage) == ["2", "2"], LONG)
    stopped = stage.aws.ecs.list_tasks(cluster="small", desiredStatus="STOPPED")["taskArns"]
    tasks = stage.aws.ecs.describe_tasks(cluster="small", tasks=stopped)["tasks"]
    reasons = [task.get("stoppedReason", "") for task in tasks]
    failed = [reason for reason in reasons if reason.startswith("CannotPullContainerError: ")]
    assert failed
    assert {"small-service:3.0.0: not found"} == {reason.rpartition("/")[2] for reason in failed}
    assert ["aws_ecs_service.this"] == stage.plan_changes()
