"""The whole stage on the smallest system there is."""

import json
import signal
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from stage.errors import StageError
from stage.settings import StageSettings
from stage.stage import Stage
from tests.functional.stage.small_system.traces import (
    SERVICES,
    TERRAFORM,
    cgroups,
    claimed,
    files,
    needs_terraform,
    processes,
)
from tests.waiting import LONG, SOON, eventually

pytestmark = needs_terraform


def settings(**choices):
    """A stage of the small system."""
    small = {"terraform_dir": TERRAFORM, "services_root": SERVICES, "var_files": ()}
    return StageSettings(**(small | choices))


@pytest.fixture(scope="module")
def pair() -> Iterator[tuple[Stage, Stage, ThreadPoolExecutor]]:
    """GIVEN two stages that came up at the same time, and the thread that the second one lives in."""
    first, second = Stage(settings()), Stage(settings())
    with ThreadPoolExecutor(1) as beside:
        coming_up = beside.submit(second.__enter__)
        try:
            with first:
                coming_up.result()
                yield first, second, beside
        finally:
            beside.submit(second.__exit__, None, None, None).result()


@pytest.fixture(scope="module")
def stage(pair):
    """GIVEN a stage that is up."""
    return pair[0]


def tasks(stage):
    """ARNs and network addresses of the tasks that run."""
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


def environment(stage, address):
    """What the process of a task answers: its environment."""
    block = stage.aws.endpoint_url.removeprefix("http://127.").partition(".")[0]
    here = f"127.{block}." + ".".join(address.split(".")[2:])
    with urllib.request.urlopen(f"http://{here}:8080", timeout=SOON) as answer:
        return json.load(answer)


def steady(stage, count):
    """Tasks, once exactly `count` of them run and answer."""

    def all_answer():
        running = tasks(stage)
        try:
            return len(running) == count and [environment(stage, at) for at in running.values()] and running
        except OSError:
            return False

    return eventually(all_answer, LONG)


@pytest.fixture
def two(stage):
    """GIVEN two tasks that run and answer."""
    stage.aws.ecs.update_service(cluster="small", service="small", desiredCount=2)
    return steady(stage, 2)


class TestUp:
    """What is there once the context is entered."""

    def test_what_is_declared_runs(self, pair):
        """As many tasks run as the HCL says, and their deployment is completed, the moment it is up."""
        _, untouched, _ = pair

        told = untouched.aws.ecs.describe_services(cluster="small", services=["small"])["services"][0]

        assert (2, 2) == (told["desiredCount"], told["runningCount"])
        assert "COMPLETED" == told["deployments"][0]["rolloutState"]

    def test_a_task_has_its_environment_and_aws(self, stage, two):
        """The process finds what image and task definition declare, and takes the emulated AWS for AWS."""
        for address in two.values():
            found = environment(stage, address)

            assert ("hello", "8080") == (found["GREETING"], found["PORT"])
            assert (stage.aws.endpoint_url, stage.aws.sqs_endpoint_url, "eu-central-1") == (
                found["AWS_ENDPOINT_URL"],
                found["AWS_ENDPOINT_URL_SQS"],
                found["AWS_REGION"],
            )

    def test_a_second_plan_is_empty(self, stage):
        """The emulated AWS gives back what was declared."""
        assert [] == stage.plan_changes()

    def test_without_load_balancer_there_is_no_url(self, stage):
        """Whoever asks is told what to declare."""
        with pytest.raises(StageError, match="declare an HTTP listener"):
            assert stage.url


class TestFleet:
    """What happens to tasks while the stage is up."""

    def test_a_stopped_task_is_replaced(self, stage, two):
        """StopTask takes one, the scheduler starts another."""
        stopped = next(iter(two))

        stage.aws.ecs.stop_task(cluster="small", task=stopped, reason="a drill")

        eventually(lambda: stopped not in tasks(stage), LONG)
        assert stopped not in steady(stage, 2)

    def test_a_killed_task_is_replaced(self, stage, two):
        """A process that is gone is noticed and its task started anew."""
        killed = next(iter(two))

        stage.kill_task(killed)

        eventually(lambda: killed not in tasks(stage), LONG)
        assert killed not in steady(stage, 2)

    def test_only_a_running_task_can_be_killed(self, stage):
        """A wrong ARN hits nobody."""
        with pytest.raises(StageError, match="no running task arn:nobody: list them"):
            stage.kill_task("arn:nobody")

    @pytest.mark.usefixtures("two")
    def test_the_desired_count_is_followed(self, stage):
        """UpdateService decides how many tasks run, up and down."""
        for count in (3, 1):
            stage.aws.ecs.update_service(cluster="small", service="small", desiredCount=count)
            steady(stage, count)


