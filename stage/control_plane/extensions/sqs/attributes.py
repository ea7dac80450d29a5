"""Queue attributes in the form that AWS gives back, which the Terraform provider compares."""

import json
from typing import Any

from moto.sqs.exceptions import InvalidParameterValue
from moto.sqs.models import Queue

from stage.control_plane.extensions.patching import replace

_REDRIVE_ALLOW_POLICY = "RedriveAllowPolicy"
_moto_attributes = vars(Queue)["attributes"].fget
_moto_set_attributes = vars(Queue)["_set_attributes"]


def install() -> None:
    """Make moto's queues keep and give back policies as AWS does."""
    if _REDRIVE_ALLOW_POLICY not in Queue.BASE_ATTRIBUTES:
        Queue.BASE_ATTRIBUTES = [*Queue.BASE_ATTRIBUTES, _REDRIVE_ALLOW_POLICY]
    replace(
        Queue,
        redrive_allow_policy=None,
        attributes=property(_attributes),
        _set_attributes=_set_attributes,
    )


def _attributes(queue: Queue) -> dict[str, Any]:
    shown: dict[str, Any] = _moto_attributes(queue)
    if queue.redrive_policy:
        # AWS gives JSON back without spaces.
        shown["RedrivePolicy"] = json.dumps(queue.redrive_policy, separators=(",", ":"))
    return {name: value for name, value in shown.items() if value is not None}


def _set_attributes(queue: Queue, attributes: dict[str, Any], now: float | None = None) -> None:
    """Change the attributes that are named; AWS keeps the others, the policy among them.

    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
    """
    told = dict(attributes)
    if "Policy" not in told and hasattr(queue, "_policy_json"):
        told["Policy"] = queue.policy
    if _REDRIVE_ALLOW_POLICY in told:
        told[_REDRIVE_ALLOW_POLICY] = _compact(told[_REDRIVE_ALLOW_POLICY])
    _moto_set_attributes(queue, told, now)


def _compact(policy: str | None) -> str | None:
    if not policy:
        return None
    try:
        return json.dumps(json.loads(policy), separators=(",", ":"))
    except ValueError:
        raise InvalidParameterValue(
            f"Value {policy} for parameter {_REDRIVE_ALLOW_POLICY} is invalid. Reason: Redrive allow policy "
            "is not a valid JSON map."
        ) from None
