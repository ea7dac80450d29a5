"""Settings of the Notification API."""

from typing import Annotated

from pydantic import Field

from shared.settings import Name, ServiceSettings


class ApiSettings(ServiceSettings):
    """Settings of the Notification API, as its task definition gives them.

    Attributes:
        priority_queue_name: SQS queue of what has high priority; empty if `queue_name` takes both.
        api_keys_secret: Secret of Secrets Manager with the API keys.
        api_keys_seconds: How old the API keys may become before they are read again.
        email_sender_url: Of the Email Sender, without a path; empty if nobody can be asked what became of
            notifications.
        smtputf8: Whether whoever takes the Email Sender's mails takes addresses with characters beyond ASCII
            before the @ (RFC 6531). SES never does:
            https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_Destination.html
    """

    priority_queue_name: str = ""
    api_keys_secret: Name
    api_keys_seconds: Annotated[float, Field(ge=1)] = 60
    email_sender_url: Annotated[str, Field(pattern=r"^(https?://[^/?#\s]+/?)?$")] = ""
    smtputf8: bool = False
