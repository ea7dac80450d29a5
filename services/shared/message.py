"""The message that the Notification API puts on the queue and the Email Sender takes off it."""

from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, StringConstraints

from shared.text import https_url, single_line, xml_characters

SCHEMA_VERSION: Literal[1] = 1

NOTIFICATION_ID_HEADER = "X-Notification-Id"
"""Header of every mail: the id that the Notification API answered."""

# Fit for a mail header, a URL path and an SQS batch entry alike.
NotificationId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,80}$")]

ClientId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]
"""Name of an API key's owner."""

Priority = Literal["normal", "high"]

REASON_ATTRIBUTE = "reason"
"""SQS message attribute of a dead letter: why it is one, without anything of the mail."""


_OPTIONAL = ("expires_at", "html", "from_name", "reply_to", "list_unsubscribe")


class NotificationMessage(BaseModel):
    """One notification, ready to be sent: templates are already filled in.

    Unknown fields are ignored, so that a newer Notification API may add some before every Email
    Sender knows them; a change that older senders would misread needs a new schema version.

    Attributes:
        schema_version: What the rest means; a sender leaves versions it does not know alone.
        id: What the Notification API answered.
        recipient: Address that the mail goes to.
        subject: One line.
        body: Plain text.
        accepted_at: When the Notification API took it, aware.
        client_id: Whose API key asked for it; empty where an older Notification API did not say.
        fingerprint: Digest of what the mail says and whom it goes to, so that the same id with
            another content can be told from a repeat; empty as above.
        priority: Whether it overtakes others.
        expires_at: When the mail is of no use any more, aware; it is not sent then. None for never.
        html: The same as HTML, shown instead of the plain text by programs that can; empty for none.
        from_name: Display name that the mail comes from; empty for the service's own, if it has one.
        reply_to: Address that answers go to; empty for the one that the mail comes from.
        list_unsubscribe: https URL at which a POST unsubscribes the recipient (RFC 8058); empty for none.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    schema_version: Literal[1] = SCHEMA_VERSION
    id: NotificationId
    recipient: Annotated[
        str, StringConstraints(pattern=r"^[^\s@]+@[^\s@]+$", max_length=320), AfterValidator(single_line)
    ]
    subject: Annotated[str, AfterValidator(single_line)]
    body: Annotated[str, AfterValidator(xml_characters)]
    accepted_at: AwareDatetime
    client_id: ClientId | Literal[""] = ""
    fingerprint: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{0,64}$")] = ""
    priority: Priority = "normal"
    expires_at: AwareDatetime | None = None
    html: Annotated[str, AfterValidator(xml_characters)] = ""
    from_name: Annotated[str, AfterValidator(single_line)] = ""
    reply_to: (
        Annotated[
            str, StringConstraints(pattern=r"^[^\s@]+@[^\s@]+$", max_length=320), AfterValidator(single_line)
        ]
        | Literal[""]
    ) = ""
    list_unsubscribe: Annotated[str, AfterValidator(https_url)] | Literal[""] = ""

    def to_json(self) -> str:
        """Body of the SQS message, as the Notification API writes it: no optional field that is empty."""
        return self.model_dump_json(exclude={name for name in _OPTIONAL if not getattr(self, name)})

    @classmethod
    def from_json(cls, text: str) -> "NotificationMessage":
        """Read the body of an SQS message.

        Raises:
            pydantic.ValidationError: It is not a message of a known schema version.
        """
        return cls.model_validate_json(text)
