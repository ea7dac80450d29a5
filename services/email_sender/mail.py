"""A mail, and its form on the wire."""

import time
from contextlib import suppress
from dataclasses import dataclass

from email_sender import wire
from shared.address import with_ascii_domain
from shared.message import NOTIFICATION_ID_HEADER, NotificationMessage
from shared.trace import TRACEPARENT, TRACESTATE

# Programs that answer mails by themselves leave such a mail alone (RFC 3834, 5).
_AUTO_SUBMITTED = ("Auto-Submitted", "auto-generated")
# A POST to the URL beside it unsubscribes, without a question (RFC 8058, 3.1).
_ONE_CLICK = ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")


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
        html: The same as HTML; no such part if empty.
        from_name: Name beside the address it comes from; none if empty.
        reply_to: Address that answers go to; no header if empty.
        list_unsubscribe: https URL at which a POST unsubscribes the recipient; no header if empty.
        tracestate: Goes out beside `traceparent`; no header if empty.
    """

    notification_id: str
    sender: str
    recipient: str
    subject: str
    body: str
    traceparent: str = ""
    attempt: int = 1
    html: str = ""
    from_name: str = ""
    reply_to: str = ""
    list_unsubscribe: str = ""
    tracestate: str = ""

    def __post_init__(self) -> None:
        """Bring domains to ASCII: no relay needs an extension for them then, and SES takes no others."""
        if self.is_ascii:
            return
        for name in ("sender", "recipient", "reply_to"):
            # One that cannot be brought there stays, and no provider is given the mail.
            with suppress(ValueError):
                object.__setattr__(self, name, with_ascii_domain(getattr(self, name)))

    @classmethod
    def of(  # noqa: PLR0913 - most have a default
        cls,
        message: NotificationMessage,
        sender: str,
        traceparent: str = "",
        attempt: int = 1,
        *,
        from_name: str = "",
        tracestate: str = "",
    ) -> "Mail":
        """The mail that a message asks for.

        Args:
            message: The message.
            sender: Address that mails come from.
            traceparent: Trace context of the attempt.
            attempt: Which attempt it is, from 1.
            from_name: Name beside that address, unless the message has one.
            tracestate: What others keep in that trace.
        """
        return cls(
            message.id,
            sender,
            message.recipient,
            message.subject,
            message.body,
            traceparent,
            attempt,
            message.html,
            message.from_name or from_name,
            message.reply_to,
            message.list_unsubscribe,
            tracestate,
        )

    @property
    def own_headers(self) -> list[tuple[str, str]]:
        """Headers beside those that every mail has; each is printable ASCII and goes out on one line."""
        headers = [(NOTIFICATION_ID_HEADER, self.notification_id)]
        if self.traceparent:
            headers.append((TRACEPARENT, self.traceparent))
        if self.tracestate:
            headers.append((TRACESTATE, self.tracestate))
        headers.append(_AUTO_SUBMITTED)
        if self.list_unsubscribe:
            headers += [("List-Unsubscribe", f"<{self.list_unsubscribe}>"), _ONE_CLICK]
        return headers

    @property
    def from_header(self) -> str:
        """Value of the header From: the address, with the name beside it if there is one; may be folded."""
        return wire.mailbox(self.from_name, self.sender) if self.from_name else self.sender

    @property
    def is_ascii(self) -> bool:
        """Whether every provider takes its addresses."""
        return self.recipient.isascii() and self.sender.isascii() and self.reply_to.isascii()

    @property
    def needs_smtputf8(self) -> bool:
        """Whether an address has characters before the @ that only RFC 6531 knows."""
        return not self.is_ascii and not all(
            address.rpartition("@")[0].isascii() for address in (self.sender, self.recipient, self.reply_to)
        )

    @property
    def has_unfit_domain(self) -> bool:
        """Whether a domain cannot be brought to ASCII, so that no provider can be given the mail."""
        return not self.is_ascii and not all(
            address.rpartition("@")[2].isascii() for address in (self.sender, self.recipient, self.reply_to)
        )

    def to_bytes(self) -> bytes:
        """The mail as RFC 5322 has it."""
        own_headers = "".join([f"{name}: {value}\r\n" for name, value in self.own_headers])
        headers, content = wire.text_part("plain", self.body)
        if self.html:
            alternative = wire.text_part("html", self.html)
            headers, content = wire.alternatives(self.notification_id, (headers, content), alternative)
        reply_to = f"Reply-To: {self.reply_to}\r\n" if self.reply_to else ""
        head = (
            f"From: {self.from_header}\r\n"
            f"{reply_to}"
            f"To: {self.recipient}\r\n"
            f"Subject: {wire.subject(self.subject)}\r\n"
            f"Date: {wire.date(int(time.time()))}\r\n"
            # The same for every attempt, so that a mail sent twice can be seen to be one.
            f"Message-ID: <{self.notification_id}@{self.sender.rpartition('@')[2]}>\r\n"
            f"{own_headers}"
            "MIME-Version: 1.0\r\n"
            f"{headers}"
        )
        return head.encode() + content
