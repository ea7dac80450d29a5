"""Log of the SMTP server: JSON lines, one for each mail and recipient."""

import json
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from email import policy
from email.parser import BytesParser
from pathlib import Path

from common.shared_files import complete_lines, drop_half_line

_NAMES = ("X-Notification-Id", "Subject", "Message-ID")
_HEAD_END = re.compile(rb"(?:\A|\n)\r?\n")


@dataclass(frozen=True)
class Mail:
    """A mail that the server confirmed.

    Attributes:
        received_at: Seconds since the Unix epoch when its last byte came.
        notification_id: Header `X-Notification-Id`; None if it has none.
        recipient: One recipient of the envelope; a mail to several is several of these.
        subject: Header `Subject`, decoded; None if it has none.
        message_id: Header `Message-ID`; None if it has none.
        content: The whole message as it was sent, a character for a byte; None if the log keeps none.
    """

    received_at: float
    notification_id: str | None
    recipient: str
    subject: str | None
    message_id: str | None
    content: str | None = None

    def line(self) -> str:
        """The mail as a line of the log."""
        return json.dumps(vars(self)) + "\n"


class MailLog:
    """File that mails are appended to before they are confirmed.

    Args:
        path: The log; whole lines that it already holds stay.
        with_content: Whether the whole message is kept.

    Raises:
        OSError: The file cannot be opened.
    """

    def __init__(self, path: Path, *, with_content: bool = False) -> None:
        drop_half_line(path)
        self.path = path
        self._with_content = with_content
        self._descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)

    def add(self, received_at: float, recipients: Sequence[str], content: bytes) -> None:
        """Append a mail, in one write without a buffer.

        Raises:
            OSError: It cannot be written.
        """
        mails = mails_from(received_at, recipients, content, with_content=self._with_content)
        os.write(self._descriptor, "".join(mail.line() for mail in mails).encode())

    def close(self) -> None:
        """Close the file."""
        os.close(self._descriptor)


def mails_from(
    received_at: float, recipients: Sequence[str], content: bytes, *, with_content: bool = False
) -> list[Mail]:
    """Log entries of a mail, one for each recipient; its body is not looked at.

    Args:
        received_at: Seconds since the Unix epoch.
        recipients: The envelope's.
        content: The message as sent.
        with_content: Whether the entries have it.
    """
    notification_id, subject, message_id = _headers(content)
    text = content.decode("latin-1") if with_content else None
    return [
        Mail(received_at, notification_id, recipient, subject, message_id, text) for recipient in recipients
    ]


def read_mails(path: Path) -> list[Mail]:
    """All mails in a log, in the order they came; a line that is still being written is left out.

    Raises:
        FileNotFoundError: There is no such log; a server makes it as it starts.
    """
    return [Mail(**json.loads(line)) for line in complete_lines(path.read_bytes())]


def _headers(content: bytes) -> Sequence[str | None]:
    """Values of `_NAMES`, as a person reads them.

    Most are one line of ASCII without encoded words; parsing a mail to read one takes ten times as long as
    all else that the server does with it.
    """
    end = _HEAD_END.search(content)
    # Behind a line's end, as each header then is.
    head = b"\n" + (content[: end.end()] if end else content)
    names = head.lower()
    values: list[str | None] = []
    for name in _NAMES:
        start = names.find(b"\n%s:" % name.lower().encode())
        if start < 0:
            values.append(None)
            continue
        value, line_end, rest = head[start + len(name) + 2 :].partition(b"\r\n")
        if not line_end or rest[:1] in b" \t" or b"=?" in value or not value.isascii():
            return _parsed_headers(content)
        values.append(value.decode().strip())
    return values


def _parsed_headers(content: bytes) -> Sequence[str | None]:
    headers = BytesParser(policy=policy.default).parsebytes(content, headersonly=True)
    return [None if headers[name] is None else str(headers[name]) for name in _NAMES]
