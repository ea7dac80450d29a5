"""Reads messages, and tells those that only a newer sender can read from those that nobody can."""

import json
import math
from collections.abc import Callable

import structlog
from pydantic import ValidationError

from email_sender.queue.inbox import ReceivedMessage
from email_sender.reason import fit_reason
from email_sender.sending.outcome import Outcome
from email_sender.sending.retry_policy import Action, DeadLetter, Limits, after_unknown_version
from shared.message import NotificationMessage

_log = structlog.get_logger()


class _Integer(str):
    """A whole number as it was written: one of a million digits is not worth reading."""

    __slots__ = ()


def read(
    received: ReceivedMessage, limits: Limits, *, now: float, jitter: Callable[[], float]
) -> NotificationMessage | tuple[Outcome, Action]:
    """The notification in a message; where there is none, how that ends and what happens to the message.

    Args:
        received: The message.
        limits: How long one of a newer sender's is left to others.
        now: Seconds since the Unix epoch.
        jitter: A random number in [0, 1).
    """
    try:
        return NotificationMessage.from_json(received.body)
    except ValidationError as error:
        version = unknown_version(received.body)
        if version is not None:
            age = now - received.sent_at
            _log.warning("schema_version_unknown", message_id=received.message_id, version=version[:20])
            return Outcome.UNKNOWN_VERSION, after_unknown_version(
                version, age, received.receive_count, limits, jitter
            )
        # Where and what, never the values: they are somebody's mail.
        problems = [f"{each['loc']}: {each['type']}" for each in error.errors(include_input=False)]
    _log.error("message_malformed", message_id=received.message_id, problems=problems)
    return Outcome.MALFORMED, DeadLetter(fit_reason(f"malformed: {'; '.join(problems)}"))


def unknown_version(body: str) -> str | None:
    """Schema version of a message that could not be read, if a newer sender may know it.

    The contract counts versions in whole numbers, and JSON does not tell 2 from 2.0 (RFC 8259, 6). Texts,
    fractions and truth values are no versions, whoever reads them.

    Args:
        body: Of a message that is not one of version 1.

    Returns:
        The version as it was written; None if the message is one of version 1 or of none at all.
    """
    try:
        fields = json.loads(body, parse_int=_Integer, parse_float=_whole)
    except (ValueError, RecursionError):
        return None
    version = fields.get("schema_version") if isinstance(fields, dict) else None
    return str(version) if isinstance(version, _Integer) and version != "1" else None


def _whole(text: str) -> _Integer | float:
    number = float(text)
    return _Integer(f"{number:.0f}") if math.isfinite(number) and number.is_integer() else number
