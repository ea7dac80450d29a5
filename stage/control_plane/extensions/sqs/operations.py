"""moto's SQS operations on our message store."""

import select
import socket
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from moto.sqs.exceptions import InvalidParameterValue, ReceiptHandleIsInvalid
from moto.sqs.models import MAXIMUM_MESSAGE_DELAY, Message, Queue, SQSBackend, _filter_message_attributes

from stage.control_plane.extensions.patching import replace
from stage.control_plane.extensions.sqs.message_store import (
    MessageStore,
    NotInFlightError,
    ReceiveTerms,
    Redrive,
    UnknownReceiptHandleError,
)

_moto_add = Queue.add_message
_moto_send = SQSBackend.send_message
_moto_delete = Queue.delete_message
_moto_receive = SQSBackend.receive_message
_moto_change_visibility = SQSBackend.change_message_visibility
_moto_purge = SQSBackend.purge_queue
_moto_counters = {
    name: vars(Queue)[name].fget
    for name in (
        "approximate_number_of_messages",
        "approximate_number_of_messages_not_visible",
        "approximate_number_of_messages_delayed",
    )
}

_request = threading.local()


def install() -> None:
    """Put the store in place of moto's list of messages."""
    counters = {name: property(_counter(name, position)) for position, name in enumerate(_moto_counters)}
    replace(Queue, add_message=_add, delete_message=_delete, **counters)
    replace(
        SQSBackend,
        send_message=_send,
        receive_message=_receive,
        change_message_visibility=_change_visibility,
        purge_queue=_purge,
    )


@contextmanager
def answering(connection: socket.socket | None) -> Iterator[None]:
    """Remember, inside the block, that this thread answers a request that came over `connection`."""
    _request.connection = connection
    try:
        yield
    finally:
        _request.connection = None


def _store(queue: Queue) -> MessageStore:
    store: MessageStore | None = queue.__dict__.get("stage_messages")
    if store is None:
        store = queue.__dict__.setdefault("stage_messages", MessageStore(queue.name))
    return store


def _send(  # noqa: PLR0913, PLR0917 - moto's own signature
    backend: SQSBackend,
    queue_name: str,
    message_body: str,
    message_attributes: dict[str, Any] | None = None,
    delay_seconds: int | None = None,
    deduplication_id: str | None = None,
    group_id: str | None = None,
    system_attributes: dict[str, Any] | None = None,
    validate_group_id: bool = True,
) -> Message:
    """SendMessage as moto does it for a standard queue, without counting the queue for one attribute."""
    queue: Any = backend.get_queue(queue_name)
    if queue.fifo_queue:
        return _moto_send(
            backend,
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
    backend._validate_message(queue, message_body, delay)  # noqa: SLF001 - moto has no other
    if not 0 <= delay <= MAXIMUM_MESSAGE_DELAY:
        raise InvalidParameterValue(
            f"Value {delay} for parameter DelaySeconds is invalid. Reason: DelaySeconds must be >= 0 and "
            f"<= {MAXIMUM_MESSAGE_DELAY}."
        )
    message = Message(str(uuid.uuid4()), message_body, system_attributes)
    message.message_attributes = message_attributes or {}
    message.group_id = group_id
    message.mark_sent(delay_seconds=delay)
    queue.add_message(message)
    return message


def _add(queue: Any, message: Message) -> None:
    if queue.fifo_queue:
        _moto_add(queue, message)
    else:
        _store(queue).add(message)


def _delete(queue: Queue, receipt_handle: str) -> None:
    if queue.fifo_queue:
        _moto_delete(queue, receipt_handle)
        return
    try:
        _store(queue).delete(receipt_handle)
    except UnknownReceiptHandleError:
        raise ReceiptHandleIsInvalid from None


def _receive(  # noqa: PLR0913, PLR0917 - moto's own signature
    backend: SQSBackend,
    queue_name: str,
    count: int,
    wait_seconds_timeout: int,
    visibility_timeout: int,
    message_attribute_names: list[str] | None = None,
) -> list[Message]:
    queue: Any = backend.get_queue(queue_name)
    if queue.fifo_queue:
        from_fifo: list[Message] = _moto_receive(
            backend, queue_name, count, wait_seconds_timeout, visibility_timeout, message_attribute_names
        )
        return from_fifo
    terms = ReceiveTerms(
        max_messages=count,
        wait_seconds=wait_seconds_timeout,
        visibility_timeout=visibility_timeout,
        retention_seconds=queue.message_retention_period,
        redrive=_redrive(queue),
    )
    received = _store(queue).receive(terms, _receiver_is_there)
    for message in received:
        _filter_message_attributes(message, message_attribute_names or [])
    return received


def _change_visibility(
    backend: SQSBackend, queue_name: str, receipt_handle: str, visibility_timeout: int
) -> None:
    queue: Any = backend.get_queue(queue_name)
    if queue.fifo_queue:
        _moto_change_visibility(backend, queue_name, receipt_handle, visibility_timeout)
        return
    try:
        _store(queue).change_visibility(receipt_handle, int(visibility_timeout))
    except UnknownReceiptHandleError:
        raise ReceiptHandleIsInvalid from None
    except NotInFlightError:
        raise InvalidParameterValue(
            f"Value {receipt_handle} for parameter ReceiptHandle is invalid. Reason: Message does not exist "
            "or is not available for visibility timeout change."
        ) from None


def _purge(backend: SQSBackend, queue_name: str) -> None:
    _moto_purge(backend, queue_name)
    _store(backend.get_queue(queue_name)).clear()


def _counter(name: str, position: int) -> Callable[[Queue], int]:
    def counted(queue: Queue) -> int:
        if queue.fifo_queue:
            return int(_moto_counters[name](queue))
        visible, in_flight, delayed = _store(queue).counts()
        return (visible, in_flight, delayed)[position]

    return counted


def _redrive(queue: Queue) -> Redrive | None:
    policy: dict[str, Any] | None = queue.redrive_policy
    dead_letter_queue = queue.dead_letter_queue
    if not policy or dead_letter_queue is None:
        return None
    return Redrive(int(policy["maxReceiveCount"]), dead_letter_queue.add_message)


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
