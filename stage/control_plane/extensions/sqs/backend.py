"""moto's SQS operations on our message store.

Standard queues only; a FIFO queue stays as moto has it.
"""

import select
import socket
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from moto.sqs import models
from moto.sqs.exceptions import InvalidParameterValue, ReceiptHandleIsInvalid

from stage.control_plane.extensions.registration import overrides
from stage.control_plane.extensions.sqs.message_store import (
    NotInFlightError,
    ReceiveTerms,
    UnknownReceiptHandleError,
)

_request = threading.local()


@contextmanager
def answering(connection: socket.socket | None) -> Iterator[None]:
    """Remember, inside the block, that this thread answers a request that came over `connection`."""
    _request.connection = connection
    try:
        yield
    finally:
        _request.connection = None


class SQSBackend(models.SQSBackend):
    """SQS whose cost does not grow with the queue, and that loses nothing under load."""

    @overrides
    def send_message(  # noqa: PLR0913, PLR0917 - moto's own signature
        self,
        queue_name: str,
        message_body: str,
        message_attributes: dict[str, Any] | None = None,
        delay_seconds: int | None = None,
        deduplication_id: str | None = None,
        group_id: str | None = None,
        system_attributes: dict[str, Any] | None = None,
        validate_group_id: bool = True,
    ) -> models.Message:
        """SendMessage as moto does it for a standard queue, without counting the queue for one attribute."""
        queue: Any = self.get_queue(queue_name)
        if queue.fifo_queue:
            return super().send_message(
                queue_name,
                message_body,
                message_attributes,
                delay_seconds,
                deduplication_id,
                group_id,
                system_attributes,
                validate_group_id,
            )
        delay = int(queue.delay_seconds if delay_seconds is None else delay_seconds)
        self._validate_message(queue, message_body, delay)
        if not 0 <= delay <= models.MAXIMUM_MESSAGE_DELAY:
            raise InvalidParameterValue(
                f"Value {delay} for parameter DelaySeconds is invalid. Reason: DelaySeconds must be >= 0 and "
                f"<= {models.MAXIMUM_MESSAGE_DELAY}."
            )
        message = models.Message(str(uuid.uuid4()), message_body, system_attributes)
        message.message_attributes = message_attributes or {}
        message.group_id = group_id
        message.mark_sent(delay_seconds=delay)
        queue.add_message(message)
        return message

    @overrides
    def receive_message(
        self,
        queue_name: str,
        count: int,
        wait_seconds_timeout: int,
        visibility_timeout: int,
        message_attribute_names: list[str] | None = None,
    ) -> list[models.Message]:
        """ReceiveMessage: as soon as there is one, and if the receiver is still there."""
        queue: Any = self.get_queue(queue_name)
        if queue.fifo_queue:
            from_fifo: list[models.Message] = super().receive_message(
                queue_name, count, wait_seconds_timeout, visibility_timeout, message_attribute_names
            )
            return from_fifo
        terms = ReceiveTerms(
            max_messages=count,
            wait_seconds=wait_seconds_timeout,
            visibility_timeout=visibility_timeout,
            retention_seconds=queue.message_retention_period,
            redrive=queue.redrive(),
        )
        received: list[models.Message] = queue.store.receive(terms, _receiver_is_there)
        for message in received:
            models._filter_message_attributes(message, message_attribute_names or [])  # noqa: SLF001 - moto has no other
        return received

    @overrides
    def change_message_visibility(
        self, queue_name: str, receipt_handle: str, visibility_timeout: int
    ) -> None:
        """ChangeMessageVisibility of a message in flight."""
        queue: Any = self.get_queue(queue_name)
        if queue.fifo_queue:
            super().change_message_visibility(queue_name, receipt_handle, visibility_timeout)
            return
        try:
            queue.store.change_visibility(receipt_handle, int(visibility_timeout))
        except UnknownReceiptHandleError:
            raise ReceiptHandleIsInvalid from None
        except NotInFlightError:
            raise InvalidParameterValue(
                f"Value {receipt_handle} for parameter ReceiptHandle is invalid. Reason: Message does not "
                "exist or is not available for visibility timeout change."
            ) from None

    @overrides
    def purge_queue(self, queue_name: str) -> None:
        """PurgeQueue: forget every message."""
        super().purge_queue(queue_name)
        self.get_queue(queue_name).store.clear()


def _receiver_is_there() -> bool:
    """Whether the client of the request being answered is still connected.

    It has nothing to say before it has its answer, so a readable connection is one that was closed.
    """
    connection: socket.socket | None = getattr(_request, "connection", None)
    if connection is None:
        return True
    poll = select.poll()
    poll.register(connection, select.POLLIN)
    return not poll.poll(0)
