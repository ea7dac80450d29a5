import json
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from stage.clock import Clock
from stage.fit import Fit
from verify.target import from_outputs, from_stage

OUTPUTS = {
    "url": "https://notifications.example",
    "aws_region": "eu-west-1",
    "cluster_name": "notifications",
    "notification_api": {"service_name": "notification-api"},
    "email_sender": {"service_name": "email-sender"},
    "queue_name": "notifications",
    "dead_letter_queue_name": "notifications-dead",
    "ledger_table_name": "deliveries",
}


def stage_with(clock):
    """What the adapter uses of a stage."""
    aws = SimpleNamespace(
        ecs="ecs", elbv2="elbv2", cloudwatch="cw", autoscaling="aas", sqs="sqs", dynamodb="ddb"
    )
    return SimpleNamespace(
        aws=aws,
        clock=clock,
        fit=Fit(vcpu_cores=0.2, minute_seconds=4.0, load_factor=0.5, slowness=2.0),
        url="http://127.7.0.1:8080",
        outputs=OUTPUTS,
        api_key="stage.0123",
        mail_log=Path("mails.jsonl"),
        kill_task=print,
        protect=print,
        plan_changes=list,
        destroy=list,
    )


def test_a_stage_is_reached_at_its_own_url():
    """The declared name resolves nowhere."""
    target = from_stage(stage_with(Clock()))

    assert ("http://127.7.0.1:8080", "notification-api", "email-sender") == (
        target.url,
        target.api_service,
        target.sender_service,
    )


def test_a_stage_shares_its_time():
    """Both clocks show the same AWS time at the same instant."""
    clock = Clock(minute_seconds=2.0)

    target = from_stage(stage_with(clock))

    instant = clock.epoch.timestamp() + 7.0
    assert pytest.approx(0.0, abs=1e-3) == (clock.at(instant) - target.clock.at(instant)).total_seconds()


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
    hidden = [target.mail_log, target.kill_task, target.plan_changes, target.destroy, target.slow_down]
    assert [None] * 5 == hidden
    assert "eu-west-1" == target.ecs.meta.region_name


@pytest.mark.parametrize("text", [None, "not json", "{}", "[]", json.dumps({"url": "x"})])
def test_anything_else_is_refused_with_the_command(tmp_path, text):
    """The message says how to write the file."""
    file = tmp_path / "outputs.json"
    if text is not None:
        file.write_text(text)

    with pytest.raises(ValueError, match="terraform output -json"):
        from_outputs(file, "load.0123")


def test_a_key_is_not_shown(tmp_path):
    """A target that is printed, in a failed test say, keeps it for itself."""
    file = tmp_path / "outputs.json"
    file.write_text(json.dumps({name: {"value": value} for name, value in OUTPUTS.items()}))

    for target in (from_outputs(file, "load.0123"), from_stage(stage_with(Clock()))):
        assert target.api_key in {"load.0123", "stage.0123"}
        assert target.api_key not in repr(target)
