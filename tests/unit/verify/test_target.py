import json
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from stage.clock import Clock
from stage.fit import Fit
from stage.metrics.lag import AT_ONCE, Lags
from verify.errors import LoadError
from verify.record import Calls
from verify.target import from_outputs, from_stage
from verify.toxics import Toxic

OUTPUTS = {
    "environment": "staging",
    "url": "https://notifications.example",
    "aws_region": "eu-west-1",
    "cluster_name": "notifications",
    "notification_api": {"service_name": "notification-api"},
    "email_sender": {"service_name": "email-sender"},
    "queue_name": "notifications",
    "dead_letter_queue_name": "notifications-dead",
    "ledger_table_name": "deliveries",
    "canary": {"target_group_arn": "targetgroup/canary"},
}


def stage_with(clock, lags=AT_ONCE):
    """What the adapter uses of a stage."""
    aws = SimpleNamespace(
        ecs="ecs", elbv2="elbv2", cloudwatch="cw", autoscaling="aas", sqs="sqs", dynamodb="ddb"
    )
    aws.environment = lambda: {"AWS_ENDPOINT_URL": "http://127.7.0.1:5000"}
    return SimpleNamespace(
        aws=aws,
        clock=clock,
        lags=lags,
        fit=Fit(vcpu_cores=0.2, minute_seconds=4.0, load_factor=0.5, slowness=2.0),
        url="http://127.7.0.1:8080",
        outputs=OUTPUTS,
        api_key="stage.0123",
        limited_api_key="limited.4567",
        limited_rate=0.25,
        mail_log=Path("mails.jsonl"),
        attempts=Path("attempts.jsonl"),
        running_tasks=list,
        kill_task=print,
        disturb=print,
        signal_task=print,
        exhaust_memory=print,
        take_back=print,
        protect=print,
        quota_method="cgroup-v2",
        origin="applied",
        wait_for_proof=lambda: None,
        plan_changes=list,
        copy=Path("copy"),
        deploying=dict,
        services_root=Path("services"),
        build_image=print,
    )


def test_a_stage_is_reached_at_its_own_url():
    """The declared name resolves nowhere."""
    target = from_stage(stage_with(Clock()))

    assert ("http://127.7.0.1:8080", "notification-api", "email-sender") == (
        target.url,
        target.api_service,
        target.sender_service,
    )


def test_a_stage_is_told_toxics_as_json_has_them():
    """It knows nothing of the classes that a scenario is written with."""
    told = []
    stage = stage_with(Clock())
    stage.disturb = lambda *said: told.append(said)

    from_stage(stage).disturb("sqs", [Toxic("latency", {"latency": 500}, 0.5)])

    assert [("sqs", [{"type": "latency", "attributes": {"latency": 500}, "toxicity": 0.5}])] == told


def test_calls_of_a_stage_are_plain_facts():
    """Second by second and dependency by dependency."""
    stage = stage_with(Clock())
    stage.calls = lambda: {"sqs": {11: 2, 10: 1}, "smtp": {}}

    assert [Calls("sqs", 10, 1), Calls("sqs", 11, 2)] == from_stage(stage).read_calls()


def test_a_stage_shares_its_time():
    """Both clocks show the same AWS time at the same instant."""
    clock = Clock(minute_seconds=2.0)

    target = from_stage(stage_with(clock))

    instant = clock.epoch.timestamp() + 7.0
    assert pytest.approx(0.0, abs=1e-3) == (clock.at(instant) - target.clock.at(instant)).total_seconds()


@pytest.mark.parametrize(("lags", "minutes"), [(AT_ONCE, 1), (Lags(), 3)], ids=["none", "as on AWS"])
def test_datapoints_come_as_late_as_the_stage_puts_them(lags, minutes):
    """And a minute later at most, since alarms are evaluated once a minute."""
    assert minutes == from_stage(stage_with(Clock(), lags)).metric_delay_minutes


def test_a_stage_can_be_slowed_down():
    """AWS time goes on from where it was, and both clocks still agree."""
    clock = Clock(minute_seconds=2.0)
    target = from_stage(stage_with(clock))

    target.slow_down(2.0)

    assert 4.0 == target.clock.minute_seconds
    instant = time.time() + 60.0
    assert pytest.approx(0.0, abs=1e-3) == (clock.at(instant) - target.clock.at(instant)).total_seconds()


