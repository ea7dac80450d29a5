import pytest


@pytest.fixture
def cloudwatch(client):
    """CloudWatch with a composite alarm."""
    alarms = client("cloudwatch")
    alarms.put_composite_alarm(
        AlarmName="user-impact",
        AlarmDescription="Look at the dashboard.",
        AlarmRule='ALARM("errors") OR ALARM("latency")',
        AlarmActions=["arn:aws:sns:eu-central-1:123456789012:alarms"],
        OKActions=["arn:aws:sns:eu-central-1:123456789012:alarms"],
        ActionsSuppressor="deploying",
        ActionsSuppressorWaitPeriod=60,
        ActionsSuppressorExtensionPeriod=120,
        Tags=[{"Key": "team", "Value": "mail"}],
    )
    return alarms


def composite(cloudwatch):
    """The only composite alarm."""
    (alarm,) = cloudwatch.describe_alarms(AlarmTypes=["CompositeAlarm"])["CompositeAlarms"]
    return alarm


def test_a_composite_alarm_is_described_with_its_rule_and_actions(cloudwatch):
    """What was put is what comes back."""
    alarm = composite(cloudwatch)

    topic = ["arn:aws:sns:eu-central-1:123456789012:alarms"]
    assert 'ALARM("errors") OR ALARM("latency")' == alarm["AlarmRule"]
    assert ("Look at the dashboard.", True) == (alarm["AlarmDescription"], alarm["ActionsEnabled"])
    assert (topic, topic) == (alarm["AlarmActions"], alarm["OKActions"])


def test_the_suppressor_is_kept(cloudwatch):
    """An alarm that silences this one, and for how long."""
    alarm = composite(cloudwatch)

    assert ("deploying", 60, 120) == (
        alarm["ActionsSuppressor"],
        alarm["ActionsSuppressorWaitPeriod"],
        alarm["ActionsSuppressorExtensionPeriod"],
    )


def test_its_tags_are_kept(cloudwatch):
    """Default tags of the provider reach it."""
    arn = composite(cloudwatch)["AlarmArn"]

    assert [{"Key": "team", "Value": "mail"}] == cloudwatch.list_tags_for_resource(ResourceARN=arn)["Tags"]


def test_putting_it_again_replaces_it_and_deleting_removes_it(cloudwatch):
    """There is one alarm of a name, and then none."""
    cloudwatch.put_composite_alarm(AlarmName="user-impact", AlarmRule='ALARM("errors")')
    replaced = composite(cloudwatch)
    cloudwatch.delete_alarms(AlarmNames=["user-impact"])

    assert ('ALARM("errors")', []) == (replaced["AlarmRule"], replaced["AlarmActions"])
    assert [] == cloudwatch.describe_alarms()["CompositeAlarms"]
