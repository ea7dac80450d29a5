from pathlib import Path

import pytest

from email_sender.providers.protocol import (
    PermanentError,
    ThrottledError,
    UnavailableError,
    UncertainError,
)
from email_sender.providers.ses_refusals import RULES, classify

_DOCUMENT = Path(__file__).resolve().parents[5] / "docs" / "mail-refusals.md"
_CHECK = "Email address is not verified. The following identities failed the check in region EU-CENTRAL-1: "


@pytest.mark.parametrize(
    ("code", "message", "status", "kind"),
    [
        # The set-up is at fault, whatever the mail.
        ("MessageRejected", _CHECK + "us@example.com", 400, UnavailableError),
        ("MessageRejected", _CHECK + "ada@example.com, arn:aws:ses:…", 400, UnavailableError),
        (
            "MessageRejected",
            "Sending paused for this account. For more …",
            400,
            UnavailableError,
        ),
        ("MessageRejected", "Email sending for the account is paused.", 400, UnavailableError),
        ("MessageRejected", "Account is paused", 400, UnavailableError),
        ("MessageRejected", "Sending suspended for this account.", 400, UnavailableError),
        ("MessageRejected", "Sending paused for configuration set staging.", 400, UnavailableError),
        ("MessageRejected", "Configuration set staging: sending is disabled", 400, UnavailableError),
        ("MessageRejected", "Sending is disabled for identity example.com", 400, UnavailableError),
        ("BadRequestException", "Configuration set <staging> does not exist.", 400, UnavailableError),
        ("BadRequestException", "Invalid FromEmailAddress", 400, UnavailableError),
        ("BadRequestException", "The sender's identity is not allowed", 400, UnavailableError),
        ("ValidationException", "Value at 'configurationSetName' failed …", 400, UnavailableError),
        ("ValidationException", "Value at 'content.simple.subject' failed …", 400, PermanentError),
        ("AccountSuspendedException", "", 400, UnavailableError),
        ("SendingPausedException", "", 400, UnavailableError),
        ("AccountSendingPausedException", "", 400, UnavailableError),
        ("ConfigurationSetSendingPausedException", "", 400, UnavailableError),
        ("MailFromDomainNotVerifiedException", "", 400, UnavailableError),
        ("NotFoundException", "Configuration set <staging> does not exist.", 404, UnavailableError),
        ("ConfigurationSetDoesNotExist", "", 400, UnavailableError),
        ("AccessDenied", "User … is not authorized to perform ses:SendEmail", 403, UnavailableError),
        ("AccessDeniedException", "", 403, UnavailableError),
        ("NotAuthorized", "", 400, UnavailableError),
        (
            "InvalidClientTokenId",
            "The security token … is invalid.",
            403,
            UnavailableError,
        ),
        ("UnrecognizedClientException", "", 403, UnavailableError),
        ("MissingAuthenticationTokenException", "", 403, UnavailableError),
        ("SignatureDoesNotMatch", "Signature expired: … is now earlier than …", 403, UnavailableError),
        ("InvalidSignatureException", "Signature not yet current", 403, UnavailableError),
        ("IncompleteSignature", "", 400, UnavailableError),
        ("ExpiredToken", "", 403, UnavailableError),
        ("ExpiredTokenException", "", 403, UnavailableError),
        ("RequestExpired", "", 400, UnavailableError),
        ("RequestTimeTooSkewed", "", 403, UnavailableError),
        ("OptInRequired", "", 403, UnavailableError),
        ("SubscriptionRequiredException", "", 400, UnavailableError),
        ("RequestTimeout", "", 408, UnavailableError),
        ("UnknownOperationException", "", 404, UnavailableError),
        # The mail is.
        ("MessageRejected", "Message contains a virus", 400, PermanentError),
        ("MessageRejected", "Transaction failed: Invalid domain name: '@'", 400, PermanentError),
        ("MessageRejected", "", 400, PermanentError),
        ("MessageRejected", "Address is on the suppression list", 400, PermanentError),
        ("BadRequestException", "Missing final '@domain'", 400, PermanentError),
        ("BadRequestException", "Local address contains control or whitespace", 400, PermanentError),
        (
            "BadRequestException",
            "Message length is more than 10485760 bytes: '12'.",
            400,
            PermanentError,
        ),
        ("BadRequestException", "Invalid header name", 400, PermanentError),
        ("InvalidParameterValue", "Illegal address", 400, PermanentError),
        ("RequestEntityTooLargeException", "", 413, PermanentError),
        # Words of a mail that SES repeats are not SES's own.
        ("BadRequestException", "Illegal address: 'suspended.sender@example.com'", 400, PermanentError),
        ("BadRequestException", "Illegal address: paused@example.com", 400, PermanentError),
        ("BadRequestException", 'Invalid header value: "your identity is suspended"', 400, PermanentError),
        # Too many, too fast.
        ("TooManyRequestsException", "", 429, ThrottledError),
        ("LimitExceededException", "", 400, ThrottledError),
        ("ThrottlingException", "Maximum sending rate exceeded.", 400, ThrottledError),
        ("Throttling", "Daily message quota exceeded.", 400, ThrottledError),
        ("ThrottlingException", "Rate exceeded", 503, ThrottledError),
        ("RequestThrottled", "", 400, ThrottledError),
        ("MessageRejected", "Daily message quota exceeded", 400, ThrottledError),
        ("MessageRejected", "Maximum sending rate exceeded", 400, ThrottledError),
        # SES had it.
        ("InternalServiceErrorException", "", 500, UncertainError),
        ("InternalFailure", "", 500, UncertainError),
        ("ServiceUnavailable", "", 503, UncertainError),
        ("502", "", 502, UncertainError),
        ("504", "", 504, UncertainError),
        ("MessageRejected", "Sending paused", 500, UncertainError),
        ("SomethingNew", "", 501, UncertainError),
        ("InternalServiceErrorException", "", None, UncertainError),
        # Nobody knows yet.
        ("SomethingNewException", "", 400, UnavailableError),
        ("", "", 418, UnavailableError),
        ("307", "", 307, UnavailableError),
        ("403", "<html>", 403, UnavailableError),
        ("", "", None, UnavailableError),
    ],
)
def test_a_refusal_is_booked_against_whoever_is_at_fault(code, message, status, kind):
    """The mail ends, or waits without using up its attempts, or may have been taken: by code and message."""
    assert kind is classify(code, message, status)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code[:40])
def test_every_rule_has_a_page_of_amazon_s(rule):
    """A rule that nobody can look up is a guess."""
    assert rule.source.startswith("https://docs.aws.amazon.com/")
    assert rule.means


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code[:40])
def test_every_rule_is_in_the_documentation(rule):
    """Whoever reads of a refusal finds in the table whose fault it is, in the rule's own words."""
    told = {PermanentError: "the mail", UncertainError: "nobody's"}.get(rule.error, "ours")
    rows = [row for row in _DOCUMENT.read_text().splitlines() if rule.means in row]
    assert [told] == [row.split(" | ")[2] for row in rows]


def test_a_long_message_is_read_in_time():
    """Whatever SES repeats, only its beginning is read."""
    assert PermanentError is classify("MessageRejected", "'@" * 1_000_000, 400)
