"""The records that SES publishes about a mail, as far as anything here depends on them.

https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html
"""

from typing import Annotated, Literal

from pydantic import AliasChoices, AwareDatetime, BaseModel, ConfigDict, Field


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Recipient(_Part):
    """Somebody whom a mail went to; what a server said of him stands in bounces and delays alone."""

    emailAddress: Annotated[str, Field(min_length=1)]  # noqa: N815 - SES's name
    diagnosticCode: str | None = None  # noqa: N815 - SES's name


class Mail(_Part):
    """The mail that a record is about."""

    timestamp: AwareDatetime
    messageId: str = ""  # noqa: N815 - SES's name
    destination: list[str] = []
    tags: dict[str, list[str]] = {}


class Bounce(_Part):
    """SES's `bounce` object: the mail came back."""

    bounceType: Literal["Undetermined", "Permanent", "Transient"]  # noqa: N815 - SES's name
    bounceSubType: str = "General"  # noqa: N815 - SES's name
    bouncedRecipients: list[Recipient]  # noqa: N815 - SES's name
    timestamp: AwareDatetime


class Complaint(_Part):
    """SES's `complaint` object: a recipient called the mail spam; no kind if his provider does not tell."""

    complainedRecipients: list[Recipient]  # noqa: N815 - SES's name
    timestamp: AwareDatetime
    complaintSubType: str | None = None  # noqa: N815 - SES's name
    complaintFeedbackType: str | None = None  # noqa: N815 - SES's name


class Delivery(_Part):
    """SES's `delivery` object: the recipient's server took the mail."""

    timestamp: AwareDatetime
    smtpResponse: str | None = None  # noqa: N815 - SES's name


class DeliveryDelay(_Part):
    """SES's `deliveryDelay` object: SES goes on trying."""

    timestamp: AwareDatetime
    delayType: str = "Undetermined"  # noqa: N815 - SES's name
    delayedRecipients: list[Recipient] = []  # noqa: N815 - SES's name


class Reject(_Part):
    """SES's `reject` object: SES took the mail, and then found a virus in it."""

    reason: str


class Failure(_Part):
    """SES's `failure` object: SES took the mail, and could not fill in a template."""

    errorMessage: str = ""  # noqa: N815 - SES's name


class Record(_Part):
    """One record: its type says which of the parts there is."""

    eventType: str = Field(  # noqa: N815 - SES's name
        # The second is what SES says where feedback is set up on an identity.
        validation_alias=AliasChoices("eventType", "notificationType")
    )
    mail: Mail | None = None
    bounce: Bounce | None = None
    complaint: Complaint | None = None
    delivery: Delivery | None = None
    deliveryDelay: DeliveryDelay | None = None  # noqa: N815 - SES's name
    reject: Reject | None = None
    failure: Failure | None = None