class TestAlarms:
    """What becomes of alarms while the stage is up."""

    @pytest.mark.usefixtures("two")
    def test_an_alarm_follows_its_metric_and_a_composite_alarm_its_rule(self, stage):
        """Somebody puts them by the API, and the stage's own metrics set them off."""
        cloudwatch = stage.aws.cloudwatch
        service = [{"Name": "ClusterName", "Value": "small"}, {"Name": "ServiceName", "Value": "small"}]
        cloudwatch.put_metric_alarm(
            AlarmName="runs",
            Namespace="ECS/ContainerInsights",
            MetricName="RunningTaskCount",
            Dimensions=service,
            Statistic="Average",
            Period=60,
            EvaluationPeriods=2,
            ComparisonOperator="GreaterThanThreshold",
            Threshold=0.0,
        )
        cloudwatch.put_composite_alarm(AlarmName="all", AlarmRule="NOT ALARM(runs)")

        def states():
            answer = cloudwatch.describe_alarms(
                AlarmNames=["runs", "all"], AlarmTypes=["MetricAlarm", "CompositeAlarm"]
            )
            found = (*answer["MetricAlarms"], *answer["CompositeAlarms"])
            return {alarm["AlarmName"]: alarm["StateValue"] for alarm in found}

        eventually(lambda: states() == {"runs": "ALARM", "all": "OK"}, LONG)
        stage.aws.ecs.update_service(cluster="small", service="small", desiredCount=0)
        eventually(lambda: states() == {"runs": "OK", "all": "ALARM"}, LONG)


class TestTwoAtOnce:
    """Two stages on one machine."""

    def test_they_do_not_meet(self, pair, two):
        """Neither sees the other's tasks, and when one goes, all of it goes and nothing else."""
        first, second, beside = pair
        others = steady(second, 2)
        run_dir, endpoint = second.mail_log.parent, second.aws.endpoint_url
        run_id = "-".join(run_dir.name.split("-")[1:3])
        assert set(two).isdisjoint(others)
        assert first.mail_log.parent != run_dir
        if second.quota_method != "duty-cycle":
            assert cgroups(run_id)
        assert processes(run_dir)
        assert claimed(endpoint)

        beside.submit(second.__exit__, None, None, None).result()

        assert [] == [*processes(run_dir), *cgroups(run_id), *claimed(endpoint)]
        assert not run_dir.exists()
        assert two == steady(first, 2)


class TestRefused:
    """A stage that does not come up."""

    @pytest.fixture(autouse=True)
    def folder(self, tmp_path, monkeypatch):
        """GIVEN a temporary folder of its own; THEN nothing is left of the stage."""
        folder = tmp_path / "tmp"
        folder.mkdir()
        monkeypatch.setattr(tempfile, "tempdir", str(folder))
        self.said = []
        self.runs = set()
        yield
        assert [] == files(folder)
        assert [] == processes(folder)
        assert [] == [group for run in self.runs for group in cgroups(run)]

    def say(self, text):
        """Remember what was said, and which runs there were."""
        self.said.append(text)
        self.runs |= {
            "-".join(path.name.split("-")[1:3]) for path in Path(tempfile.gettempdir()).glob("stage-*")
        }

    def refused(self, **choices):
        """What a person is told."""
        with pytest.raises(StageError) as error, Stage(settings(progress=self.say, **choices)):
            pass
        assert "\n" not in str(error.value)
        return str(error.value)

    def test_a_service_that_is_never_steady(self):
        """The apply ends, and the error carries the newest event, and why the last task stopped."""
        told = self.refused(
            variables={"image": "example/missing:1", "circuit_breaker": False}, steady_seconds=3.0
        )

        assert "not steady after 3 s: small runs 0 of 2 tasks ((service small)" in told
        assert "the last task stopped with: CannotPullContainerError: image example/missing:1" in told
        assert not [text for text in self.said if "aws_ecs_service" in text]

    def test_a_deployment_that_ecs_gives_up(self):
        """The apply waits no longer than the circuit breaker, and the error names service and reason."""
        told = self.refused(variables={"image": "example/missing:1"})

        assert "a deployment failed: small runs 0 of 2 tasks ((service small)" in told
        assert "the last task stopped with: CannotPullContainerError: image example/missing:1" in told

    def test_a_module_without_the_outputs(self, tmp_path):
        """An output that the stage needs is named."""
        root = tmp_path / "root"
        root.mkdir()
        (root / "main.tf").write_text('output "aws_region" { value = "eu-central-1" }')

        told = self.refused(terraform_dir=root)

        assert f"{root} has no output cluster_name: declare it" in told

    def test_terraform_missing(self, monkeypatch, tmp_path):
        """Before the emulated AWS is started, Terraform is looked for."""
        monkeypatch.setenv("PATH", str(tmp_path))

        assert "terraform is not on PATH: install" in self.refused()
        assert [] == self.said

    def test_provider_missing(self, monkeypatch, tmp_path):
        """Before the emulated AWS is started, the providers are installed."""
        mirror = tmp_path / "mirror"
        mirror.mkdir()
        (tmp_path / "terraform.rc").write_text(
            f'provider_installation {{\n  filesystem_mirror {{\n    path = "{mirror}"\n  }}\n}}\n'
        )
        monkeypatch.setenv("TF_CLI_CONFIG_FILE", str(tmp_path / "terraform.rc"))
        monkeypatch.delenv("TF_PLUGIN_MIRROR_DIR", raising=False)

        assert "terraform init: " in self.refused()
        assert ["installing the Terraform providers"] == self.said

    @pytest.mark.parametrize("moment", ["installing the Terraform providers", "starting the emulated AWS"])
    def test_an_interrupt_while_coming_up(self, moment):
        """Ctrl-C ends what has been started until then."""

        def interrupt(text):
            self.say(text)
            if text == moment:
                signal.raise_signal(signal.SIGINT)

        with pytest.raises(KeyboardInterrupt), Stage(settings(progress=interrupt)):
            pass

        assert moment == self.said[-1]
