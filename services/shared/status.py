"""Delivery status: the Email Sender's answer about one notification."""

from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from shared.message import NotificationId

STATUS_PATH = "/v1/deliveries/"
"""Path before the notification's id: 200 with a `DeliveryStatus`, or 404 for what is not known."""

CLIENT_ID_HEADER = "X-Client-Id"
"""Header with the client whose notification it has to be; another client's is reported as unknown."""

State = Literal["accepted", "sending", "sent", "failed", "unknown", "delivered", "bounced", "complained"]
"""`unknown`: the mail was handed to the provider, and nobody can say whether it took it. The last three are
known only where the provider tells what became of mails: SES does, a relay does not."""


class TimelineEvent(BaseModel):
    """One thing that happened to a notification.

    Attributes:
        at: When, aware.
        event: A state that it came into; `conflict` for a repeat of its `Idempotency-Key` with another
            body, which was not sent; `retry` for an attempt that failed for now; `delayed` for a mail that
            the provider goes on trying to deliver.
        attempt: Which attempt to send it was about, from 1.
        detail: Why, in a sentence without anything of the mail.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    at: AwareDatetime
    event: Literal[
        "accepted",
        "sending",
        "retry",
        "sent",
        "failed",
        "unknown",
        "conflict",
        "delayed",
        "delivered",
        "bounced",
        "complained",
    ]
    attempt: int | None = None
    detail: str | None = None


class DeliveryStatus(BaseModel):
    """State and timeline of a notification, oldest event first."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: NotificationId
    state: State
    attempts: int = Field(ge=0, description="Attempts to send it so far.")
    timeline: list[TimelineEvent]
