"""Settings of the Email Sender."""

import ipaddress
import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from shared.address import with_ascii_domain
from shared.settings import Name, ServiceSettings
from shared.text import display_name, single_line

_MIN_CONCURRENCY_WITH_TWO_QUEUES = 2

# "submissions" (RFC 8314, 7.3), and what SES has beside it:
# https://docs.aws.amazon.com/ses/latest/dg/smtp-connect.html
_IMPLICIT_TLS_PORTS = frozenset({465, 2465})
# A label of a host name (RFC 1123, 2.1; RFC 5321, 4.1.2).
_LABEL = re.compile(r"(?!-)[A-Za-z0-9-]{1,63}(?<!-)")
_MAX_NAME = 253


class SenderSettings(ServiceSettings):
    """Settings of the Email Sender, as its task definition gives them.

    Attributes:
        mail_provider: "smtp" or "ses".
        mail_from: Address that mails come from; its domain may be written in either way, and goes out in
            ASCII.
        mail_from_name: Name beside that address, unless a notification has one; empty for none.
        smtp_host: SMTP relay; needed with "smtp".
        smtp_port: Its port.
        smtp_starttls: Whether a connection that begins in the clear must be encrypted.
        smtp_implicit_tls: Whether the relay speaks TLS from the first byte; if not given, its port tells.
        smtp_helo_name: Our name in EHLO; if empty, the domain of mail_from.
        smtp_secret: Secret with the relay's username and password; empty for a relay that wants none.
        ses_configuration_set: Configuration set of SES that mails are sent with; empty for none.
        mail_events_queue_name: SQS queue on which SES says what became of mails; empty if nobody says it.
        mail_events_dead_letter_queue_name: SQS queue for what cannot be read of that.
        priority_queue_name: SQS queue of notifications with high priority; empty if there is none.
        dead_letter_queue_name: SQS queue for what can never be sent.
        ledger_table: DynamoDB table with what became of every notification.
        ledger_retention_days: How long it remembers after the last thing that happened.
        max_attempts: Failures of a mail's own, such as greylisting, at which the last one is final; an
            outage of the provider is none.
        max_age_seconds: How long a mail may go on failing by itself, and how long a message of an unknown
            schema version is left for a newer sender.
        unknown_outcome: What happens to a mail that may have been sent: "hold" puts it aside, "resend"
            risks a second one.
        send_rate: Maximum mails a second of all tasks together; 0 for no limit.
        concurrency: Maximum messages in flight at once.
        send_timeout_seconds: Maximum time one mail may take.
        visibility_timeout_seconds: How long SQS hides a message that was received, and a claim holds; both
            are renewed for as long as a mail takes.
        shutdown_timeout_seconds: How long what is in flight may take after SIGTERM; less than the
            container's stopTimeout.
        release: "stable" or "canary", in metrics by which the two are compared; empty if nobody does.
    """

    mail_provider: Literal["smtp", "ses"]
    mail_from: Annotated[
        Name,
        Field(pattern=r"^[^\s@]+@[^\s@]+$"),
        AfterValidator(single_line),
        AfterValidator(with_ascii_domain),
    ]
    mail_from_name: Literal[""] | Annotated[str, Field(max_length=64), AfterValidator(display_name)] = ""
    smtp_host: str = ""
    smtp_port: Annotated[int, Field(ge=1, le=65535)] = 25
    smtp_starttls: bool = True
    smtp_implicit_tls: bool | None = None
    smtp_helo_name: str = ""
    smtp_secret: str = ""
    ses_configuration_set: str = ""
    mail_events_queue_name: str = ""
    mail_events_dead_letter_queue_name: str = ""
    priority_queue_name: str = ""
    dead_letter_queue_name: Name
    ledger_table: Name
    # A mail may be away for 14 days as a dead letter and for 10 more on its queue after that: whoever
    # forgets it sooner sends it twice.
    ledger_retention_days: Annotated[int, Field(ge=25)] = 30
    max_attempts: Annotated[int, Field(ge=1)] = 30
    max_age_seconds: Annotated[int, Field(ge=1)] = 14400
    unknown_outcome: Literal["resend", "hold"] = "hold"
    send_rate: Annotated[int, Field(ge=0)] = 0
    concurrency: Annotated[int, Field(ge=1, le=500)] = 50
    send_timeout_seconds: Annotated[float, Field(gt=0)] = 100
    # A lease is renewed at half of it, and a call to DynamoDB takes up to two seconds to fail.
    visibility_timeout_seconds: Annotated[int, Field(ge=10, le=43200)] = 30
    shutdown_timeout_seconds: Annotated[float, Field(gt=0)] = 110
    release: str = ""

    @property
    def speaks_tls_at_once(self) -> bool:
        """Whether the connection to the relay is encrypted from its first byte."""
        if self.smtp_implicit_tls is None:
            return self.smtp_port in _IMPLICIT_TLS_PORTS
        return self.smtp_implicit_tls

    @model_validator(mode="after")
    def _fit_together(self) -> Self:
        if self.mail_provider == "smtp" and not self.smtp_host:
            raise ValueError("SMTP_HOST is not set: MAIL_PROVIDER=smtp needs it")
        if self.mail_provider == "smtp":
            # Says what is wrong with it.
            helo_name(self.smtp_helo_name, self.mail_from)
        if self.mail_provider == "ses" and not self.mail_from.isascii():
            raise ValueError(
                "MAIL_FROM must be ASCII before the @ with MAIL_PROVIDER=ses: SES takes no other"
            )
        if self.smtp_secret and not (self.smtp_starttls or self.speaks_tls_at_once):
            raise ValueError(
                "SMTP_STARTTLS must be true with SMTP_SECRET: a password never goes over a connection "
                "that is not encrypted"
            )
        if bool(self.mail_events_queue_name) != bool(self.mail_events_dead_letter_queue_name):
            raise ValueError("MAIL_EVENTS_QUEUE_NAME and MAIL_EVENTS_DEAD_LETTER_QUEUE_NAME go together")
        if self.priority_queue_name and self.concurrency < _MIN_CONCURRENCY_WITH_TWO_QUEUES:
            raise ValueError("CONCURRENCY must be at least 2 with PRIORITY_QUEUE_NAME: one for each queue")
        if self.shutdown_timeout_seconds <= self.send_timeout_seconds:
            raise ValueError(
                "SHUTDOWN_TIMEOUT_SECONDS must be more than SEND_TIMEOUT_SECONDS, so more than "
                f"{self.send_timeout_seconds:g}: a mail in flight has to end"
            )
        return self


