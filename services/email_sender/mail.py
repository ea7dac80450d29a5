"""A mail, and its form on the wire."""

import base64
import re
import time
from contextlib import suppress
from dataclasses import dataclass
from email.header import Header
from email.utils import formatdate
from functools import lru_cache

from contract.address import with_ascii_domain
from contract.message import NOTIFICATION_ID_HEADER, NotificationMessage
from contract.trace import TRACEPARENT

# What may go out as it is: printable ASCII, tab and line breaks, lines as RFC 5322 allows (998 octets).
_PLAIN = re.compile(r"(?:[\t\x20-\x7e]{0,990}\n)*")
# An encoded word in a caller's subject would be decoded on the other side.
_PLAIN_SUBJECT = re.compile(r"(?!.*=\?)[\x20-\x7e]{0,255}")


@lru_cache(maxsize=1)
def _date(second: int) -> str:
    """A moment as mails have it; many are sent within one second."""
    return formatdate(second, usegmt=True)


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail to one recipient.

    Attributes:
        notification_id: Goes out as the header `X-Notification-Id`.
        sender: Address it comes from; its domain is brought to ASCII, as that of every other address.
        recipient: Address it goes to.
        subject: One line.
        body: Plain text.
        traceparent: Goes out as the header of that name; no header if empty.
        attempt: Which attempt to send it this is, from 1.
    """

    notification_id: str
    sender: str
    recipient: str
    subject: str
    body: str
    traceparent: str = ""
    attempt: int = 1

    def __post_init__(self) -> None:
        """Bring domains to ASCII: no relay needs an extension for them then, and SES takes no others."""
        if self.is_ascii:
            return
        for name in ("sender", "recipient"):
            # One that cannot be brought there stays, and no provider is given the mail.
            with suppress(ValueError):
                object.__setattr__(self, name, with_ascii_domain(getattr(self, name)))

    @classmethod
    def of(cls, message: NotificationMessage, sender: str, traceparent: str = "", attempt: int = 1) -> "Mail":
        """The mail that a message asks for."""
        return cls(message.id, sender, message.recipient, message.subject, message.body, traceparent, attempt)

    @property
    def own_headers(self) -> list[tuple[str, str]]:
        """Headers that tie the mail to its notification and its trace."""
        headers = [(NOTIFICATION_ID_HEADER, self.notification_id)]
        if self.traceparent:
            headers.append((TRACEPARENT, self.traceparent))
        return headers

    @property
    def is_ascii(self) -> bool:
        """Whether every provider takes its addresses."""
        return self.recipient.isascii() and self.sender.isascii()

    @property
    def needs_smtputf8(self) -> bool:
        """Whether an address has characters before the @ that only RFC 6531 knows."""
        return not self.is_ascii and not all(
            address.rpartition("@")[0].isascii() for address in (self.sender, self.recipient)
        )

    @property
    def has_unfit_domain(self) -> bool:
        """Whether a domain cannot be brought to ASCII, so that no provider can be given the mail."""
        return not self.is_ascii and not all(
            address.rpartition("@")[2].isascii() for address in (self.sender, self.recipient)
        )

    def to_bytes(self) -> bytes:
        """The mail as RFC 5322 has it.

        Written out by hand: one header and one text part need none of what makes
        `email.message.EmailMessage` cost 0.85 ms of CPU a mail, as much as sending it.
        """
        text = self.body.replace("\r\n", "\n")
        if not text.endswith("\n"):
            text += "\n"
        if _PLAIN.fullmatch(text):
            encoding, content = "7bit", text.replace("\n", "\r\n").encode("ascii")
        else:
            encoding = "base64"
            content = base64.encodebytes(text.replace("\n", "\r\n").encode()).replace(b"\n", b"\r\n")
        own_headers = "".join(f"{name}: {value}\r\n" for name, value in self.own_headers)
        head = (
            f"From: {self.sender}\r\n"
            f"To: {self.recipient}\r\n"
            f"Subject: {self._encoded_subject()}\r\n"
            f"Date: {_date(int(time.time()))}\r\n"
            # The same for every attempt, so that a mail sent twice can be seen to be one.
            f"Message-ID: <{self.notification_id}@{self.sender.rpartition('@')[2]}>\r\n"
            f"{own_headers}"
            "MIME-Version: 1.0\r\n"
            'Content-Type: text/plain; charset="utf-8"\r\n'
            f"Content-Transfer-Encoding: {encoding}\r\n"
            "\r\n"
        )
        return head.encode() + content

    def _encoded_subject(self) -> str:
        if _PLAIN_SUBJECT.fullmatch(self.subject):
            return self.subject
        return Header(self.subject, "utf-8", maxlinelen=75, header_name="Subject").encode(linesep="\r\n")
