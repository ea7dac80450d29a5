"""Mail by Amazon SES."""

from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, TypedDict

from aiobotocore.config import AioConfig
from aiobotocore.session import get_session
from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError

from email_sender.mail import Mail
from email_sender.providers.protocol import (
    Handover,
    PermanentError,
    ProviderError,
    ThrottledError,
    TransientError,
    UncertainError,
)

if TYPE_CHECKING:
    from types_aiobotocore_sesv2 import SESV2Client
    from types_aiobotocore_sesv2.type_defs import BodyTypeDef, MessageTagTypeDef, MessageTypeDef

NOTIFICATION_TAG = "notification_id"
ATTEMPT_TAG = "attempt"
"""Tags of a mail, which SES repeats in everything that it says of it. Names and values are letters, digits,
"_" and "-": https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_MessageTag.html
"""

# https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html#API_SendEmail_Errors
# An unverified domain, a paused or a suspended account is not the mail's fault: transient, as the rest.
_PERMANENT = frozenset({"MessageRejected", "BadRequestException"})
_THROTTLED = frozenset(
    {"TooManyRequestsException", "LimitExceededException", "ThrottlingException", "Throttling"}
)


class _Answers(TypedDict, total=False):
    ReplyToAddresses: list[str]


class _Feedback(TypedDict, total=False):
    ConfigurationSetName: str
    EmailTags: "list[MessageTagTypeDef]"


def ses_client(
    *, region: str, timeout_seconds: float, connections: int
) -> "AbstractAsyncContextManager[SESV2Client]":
    """A client to be entered; it never tries twice, since redelivery is what tries again."""
    config = AioConfig(
        # Well below the time of the whole mail: whoever could not be reached has certainly not taken it.
        connect_timeout=timeout_seconds / 2,
        read_timeout=timeout_seconds,
        max_pool_connections=connections,
        retries={"mode": "standard", "total_max_attempts": 1},
        # As for SQS: our own code builds every parameter, and the user agent is put together once.
        parameter_validation=False,
        user_agent="notification-service",
    )
    return get_session().create_client("sesv2", region_name=region, config=config)


class SesProvider:
    """Sends by SES v2's SendEmail, for which the task role needs ses:SendEmail alone.

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
        handover.begun = True
        try:
            await self._client.send_email(
                # On one line: it is a parameter, and SES folds the header.
                FromEmailAddress=mail.from_header.replace("\r\n", ""),
                Destination={"ToAddresses": [mail.recipient]},
                Content={"Simple": _simple(mail)},
                **_answers(mail),
                **self._feedback(mail),
            )
        except ClientError as error:
            raise _classified(error) from error
        except HTTPClientError as error:
            # The request was on its way: no answer in time, or a connection that was lost.
            raise UncertainError(str(error)) from error
        except BotoCoreError as error:
            raise TransientError(str(error)) from error

    def _feedback(self, mail: Mail) -> "_Feedback":
        """What a mail's events come back by, with the tags that tell which mail they are about."""
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
    """What SES puts together itself: the same subject, alternatives and headers as by SMTP.

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


def _classified(error: ClientError) -> ProviderError:
    code = error.response.get("Error", {}).get("Code", "")
    if code in _THROTTLED:
        return ThrottledError(str(error))
    return PermanentError(str(error)) if code in _PERMANENT else TransientError(str(error))
