"""Settings of the Email Sender."""

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from contract.text import single_line
from serving.settings import Name, ServiceSettings

# A send that times out must end long before SQS hands the message to another task, else two tasks
# send the same mail. AWS recommends six times the function timeout for the same reason:
# https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
_LEAST_VISIBILITY_IN_SENDS = 6


class SenderSettings(ServiceSettings):
    """What the task definition tells the Email Sender.

    Attributes:
        mail_provider: "smtp" or "ses".
        mail_from: Address that mails come from.
        smtp_host: SMTP relay; needed with "smtp".
        smtp_port: Its port.
        smtp_starttls: Whether the connection must be encrypted.
        smtp_secret: Secret with the relay's username and password; empty for a relay that wants none.
        concurrency: Most messages in hand at once.
        send_timeout_seconds: Longest time one mail may take.
        visibility_timeout_seconds: How long SQS hides a message that was received.
        shutdown_timeout_seconds: How long what is in hand may take after SIGTERM; less than the
            container's stopTimeout.
    """

    mail_provider: Literal["smtp", "ses"]
    mail_from: Annotated[Name, AfterValidator(single_line), Field(pattern=r"^[^\s@]+@[^\s@]+$")]
    smtp_host: str = ""
    smtp_port: Annotated[int, Field(ge=1, le=65535)] = 25
    smtp_starttls: bool = True
    smtp_secret: str = ""
    concurrency: Annotated[int, Field(ge=1, le=500)] = 20
    send_timeout_seconds: Annotated[float, Field(gt=0)] = 5
    visibility_timeout_seconds: Annotated[int, Field(ge=1, le=43200)] = 30
    shutdown_timeout_seconds: Annotated[float, Field(gt=0)] = 25

    @model_validator(mode="after")
    def _fit_together(self) -> Self:
        if self.mail_provider == "smtp" and not self.smtp_host:
            raise ValueError("SMTP_HOST is not set: MAIL_PROVIDER=smtp needs it")
        if self.smtp_secret and not self.smtp_starttls:
            raise ValueError(
                "SMTP_STARTTLS must be true with SMTP_SECRET: a password never goes over a connection "
                "that is not encrypted"
            )
        least = _LEAST_VISIBILITY_IN_SENDS * self.send_timeout_seconds
        if self.visibility_timeout_seconds < least:
            raise ValueError(
                f"VISIBILITY_TIMEOUT_SECONDS must be at least {_LEAST_VISIBILITY_IN_SENDS} times "
                f"SEND_TIMEOUT_SECONDS, so {least:g}"
            )
        return self
