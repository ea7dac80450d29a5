"""Mail by Amazon SES."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, TypedDict, cast

from aiobotocore.config import AioConfig
from aiobotocore.session import get_session
from botocore.exceptions import ClientError, ParamValidationError

from email_sender.mail import Mail
from email_sender.providers import ses_handover
from email_sender.providers.protocol import (
    Handover,
    PermanentError,
    ProviderError,
    TransientError,
    UnavailableError,
    UncertainError,
)
from email_sender.providers.ses_account import check_account
from email_sender.providers.ses_refusals import classify
from shared.aws_client import BoundedClient

if TYPE_CHECKING:
    from types_aiobotocore_sesv2 import SESV2Client
    from types_aiobotocore_sesv2.type_defs import BodyTypeDef, MessageTagTypeDef, MessageTypeDef

NOTIFICATION_TAG = "notification_id"
ATTEMPT_TAG = "attempt"
"""Tags of a mail, which SES repeats in everything that it says of it. Names and values are letters, digits,
"_" and "-": https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_MessageTag.html
"""

CONNECT_SECONDS = 5.0
"""Seconds within which SES has to take a connection, however long it may then take for a mail."""

# For credentials and a connection, besides the answer. A mail has a shorter limit of its own.
_BESIDES_SECONDS = 10.0


class _Answers(TypedDict, total=False):
    ReplyToAddresses: list[str]


class _Feedback(TypedDict, total=False):
    ConfigurationSetName: str
    EmailTags: "list[MessageTagTypeDef]"


@asynccontextmanager
async def ses_client(
    *, region: str, timeout_seconds: float, connections: int
) -> "AsyncIterator[SESV2Client]":
    """A client that never tries twice, since redelivery is what tries again, and says when it hands over."""
    config = AioConfig(
        # Well below the time of the whole mail: whoever could not be reached has certainly not taken it.
        connect_timeout=min(CONNECT_SECONDS, timeout_seconds / 2),
        read_timeout=timeout_seconds,
        max_pool_connections=connections,
        retries={"mode": "standard", "total_max_attempts": 1},
        # As for SQS: our own code builds every parameter, and the user agent is put together once.
        parameter_validation=False,
        user_agent="notification-service",
    )
    async with get_session().create_client("sesv2", region_name=region, config=config) as client:
        client.meta.events.register("before-send.sesv2.SendEmail", ses_handover.tell)
        yield cast("SESV2Client", BoundedClient(client, timeout_seconds + _BESIDES_SECONDS))


class SesProvider:
    """Sends by SES v2's SendEmail, for which the task role needs ses:SendEmail.

    With ses:GetAccount as well it can tell whether SES would take a mail.

    Args:
        client: Entered and closed by whoever made it.
        configuration_set: Says where SES tells what became of a mail; empty for none.
    """

    def __init__(self, client: "SESV2Client", configuration_set: str = "") -> None:
        self._client = client
        self._configuration_set = configuration_set

    async def send(self, mail: Mail, handover: Handover) -> None:
        """Return once SES has taken responsibility for the mail.

        Raises:
            ProviderError: It has not.
        """
        if not mail.is_ascii:
            # https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_Destination.html
            raise PermanentError("SES takes no addresses with characters beyond ASCII before the @")
        with _errors(handover), ses_handover.told(handover):
            answer = await self._client.send_email(
                # On one line: it is a parameter, and SES folds the header.
                FromEmailAddress=mail.from_header.replace("\r\n", ""),
                Destination={"ToAddresses": [mail.recipient]},
                Content={"Simple": _simple(mail)},
                **_answers(mail),
                **self._feedback(mail),
            )
            if not answer.get("MessageId"):
                # Something in between answered, and nobody knows how far the request came.
                raise UncertainError("the answer has no message id")

    async def probe(self) -> None:
        """Return unless SES says that it would take no mail of this account's.

        Raises:
            UnavailableError: It cannot be reached, sending is paused, or the day's quota is used up.
        """
        await check_account(self._client)

    def _feedback(self, mail: Mail) -> "_Feedback":
        """Configuration set and tags, by which SES's events say which mail they are about."""
        if not self._configuration_set:
            return {}
        return {
            "ConfigurationSetName": self._configuration_set,
            "EmailTags": [
                {"Name": NOTIFICATION_TAG, "Value": mail.notification_id},
                {"Name": ATTEMPT_TAG, "Value": str(mail.attempt)},
            ],
        }

    async def close(self) -> None:
        """Nothing to do: the client closes its own connections."""


def _simple(mail: Mail) -> "MessageTypeDef":
    """A mail as SES's Simple content: the same subject, alternatives and headers as by SMTP.

    It takes every header of ours, as it sets none of them itself:
    https://docs.aws.amazon.com/ses/latest/dg/header-fields.html
    """
    html: BodyTypeDef = {"Html": {"Data": mail.html, "Charset": "UTF-8"}} if mail.html else {}
    return {
        "Subject": {"Data": mail.subject, "Charset": "UTF-8"},
        "Body": {"Text": {"Data": mail.body, "Charset": "UTF-8"}, **html},
        "Headers": [{"Name": name, "Value": value} for name, value in mail.own_headers],
    }


def _answers(mail: Mail) -> _Answers:
    return {"ReplyToAddresses": [mail.reply_to]} if mail.reply_to else {}


@contextmanager
def _errors(handover: Handover) -> Iterator[None]:
    """Errors of a call to SES, as those of a provider.

    Raises:
        ProviderError: By what SES says; if it says nothing, by whether it may have the mail.
    """
    try:
        yield
    except ProviderError:
        raise
    except ClientError as error:
        said = error.response.get("Error", {})
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode")
        kind = classify(str(said.get("Code", "")), str(said.get("Message", "")), status)
        raise kind(str(error)) from error
    except Exception as error:
        # botocore's errors for the most part; of any other it is as true.
        if handover.begun:
            raise UncertainError(_text(error)) from error
        if isinstance(error, (ParamValidationError, UnicodeError)):
            # It cannot even be written down; other mails can.
            raise TransientError(f"no request can be made of this mail: {error}") from error
        raise UnavailableError(_text(error)) from error


def _text(error: Exception) -> str:
    return str(error) or type(error).__name__
