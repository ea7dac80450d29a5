from dataclasses import replace

import pytest

from ops.errors import OpsError
from tests.unit.ops.bake.account import CLUSTER, Account


def set_alarm(account, name, state):
    """Have an alarm be in a state."""
    account.cloudwatch.set_alarm_state(AlarmName=name, StateValue=state, StateReason="a test")


def alarms(figures):
    """Alarms that are on, of the canary and of the stable version of each service."""
    return [(one.canary.alarms, one.stable.alarms) for one in figures.evidence]


def test_there_is_evidence_on_each_service_that_has_a_canary(account):
    """Each under the name of its stable service."""
    found = account.read()

    assert ["notification-api", "email-sender"] == [one.service for one in found.evidence]
    assert () == found.without_canary


def test_a_service_without_a_canary_is_told(client, tmp_path):
    """An older root module does not have one of the Email Sender."""
    account = Account(client, tmp_path, without=["sender_service_name", "sender_tasks", "sender_alarms"])

    found = account.read()

    assert ["notification-api"] == [one.service for one in found.evidence]
    assert ("email-sender",) == found.without_canary


def test_before_the_first_minute_is_over_there_are_alarms_alone(account):
    """CloudWatch refuses to be asked for no time at all."""
    account.put("canary", 0, RequestCount=100)
    set_alarm(account, "n-p99-latency", "ALARM")

    found = account.read(minutes=0)

    assert [([], ["n-p99-latency"]), ([], [])] == alarms(found)
    assert [[], []] == [one.canary.minutes for one in found.evidence]


def test_a_composite_alarm_is_an_alarm(account):
    """Though AWS lists it apart."""
    account.cloudwatch.delete_alarms(AlarmNames=["n-canary-unhealthy"])
    account.cloudwatch.put_composite_alarm(AlarmName="n-canary-unhealthy", AlarmRule="ALARM(n-error-rate)")
    set_alarm(account, "n-canary-unhealthy", "ALARM")

    assert [(["n-canary-unhealthy"], []), ([], [])] == alarms(account.read())


@pytest.mark.parametrize(
    ("name", "state", "requests", "mails"),
    [
        ("n-canary-unhealthy", "ALARM", (["n-canary-unhealthy"], []), ([], [])),
        ("n-p99-latency", "ALARM", ([], ["n-p99-latency"]), ([], [])),
        ("n-canary-send-failure-rate", "ALARM", ([], []), (["n-canary-send-failure-rate"], [])),
        ("n-send-failure-rate", "ALARM", ([], []), ([], ["n-send-failure-rate"])),
        ("n-canary-unhealthy", "INSUFFICIENT_DATA", ([], []), ([], [])),
        ("n-canary-unhealthy", "OK", ([], []), ([], [])),
    ],
)
def test_alarms_that_are_on_belong_to_their_side(account, name, state, requests, mails):
    """The canaries' are named by the outputs, a stable service's by its deployments; no data is no alarm."""
    set_alarm(account, name, state)

    assert [requests, mails] == alarms(account.read())


@pytest.mark.parametrize("name", ["n-canary-unhealthy", "n-send-failure-rate"])
def test_an_alarm_that_is_not_there_is_not_taken_for_quiet(account, name):
    """Somebody has deleted it, or the outputs are of another system."""
    account.cloudwatch.delete_alarms(AlarmNames=[name])

    with pytest.raises(OpsError, match=f"there is no alarm {name}"):
        account.read()


def test_a_service_that_is_not_there_has_no_alarms_to_ask_for(account):
    """They could be on."""
    account.deployed = replace(account.deployed, api=replace(account.deployed.api, stable_service="api"))

    with pytest.raises(OpsError, match="no service api"):
        account.read()


def test_a_canary_that_is_not_there_is_not_taken_for_silent(account):
    """The outputs are of another moment."""
    account.ecs.delete_service(cluster=CLUSTER, service="email-sender-canary", force=True)

    with pytest.raises(OpsError, match="no service email-sender-canary"):
        account.read()
