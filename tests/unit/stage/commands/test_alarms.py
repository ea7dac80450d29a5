from .test_events import put_alarm


def test_those_that_went_off_come_first(aws, up, told):
    """A composite alarm is one as well, and each has its state and the reason."""
    put_alarm(aws)
    aws.cloudwatch.put_composite_alarm(AlarmName="all", AlarmRule="ALARM(errors)")
    aws.cloudwatch.set_alarm_state(AlarmName="all", StateValue="OK", StateReason="calm")
    aws.cloudwatch.set_alarm_state(AlarmName="errors", StateValue="ALARM", StateReason="too many")

    alarms = told("alarms")

    assert [("errors", "ALARM", "too many"), ("all", "OK", "calm")] == [
        (alarm["name"], alarm["state"], alarm["reason"]) for alarm in alarms
    ]


def test_as_lines(aws, up, call):
    """The columns stand under their headings."""
    put_alarm(aws)

    heading, alarm = call("alarms").out.splitlines()

    assert ["alarm", "state", "since", "reason"] == heading.split()
    assert heading.index("state") == alarm.index("INSUFFICIENT_DATA")
