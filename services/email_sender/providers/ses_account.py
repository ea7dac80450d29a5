"""SES's own word on whether it would take a mail of this account's."""

from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from email_sender.providers.protocol import ThrottledError, UnavailableError
from email_sender.providers.ses_refusals import classify

if TYPE_CHECKING:
    from types_aiobotocore_sesv2 import SESV2Client

_DENIED = ("AccessDenied", "NotAuthorized", "UnauthorizedOperation")
_UNLIMITED = -1


async def check_account(client: "SESV2Client") -> None:
    """Return unless SES says that it would take no mail.

    A task role without ses:GetAccount, or a question too many (SES answers one a second), tell nothing: then
    the next mail has to find out.
    https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_GetAccount.html

    Raises:
        UnavailableError: It would take none, or cannot be asked; the text says what to do.
        ThrottledError: The quota of these 24 hours is used up.
    """
    try:
        account: Any = await client.get_account()
    except ClientError as error:
        if not _tells_nothing(error):
            raise UnavailableError(str(error)) from error
        return
    except Exception as error:
        # botocore's errors for the most part: no credentials, no connection, no answer that can be read.
        raise UnavailableError(str(error) or type(error).__name__) from error
    status = account.get("EnforcementStatus", "")
    if status == "SHUTDOWN":
        raise UnavailableError("SES has shut down sending for this account: answer AWS's letter")
    if account.get("SendingEnabled") is False:
        raise UnavailableError(
            "sending is paused for this account in this region: `aws sesv2 put-account-sending-attributes "
            "--sending-enabled`, once the reason is gone"
        )
    quota = account.get("SendQuota", {})
    limit, sent = quota.get("Max24HourSend", _UNLIMITED), quota.get("SentLast24Hours", 0)
    if limit != _UNLIMITED and sent >= limit:
        raise ThrottledError(
            f"{sent:.0f} of {limit:.0f} mails of these 24 hours are sent: wait, or ask for a larger quota"
        )


def _tells_nothing(error: ClientError) -> bool:
    said = error.response.get("Error", {})
    code = str(said.get("Code", ""))
    return code.startswith(_DENIED) or classify(code, str(said.get("Message", "")), None) is ThrottledError
