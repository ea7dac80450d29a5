"""SES's refusals, and whose fault each is.

The rules are data, read from top to bottom: the first that fits decides. A refusal that no rule names is
taken for ours or SES's, so that no mail is lost to it, and an answer of 5xx for none: SES had the whole mail
and may have taken it, so that trying again may make a second one of it:
https://docs.aws.amazon.com/ses/latest/DeveloperGuide/api-error-codes.html
"""

import re
from dataclasses import dataclass

from email_sender.providers.protocol import (
    PermanentError,
    ProviderError,
    ThrottledError,
    UnavailableError,
    UncertainError,
)

_SEND_EMAIL = "https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html#API_SendEmail_Errors"
_COMMON = "https://docs.aws.amazon.com/ses/latest/APIReference-V2/CommonErrors.html"
_COMMON_V1 = "https://docs.aws.amazon.com/ses/latest/APIReference/CommonErrors.html"
_SEND_EMAIL_V1 = "https://docs.aws.amazon.com/ses/latest/APIReference/API_SendEmail.html#API_SendEmail_Errors"
_MESSAGES = "https://docs.aws.amazon.com/ses/latest/dg/troubleshoot-error-messages.html"
_QUOTAS = "https://docs.aws.amazon.com/ses/latest/dg/manage-sending-quotas-errors.html"
_PAUSING = "https://docs.aws.amazon.com/ses/latest/dg/managing-sending-pausing-account.html"
_IAM = "https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html"
_SIGNING = "https://docs.aws.amazon.com/IAM/latest/UserGuide/signature-v4-troubleshooting.html"
_THROTTLING = "https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html"

_SERVER_ERROR = 500
# Repeated in what SES says: somebody's address or text, which may hold any word. A parameter's name is SES's.
_QUOTED = re.compile(r"\S*@\S*|\"[^\"]*\"|'(?![A-Za-z.]*[a-z][A-Z][A-Za-z.]*')[^']*'|<[^>]*>")
_READ_CHARACTERS = 1000


@dataclass(frozen=True)
class Rule:
    """Kind of refusal by SES.

    Attributes:
        code: Regular expression for the whole of the error's code.
        message: Regular expression for any part of what is said with it; empty for whatever is said.
        error: Type of error that it becomes.
        means: Meaning for whoever runs the service.
        source: Page that the rule comes from.
    """

    code: str
    message: str
    error: type[ProviderError]
    means: str
    source: str

    def fits(self, code: str, message: str) -> bool:
        """Whether a refusal is of this kind, in any case of letters."""
        return (
            re.fullmatch(self.code, code, re.IGNORECASE) is not None
            and re.search(self.message, message, re.IGNORECASE) is not None
        )


_ABOUT_THE_MAIL = r"MessageRejected|BadRequest(Exception)?|Validation(Error|Exception)?"
_ABOUT_PARAMETERS = (
    r"InvalidParameter(Value|Combination)?|MissingParameter|(Serialization|MalformedQueryString)(Exception)?"
)

