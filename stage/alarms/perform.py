"""Puts alarms into the states that were decided."""

import json
import logging
from typing import Any

from botocore.exceptions import ClientError

from stage.alarms.model import StateChange

_log = logging.getLogger(__name__)


def set_state(cloudwatch: Any, change: StateChange) -> None:
    """Set an alarm's state, with the reason for people and for programs.

    Raises:
        BotoCoreError: CloudWatch does not answer.
    """
    try:
        cloudwatch.set_alarm_state(
            AlarmName=change.alarm,
            StateValue=change.state,
            StateReason=change.reason,
            StateReasonData=json.dumps(dict(change.data)),
        )
    except ClientError as error:
        # Somebody deleted the alarm meanwhile.
        _log.info("alarm %s keeps its state: %s", change.alarm, error)
    else:
        _log.info("alarm %s is %s: %s", change.alarm, change.state, change.reason)