def helo_name(name: str, mail_from: str) -> str:
    """The name that a client says in EHLO (RFC 5321, 4.1.1.1 and 4.1.3).

    Args:
        name: A host name, or an address in brackets, e.g. `[192.0.2.1]`; empty for the domain of `mail_from`.
        mail_from: Address that mails come from.

    Raises:
        ValueError: It is neither.
    """
    wanted = name or mail_from.rpartition("@")[2]
    if _is_literal(wanted):
        return wanted
    try:
        found = with_ascii_domain(f"@{wanted}").removeprefix("@")
    except ValueError:
        found = ""
    if found and len(found) <= _MAX_NAME and all(map(_LABEL.fullmatch, found.split("."))):
        return found
    setting = "SMTP_HELO_NAME" if name else "SMTP_HELO_NAME is not set, and the domain of MAIL_FROM"
    raise ValueError(
        f"{setting} must be a host name or an address in brackets, e.g. mail.example.com or [192.0.2.1]"
    )


def _is_literal(name: str) -> bool:
    if not (name.startswith("[") and name.endswith("]")):
        return False
    try:
        if name[1:6].lower() == "ipv6:":
            # A zone is nobody else's business.
            return "%" not in name and bool(ipaddress.IPv6Address(name[6:-1]))
        return bool(ipaddress.IPv4Address(name[1:-1]))
    except ValueError:
        return False
