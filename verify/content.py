"""Content of the notifications that a load is made of, and of the mails that come of them.

Each notification has a recipient, a text and a trace of its own, so that a mail is told from every other by
what it says, and a request by its trace, whatever ids the system under test gives them.
"""

import email
import hashlib
from dataclasses import dataclass
from email import policy
from typing import Any
from uuid import UUID

from verify.record import Request

_SUBJECT = "Load test"
# One of so many is sent in another encoding than most are.
_BEYOND_ASCII = 8
# Headers of a mail whose text goes over the wire as it is.
_PLAIN = (b"content-type: text/plain", b"content-transfer-encoding: 7bit")


@dataclass(frozen=True)
class Notification:
    """Notification that one request asks for.

    Attributes:
        recipient: Address that no other notification goes to.
        subject: One line.
        text: What no other mail says.
        trace_id: 32 hexadecimal digits.
    """

    recipient: str
    subject: str
    text: str
    trace_id: str

    @classmethod
    def numbered(cls, number: UUID, recipient: str) -> "Notification":
        """The notification with this number, to a label of its own at a recipient.

        Amazon SES's mailbox simulator takes labels
        (https://docs.aws.amazon.com/ses/latest/dg/send-an-email-from-console.html).
        """
        local, _, domain = recipient.rpartition("@")
        label = "" if "+" in local else "+"
        text = f"Number {number}"
        if number.int % _BEYOND_ASCII == 0:
            text += ", größer als sieben ☃"
        return cls(f"{local}{label}-{number.hex[:16]}@{domain}", _SUBJECT, text, number.hex)

    @property
    def body(self) -> dict[str, Any]:
        """Body of the request."""
        return {"recipient": self.recipient, "subject": self.subject, "body": self.text}

    @property
    def traceparent(self) -> str:
        """Header by which the tasks' logs know the request too: https://www.w3.org/TR/trace-context/."""
        return traceparent(self.trace_id)

    def request(self, started_at: float, client: str) -> Request:
        """Record of the request as it is sent: no answer yet."""
        return Request(
            started_at=started_at,
            finished_at=started_at,
            status=0,
            recipient=self.recipient,
            digest=digest(self.subject, self.text),
            trace_id=self.trace_id,
            client=client,
        )


def traceparent(trace_id: str) -> str:
    """Header by which a request has a trace of its own, sampled: https://www.w3.org/TR/trace-context/."""
    return f"00-{trace_id}-{trace_id[16:]}-01"


def digest(subject: str, body: str) -> str:
    """SHA-256 of a mail's subject and text, in hex; line ends and what ends the text do not count."""
    text = "\n".join(body.splitlines()).rstrip()
    return hashlib.sha256(f"{subject}\0{text}".encode()).hexdigest()


def digest_of_mail(message: bytes) -> str:
    """The digest of what a person reads who gets this mail: of its text part, or of all if it has none.

    Most mails are a few lines of ASCII, and parsing one takes forty times as long as reading those.
    """
    head, _, rest = message.partition(b"\r\n\r\n")
    lines = head.split(b"\r\n")
    subjects = [line[8:].strip() for line in lines if line[:8].lower() == b"subject:"]
    lowered = head.lower()
    plain = all(header in lowered for header in _PLAIN) and b"\r\n " not in head and b"\r\n\t" not in head
    if len(subjects) == 1 and plain and b"=?" not in subjects[0] and message.isascii():
        return digest(subjects[0].decode(), rest.decode())
    parsed = email.message_from_bytes(message, policy=policy.default)
    part = parsed.get_body(("plain", "html"))
    text = part.get_content() if part is not None else rest.decode("latin-1")
    return digest(str(parsed["Subject"] or ""), text)