RULES = (
    Rule(
        r".*",
        r"daily (message|sending)? ?quota|24.hour (quota|period)|maximum (sending|send) rate|rate exceeded",
        ThrottledError,
        "the account's quota or rate is used up",
        _QUOTAS,
    ),
    Rule(
        r"TooManyRequests(Exception)?|LimitExceeded(Exception)?|(Request)?(Throttl(ed|ing))(Exception)?"
        r"|RequestLimitExceeded|SlowDown|RequestThrottledException|BandwidthLimitExceeded",
        r"",
        ThrottledError,
        "SES takes mails more slowly than they are sent",
        _THROTTLING,
    ),
    Rule(
        _ABOUT_THE_MAIL,
        r"not verified|failed the check in region",
        UnavailableError,
        "the sender, or in the sandbox the recipient, is not verified in the task's region",
        _MESSAGES,
    ),
    Rule(
        _ABOUT_THE_MAIL,
        r"paused|suspended|sending (is |has been )?disabled|shut ?down|under review|on probation",
        UnavailableError,
        "sending is paused for the account, the identity or the configuration set: see the SES console",
        _PAUSING,
    ),
    Rule(
        _ABOUT_THE_MAIL + "|" + _ABOUT_PARAMETERS,
        r"configuration.?set|from.?email.?address|\bsender|source arn|\bidentit(y|ies)\b|mail.?from"
        r"|return.?path|email.?tag|message.?tag|endpoint|tenant|not authori[sz]ed",
        UnavailableError,
        "a setting is wrong: MAIL_FROM, the configuration set or the identity",
        _SEND_EMAIL,
    ),
    Rule(
        _ABOUT_THE_MAIL + "|" + _ABOUT_PARAMETERS,
        r"",
        PermanentError,
        "SES refuses this mail: a virus, blocked content, an address or a header that it does not take",
        _SEND_EMAIL,
    ),
    Rule(
        r"RequestEntityTooLarge(Exception)?|ContentTooLarge(Exception)?|413",
        r"",
        PermanentError,
        "the mail is larger than SES takes",
        _COMMON,
    ),
    Rule(
        r"(Account)?Sending(Paused|Suspended)(Exception)?|AccountSuspended(Exception)?"
        r"|(Account|ConfigurationSet)SendingPaused(Exception)?",
        r"",
        UnavailableError,
        "sending is paused, or the account is suspended: see the SES console and AWS's letter",
        _SEND_EMAIL,
    ),
    Rule(
        r"MailFromDomainNotVerified(Exception)?|FromEmailAddressNotVerified(Exception)?",
        r"",
        UnavailableError,
        "the DNS records of the MAIL FROM domain are not there",
        _SEND_EMAIL,
    ),
    Rule(
        r"NotFound(Exception)?|ConfigurationSetDoesNotExist(Exception)?|404",
        r"",
        UnavailableError,
        "there is no such configuration set in this region",
        _SEND_EMAIL_V1,
    ),
    Rule(
        r"AccessDenied(Exception)?|NotAuthorized(Exception)?|UnauthorizedOperation|403|401",
        r"",
        UnavailableError,
        "the task role does not allow ses:SendEmail with this sender",
        _IAM,
    ),
    Rule(
        r"InvalidClientTokenId|UnrecognizedClient(Exception)?|InvalidAccessKeyId|AuthFailure"
        r"|MissingAuthenticationToken(Exception)?|InvalidSignature(Exception)?|SignatureDoesNotMatch"
        r"|IncompleteSignature(Exception)?|ExpiredToken(Exception)?|RequestExpired"
        r"|RequestTimeTooSkewed|InvalidToken",
        r"",
        UnavailableError,
        "the task's credentials are not taken, or its clock is wrong",
        _SIGNING,
    ),
    Rule(
        r"OptInRequired|SubscriptionRequired(Exception)?|InvalidAction|UnknownOperation(Exception)?"
        r"|PendingVerification",
        r"",
        UnavailableError,
        "SES is not open to this account in this region",
        _COMMON_V1,
    ),
    Rule(
        r"RequestTimeout(Exception)?|RequestAborted(Exception)?|408",
        r"",
        UnavailableError,
        "SES did not get the whole request",
        _COMMON,
    ),
    Rule(
        r"Internal(Failure|Error|ServerError|ServiceError)(Exception)?|Service(Unavailable|Failure)(Exception)?"
        r"|5\d\d",
        r"",
        UncertainError,
        "SES had the mail, and may have taken it",
        _COMMON,
    ),
)


def classify(code: str, message: str, status: int | None) -> type[ProviderError]:
    """The type of error that a refusal of SendEmail becomes.

    Args:
        code: Error code; the status as text if there was none.
        message: Text that SES says with it.
        status: HTTP status; None if it is not known.
    """
    message = _QUOTED.sub(" ", message[:_READ_CHARACTERS])
    server_error = status is not None and status >= _SERVER_ERROR
    for rule in RULES:
        # With a status of 5xx a word in passing does not make a definite answer; a throttled request does.
        if rule.fits(code, message) and (not server_error or rule.error is ThrottledError):
            return rule.error
    return UncertainError if server_error else UnavailableError
