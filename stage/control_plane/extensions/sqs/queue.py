"""A queue with messages in our store, and with attributes in the form that AWS gives back."""

import json
from typing import Any, ClassVar

from moto.sqs import models
from moto.sqs.exceptions import InvalidParameterValue, ReceiptHandleIsInvalid

from stage.control_plane.extensions.registration import overrides
from stage.control_plane.extensions.sqs.message_store import (
    MessageStore,
    Redrive,
    UnknownReceiptHandleError,
)

_REDRIVE_ALLOW_POLICY = "RedriveAllowPolicy"


class Queue(models.Queue):
    """A queue of moto's, of which only a FIFO queue keeps its messages as moto does.

    Attributes:
        store: Messages of a standard queue.
        redrive_allow_policy: As JSON; None if there is none.
    """

    BASE_ATTRIBUTES: ClassVar[list[str]] = [*models.Queue.BASE_ATTRIBUTES, _REDRIVE_ALLOW_POLICY]

    redrive_allow_policy: str | None = None

    def __init__(self, name: str, region: str, account_id: str, **attributes: Any) -> None:
        super().__init__(name, region, account_id, **attributes)
        self.store = MessageStore(name)

    @property
    @overrides
    def approximate_number_of_messages(self) -> int:
        """Messages that are visible."""
        return self._count("approximate_number_of_messages", 0)

    @property
    @overrides
    def approximate_number_of_messages_not_visible(self) -> int:
        """Messages in flight."""
        return self._count("approximate_number_of_messages_not_visible", 1)

    @property
    @overrides
    def approximate_number_of_messages_delayed(self) -> int:
        """Messages that are not visible yet."""
        return self._count("approximate_number_of_messages_delayed", 2)

    @overrides
    def add_message(self, message: models.Message) -> None:
        """Take a message."""
        if self.fifo_queue:
            super().add_message(message)
        else:
            self.store.add(message)

    @overrides
    def delete_message(self, receipt_handle: str) -> None:
        """Delete a message that was received."""
        if self.fifo_queue:
            super().delete_message(receipt_handle)
            return
        try:
            self.store.delete(receipt_handle)
        except UnknownReceiptHandleError:
            raise ReceiptHandleIsInvalid from None

    @property
    @overrides
    def attributes(self) -> dict[str, Any]:
        """Attributes as GetQueueAttributes shows them; the Terraform provider compares texts."""
        shown: dict[str, Any] = super().attributes
        if self.redrive_policy:
            # AWS gives JSON back without spaces.
            shown["RedrivePolicy"] = json.dumps(self.redrive_policy, separators=(",", ":"))
        return {name: value for name, value in shown.items() if value is not None}

    def redrive(self) -> Redrive | None:
        """The redrive policy, if there is one and its queue exists."""
        policy: dict[str, Any] | None = self.redrive_policy
        if not policy or self.dead_letter_queue is None:
            return None
        return Redrive(int(policy["maxReceiveCount"]), self.dead_letter_queue.add_message)

    @overrides
    def _set_attributes(self, attributes: dict[str, Any], now: float | None = None) -> None:
        """Change the attributes that are named; AWS keeps the others, the policy among them.

        https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
        """
        told = dict(attributes)
        if "Policy" not in told and hasattr(self, "_policy_json"):
            told["Policy"] = self.policy
        if _REDRIVE_ALLOW_POLICY in told:
            told[_REDRIVE_ALLOW_POLICY] = _compact(told[_REDRIVE_ALLOW_POLICY])
        super()._set_attributes(told, now)

    def _count(self, name: str, position: int) -> int:
        if self.fifo_queue:
            return int(getattr(super(), name))
        return self.store.counts()[position]


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
