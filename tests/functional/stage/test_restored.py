"""A stage that begins with what another one has applied."""

import json
import urllib.request
from dataclasses import replace

import pytest

from stage.errors import StageError
from stage.kept_state.store import Store, read
from stage.settings import StageSettings
from stage.stage import Stage
from tests.functional.stage.small_system.traces import SERVICES, TERRAFORM, needs_terraform
from tests.waiting import LONG, SOON, eventually

pytestmark = needs_terraform


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """GIVEN a folder with the state of a stage that has applied the small system, run it and gone."""
    folder = tmp_path_factory.mktemp("kept") / "states"
    with Stage(settings(folder, restored=False)) as stage:
        assert "applied" == str(stage.origin)
        tasks = list(running(stage))
        eventually(lambda: metrics(stage), LONG)
    return folder, tasks


def settings(folder, **choices):
    """A stage of the small system that keeps its state."""
    return StageSettings(
        **{
            "terraform_dir": TERRAFORM,
            "services_root": SERVICES,
            "var_files": (),
            "kept_states": folder,
            "restored": True,
            **choices,
        }
    )


def running(stage):
    """Addresses of the tasks that run, by their ARNs."""
    ecs = stage.aws.ecs
    arns = ecs.list_tasks(cluster="small", serviceName="small")["taskArns"]
    described = ecs.describe_tasks(cluster="small", tasks=arns)["tasks"] if arns else []
    return {
        task["taskArn"]: detail["value"]
        for task in described
        if task["lastStatus"] == "RUNNING"
        for detail in task["attachments"][0]["details"]
        if detail["name"] == "privateIPv4Address"
    }


def metrics(stage):
    """Names of what CloudWatch has data of."""
    return [one["MetricName"] for one in stage.aws.cloudwatch.list_metrics()["Metrics"]]


def answer(stage, address):
    """What the process of a task answers: its environment."""
    block = stage.aws.endpoint_url.removeprefix("http://127.").partition(".")[0]
    here = f"127.{block}." + ".".join(address.split(".")[2:])
    with urllib.request.urlopen(f"http://{here}:8080", timeout=SOON) as told:
        return json.load(told)


def test_it_is_up_as_it_was_applied(kept):
    """No apply: fresh tasks of the declared services answer, and a plan proves that nothing differs."""
    folder, former = kept
    said = []

    with Stage(settings(folder, progress=said.append)) as stage:
        tasks = running(stage)

        assert str(stage.origin).startswith("restored, as applied ")
        assert not [text for text in said if text.startswith("terraform apply")]
        assert 2 == len(tasks)
        assert set(tasks).isdisjoint(former)
        assert {"hello"} == {answer(stage, address)["GREETING"] for address in tasks.values()}
        stage.wait_for_proof()
        assert [] == stage.plan_changes()


def test_what_differs_is_applied_to_it(kept, tmp_path):
    """A change of the HCL, on top of a state that was made without it."""
    folder, _ = kept
    (file,) = folder.iterdir()
    root = tmp_path / "root"
    root.mkdir()
    hcl = (TERRAFORM / "main.tf").read_text()
    (root / "main.tf").write_text(hcl.replace('value = "hello"', 'value = "changed"'))
    said = []

    # The account was prepared before, and would refuse the same names again.
    (root / "bootstrap").mkdir()
    (root / "bootstrap" / "main.tf").touch()
    with Stage(settings(folder, terraform_dir=root, restored_from=file, progress=said.append)) as stage:
        assert str(stage.origin).startswith("restored and changed, as applied ")
        assert {"aws_ecs_task_definition", "aws_ecs_service"} == {
            text.rpartition(" ")[2] for text in said if text.startswith("terraform apply: created")
        } | {text.rpartition(" ")[2] for text in said if text.startswith("terraform apply: updated")}
        assert {"changed"} == {answer(stage, address)["GREETING"] for address in running(stage).values()}
        assert [] == stage.plan_changes()


def test_what_is_not_as_declared_is_found_out(kept, tmp_path):
    """A state that somebody has tampered with is refuted by the plan, and is not used again."""
    folder, _ = kept
    (file,) = folder.iterdir()
    found = read(file)
    state = json.loads(found.state)
    state["resources"] = [one for one in state["resources"] if one["type"] != "aws_ecs_service"]
    beside = Store(tmp_path / "tampered")
    tampered = beside.keep(replace(found, state=json.dumps(state).encode()))

    told = pytest.raises(StageError, match=r"a plan changes aws_ecs_service\.this")
    with Stage(settings(tampered.parent)) as stage, told:
        stage.wait_for_proof()

    assert not tampered.exists()
