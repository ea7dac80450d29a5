import json

import pytest

from ops.bake.outputs import Api, Deployed, Sender, read_outputs
from ops.errors import UsageError
from tests.unit.ops.bake.deployed import CANARY_GROUP, STABLE_GROUP, outputs


def test_the_outputs_name_both_sides(tmp_path):
    """As `terraform output -json` prints them."""
    file = tmp_path / "outputs.json"
    file.write_text(json.dumps(outputs()), "utf-8")

    assert Deployed(
        region="eu-central-1",
        cluster="notifications-staging",
        api=Api(
            stable_service="notification-api",
            stable_target_group=STABLE_GROUP,
            canary_target_group=CANARY_GROUP,
            canary_alarms=("n-canary-error-rate", "n-canary-unhealthy"),
            share=0.1,
        ),
        sender=Sender(
            stable_service="email-sender",
            canary_service="email-sender-canary",
            cluster="notifications-staging",
            environment="staging",
            canary_alarms=("n-canary-send-failure-rate",),
        ),
    ) == read_outputs(file)


def test_outputs_from_before_the_sender_had_a_canary_name_none(tmp_path):
    """It is told that there is none."""
    file = tmp_path / "outputs.json"
    file.write_text(json.dumps(outputs(without=["sender_service_name", "sender_alarms"])), "utf-8")

    found = read_outputs(file)

    assert (None, ("email-sender",)) == (found.sender, found.without_canary)


def test_without_a_canary_there_is_nothing_to_bake(tmp_path):
    """Its target group stands all the time, its service does not."""
    file = tmp_path / "outputs.json"
    file.write_text(json.dumps(outputs(service_name=None)), "utf-8")

    with pytest.raises(UsageError, match="there is no canary"):
        read_outputs(file)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"canary": {"value": {}}}', '{"canary": 1}'])
def test_another_file_is_refused_with_how_to_write_it(tmp_path, text):
    """In one line, which is no finding."""
    file = tmp_path / "outputs.json"
    file.write_text(text, "utf-8")

    with pytest.raises(UsageError, match="terraform output -json"):
        read_outputs(file)


def test_a_missing_file_is_refused_with_how_to_write_it(tmp_path):
    """Nothing was read, so nothing is judged."""
    with pytest.raises(UsageError, match="terraform output -json"):
        read_outputs(tmp_path / "outputs.json")