def test_a_stage_says_what_fits_its_machine():
    """Load and budgets follow it; on AWS they are what they are."""
    target = from_stage(stage_with(Clock()))

    assert (0.5, 2.0) == (target.load_factor, target.slowness)


def test_aws_is_what_terraform_put_out(tmp_path):
    """`terraform output -json` is all that is needed."""
    file = tmp_path / "outputs.json"
    file.write_text(
        json.dumps({name: {"value": value, "sensitive": False} for name, value in OUTPUTS.items()})
    )

    target = from_outputs(file, "load.0123")

    assert ("aws", "notifications", 60.0) == (target.name, target.queue_name, target.clock.minute_seconds)
    hidden = [target.mail_log, target.kill_task, target.plan_changes, target.slow_down]
    assert [None] * 4 == hidden
    assert "eu-west-1" == target.ecs.meta.region_name


@pytest.mark.parametrize("text", [None, "not json", "{}", "[]", json.dumps({"url": "x"})])
def test_anything_else_is_refused_with_the_command(tmp_path, text):
    """The message says how to write the file."""
    file = tmp_path / "outputs.json"
    if text is not None:
        file.write_text(text)

    with pytest.raises(LoadError, match="terraform output -json"):
        from_outputs(file, "load.0123")


def written(folder, **more):
    """A file of outputs, with these beside or instead of the others."""
    file = folder / "outputs.json"
    file.write_text(json.dumps({name: {"value": value} for name, value in {**OUTPUTS, **more}.items()}))
    return file


GENERATOR = {
    "cluster": "notifications",
    "task_definitions": {"master": "arn:master:1", "worker": "arn:worker:1"},
    "workers": 4,
    "container": "load-generator",
    "subnet_ids": ["subnet-1"],
    "security_group_id": "sg-1",
    "log_group": "/ecs/load",
    "stream_prefix": "load",
    "control_parameter": "/load/control",
    "key_secret": "load/key",
}


def test_production_is_refused_by_its_own_outputs(tmp_path):
    """Whatever else somebody has given: the name is Terraform's, not the file's."""
    with pytest.raises(LoadError, match="'production': only staging may be loaded"):
        from_outputs(written(tmp_path, environment="production"), "load.0123")


@pytest.mark.parametrize(
    ("asked", "workers", "by_tasks"), [(None, 4, True), (2, 2, True), (1, 1, False), (0, 0, False)]
)
def test_tasks_make_the_load_where_they_are_declared(tmp_path, asked, workers, by_tasks):
    """As many as are declared, or asked for; one is this machine."""
    target = from_outputs(written(tmp_path, load_generator=GENERATOR), "load.0123", asked)

    assert (workers, by_tasks) == (target.workers, target.load_generator is not None)


def test_tasks_have_a_key_of_their_own(tmp_path):
    """Only this machine needs one in its environment."""
    file = written(tmp_path, load_generator=GENERATOR)

    assert "" == from_outputs(file).api_key
    with pytest.raises(LoadError, match="LOAD_API_KEY is missing"):
        from_outputs(file, workers=1)
    with pytest.raises(LoadError, match="LOAD_API_KEY is missing"):
        from_outputs(written(tmp_path))


def test_tasks_that_are_not_declared_cannot_be_asked_for(tmp_path):
    """The message says what to apply."""
    with pytest.raises(LoadError, match=r"apply with load_generator = \{ workers = N \} first"):
        from_outputs(written(tmp_path), "load.0123", 4)


def test_a_key_is_not_shown(tmp_path):
    """A target that is printed, in a failed test say, keeps it for itself."""
    file = tmp_path / "outputs.json"
    file.write_text(json.dumps({name: {"value": value} for name, value in OUTPUTS.items()}))

    for target in (from_outputs(file, "load.0123"), from_stage(stage_with(Clock()))):
        assert target.api_key in {"load.0123", "stage.0123"}
        assert target.api_key not in repr(target)
