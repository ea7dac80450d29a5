"""An alarm sees what it is there for.

LocalStack looks at an alarm once a period of 60 s. Dead letters that other tests have left raise it too, so
whoever comes last need not wait.
"""

from common.pages import listed
from shared.message import REASON_ATTRIBUTE
from tests.integration.waiting import wait_for


def test_a_dead_letter_raises_the_alarm(system):
    """The alarm that Terraform made goes to ALARM when SQS itself counts a dead letter."""
    system.aws("sqs").send_message(
        QueueUrl=system.queue_url("DEAD_LETTER_QUEUE_NAME"),
        MessageBody="left here by a test",
        MessageAttributes={REASON_ATTRIBUTE: {"DataType": "String", "StringValue": "left here by a test"}},
    )
    name = f"{system.declared.name}-dead-letters"

    def state():
        (alarm,) = listed(system.aws("cloudwatch"), "describe_alarms", "MetricAlarms", AlarmNames=[name])
        return alarm["StateValue"]

    wait_for(f"ALARM of {name}", lambda: state() == "ALARM")
