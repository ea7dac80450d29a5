"""Log of the mail server: JSON lines, one for each mail and recipient."""

import json
from dataclasses import dataclass
from email import policy
from email.parser import BytesParser
from pathlib import Path

from stage.host.shared_files import complete_lines


@dataclass(frozen=True)
class Mail:
    """A mail that the server confirmed.

    Attributes:
        received_at: Seconds since the Unix epoch when its last byte came.
        notification_id: Header `X-Notification-Id`; None if it has none.
        recipient: One recipient of the envelope; a mail to several is several of these.
        subject: Header `Subject`, decoded; None if it has none.
        message_id: Header `Message-ID`; None if it has none.
    """

    received_at: float
    notification_id: str | None
    recipient: str
    subject: str | None
    message_id: str | None

    def line(self) -> str:
        """The mail as a line of the log."""
        return json.dumps(vars(self)) + "\n"


def mails_from(received_at: float, recipients: list[str], content: bytes) -> list[Mail]:
    """Log entries of a mail, one for each recipient; its body is not looked at.

    Args:
        received_at: Seconds since the Unix epoch.
        recipients: The envelope's.
        content: The message as sent.
    """
    headers = BytesParser(policy=policy.default).parsebytes(content, headersonly=True)
    notification_id, subject, message_id = (
        None if headers[name] is None else str(headers[name])
        for name in ("X-Notification-Id", "Subject", "Message-ID")
    )
    return [Mail(received_at, notification_id, recipient, subject, message_id) for recipient in recipients]


def read_mails(path: Path) -> list[Mail]:
    """All mails in a log, in the order they came; a line that is still being written is left out.

    Raises:
        FileNotFoundError: There is no such log; a server makes it as it starts.
    """
    return [Mail(**json.loads(line)) for line in complete_lines(path.read_bytes())]
