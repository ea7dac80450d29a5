"""Refusals of a relay as data: whose fault one is, by the command that was refused and by the reply.

`docs/mail-refusals.md` shows these rules as a table. A mail must not pay for what is wrong with us or with
the relay, and one mail must not stop the others: what tells neither is taken to be about the mail.
"""

from dataclasses import dataclass
from enum import Enum


class Stage(Enum):
    """Part of the SMTP dialogue that the relay refused."""

    OPENING = "connection, banner, EHLO, STARTTLS, AUTH"
    MAIL = "MAIL FROM"
    MAIL_UTF8 = "MAIL FROM with SMTPUTF8"
    RCPT = "RCPT TO"
    DATA = "DATA"
    CONTENT = "content"


class Fault(Enum):
    """Cause of a refusal: ourselves or the relay, our rate, this mail, or its recipient."""

    OURS = "ours or the relay's"
    RATE = "ours: too fast or too many"
    NOW = "the mail's, for now"
    MAIL = "the mail's"
    RECIPIENT = "the recipient's: a dead mailbox"


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of the table; a reply that fits all that is given fits the rule.

    Attributes:
        at: Commands.
        codes: Reply codes, "4xx" for a class of them; empty for any.
        enhanced: Enhanced status codes without their class, "7.20-27" for a range, "3.*" for a subject; empty
            for any or none.
        texts: Phrases in any case of letters, of which the text has one; "*" is up to 60 characters.
        fault: Whose fault it is.
        meaning: In plain words.
        source: Document that says so.
    """

    at: tuple[Stage, ...]
    codes: tuple[str, ...]
    enhanced: tuple[str, ...]
    texts: tuple[str, ...]
    fault: Fault
    meaning: str
    source: str


BEFORE = (Stage.OPENING, Stage.MAIL, Stage.MAIL_UTF8)
AFTER = (Stage.RCPT, Stage.DATA, Stage.CONTENT)

_RFC5321 = "RFC 5321, 4.2.3"
_IANA = "https://www.iana.org/assignments/smtp-enhanced-status-codes"
_SES = "https://docs.aws.amazon.com/ses/latest/dg/troubleshoot-smtp.html"
_SES_ERRORS = "https://docs.aws.amazon.com/ses/latest/dg/troubleshoot-error-messages.html"
_GMAIL = "https://support.google.com/a/answer/3726730"
_GMAIL_RELAY = "https://support.google.com/a/answer/6140680"
_EXCHANGE = (
    "https://learn.microsoft.com/en-us/exchange/troubleshoot/email-delivery/ndr/"
    "non-delivery-reports-in-exchange-online"
)
_SENDGRID = (
    "https://www.twilio.com/docs/sendgrid/for-developers/sending-email/smtp-errors-and-troubleshooting"
)
_POSTFIX = "https://www.postfix.org/postconf.5.html"

_RATE_TEXTS = (
    "rate limit*",
    "rate exceeded",
    "sending rate",
    "unusual rate",
    "unexpected volume",
    "throttling",
    "throttled",
    "too many connections",
    "too many concurrent",
    "too many messages",
    "too many mails",
    "too many emails",
    "too many recipients",
    "too many errors",
    "too many login attempts",
    "too much mail",
    "too frequent",
    "too fast",
    "slow down",
    "server busy",
    "concurrent connections",
    "connection limit*",
    "connections limit*",
    "send limit*",
    "sending limit*",
    "relay limit*",
    "message limit*",
    "sending quota",
    "message quota",
    "daily * limit*",
    "daily * quota",
    "hourly * limit*",
    "hourly * quota",
    "credits exceeded",
    "submission quota",
    "submissionquotaexceeded*",
)

RULES: tuple[Rule, ...] = (
    Rule(BEFORE, (), (), _RATE_TEXTS, Fault.RATE, "we are too fast, or have had our share", _SES),
    Rule(BEFORE, (), ("4.5", "7.28"), (), Fault.RATE, "congestion, or a flood of ours", _IANA),
    Rule(
        (Stage.MAIL_UTF8,),
        ("501", "504", "555"),
        (),
        (),
        Fault.MAIL,
        "the relay does not know SMTPUTF8, which only mails to a non-ASCII local part ask for",
        "RFC 5321, 4.1.1.11",
    ),
    Rule(
        (Stage.MAIL_UTF8,),
        ("5xx",),
        ("6.7-10",),
        (),
        Fault.MAIL,
        "the relay takes no such address",
        "RFC 6531, 3.5",
    ),
    Rule(
        BEFORE,
        (),
        (),
        (),
        Fault.OURS,
        "nothing of the recipient was said yet, so it is about us or the relay",
        _RFC5321,
    ),
    Rule(
        AFTER,
        ("5xx",),
        ("7.100-199", "7.513", "7.703"),
        (),
        Fault.MAIL,
        "the recipient takes mail from certain senders only, or somebody has blocked it",
        _EXCHANGE,
    ),
    Rule(AFTER, ("5xx",), (), ("resolver.rst.*",), Fault.MAIL, "a restriction of the recipient's", _EXCHANGE),
    Rule(
        AFTER,
        ("4xx",),
        (),
        ("greylist*", "graylist*", "grey list*", "postgrey"),
        Fault.NOW,
        "the recipient's server wants us to try again later",
        "RFC 6647, 2",
    ),
    Rule(
        AFTER,
        ("4xx",),
        (),
        ("user you are trying to contact", "recipient thread limit", "recipient * too quickly"),
        Fault.NOW,
        "the recipient gets too much, from whomever",
        _GMAIL,
    ),
    Rule(AFTER, ("4xx",), ("2.2", "3.3-4"), (), Fault.NOW, "mailbox full, or the mail too big now", _IANA),
    Rule(AFTER, ("5xx",), ("2.2-3", "3.3-4"), (), Fault.MAIL, "mailbox full, or the mail too big", _IANA),
    Rule(
        AFTER,
        ("5xx",),
        (),
        ("mailbox full", "mailbox is full", "mailbox quota", "over quota", "mailbox * quota"),
        Fault.MAIL,
        "mailbox full",
        _RFC5321,
    ),
    Rule(
        AFTER,
        ("4xx",),
        (),
        ("mailbox full", "mailbox is full", "mailbox quota", "over quota", "mailbox * quota"),
        Fault.NOW,
        "mailbox full",
        _RFC5321,
    ),
    Rule(
        AFTER,
        ("5xx",),
        (),
        ("size limit", "message size", "too large", "too big"),
        Fault.MAIL,
        "the mail is too big",
        "RFC 1870, 6.1",
    ),
    Rule(AFTER, (), (), _RATE_TEXTS, Fault.RATE, "we are too fast, or have had our share", _SES),
    Rule(
        AFTER,
        (),
        ("4.5", "1.90-92", "5.3", "7.28", "7.508"),
        (),
        Fault.RATE,
        "a quota of ours, congestion, or a flood of ours",
        _GMAIL,
    ),
    Rule(
        AFTER,
        (),
        (),
        (
            "sender address rejected",
            "sender rejected",
            "sender verify failed",
            "client host rejected",
            "helo command rejected",
        ),
        Fault.OURS,
        "our address, host or EHLO name; some relays wait for the recipient before they say so",
        f"{_POSTFIX}#smtpd_delay_reject",
    ),
    Rule(AFTER, (), ("1.7-8",), (), Fault.OURS, "our sender's address", _IANA),
    Rule(
        AFTER,
        ("432", "454", "524", "525", "530", "534", "535", "538"),
        (),
        (),
        Fault.OURS,
        "encryption or login is missing, or fails",
        "RFC 4954, 6; RFC 5248",
    ),
    Rule(AFTER, (), ("7.8-14",), (), Fault.OURS, "our login", _IANA),
    Rule(
        AFTER,
        (),
        (),
        (
            "authentication required",
            "authentication is required",
            "authentication needed",
            "requires authentication",
            "smtp authentication",
            "authentication credentials",
            "auth required",
            "auth is required",
            "not authenticated",
            "must authenticate",
            "please authenticate",
            "unauthenticated sender*",
            "must issue * starttls",
        ),
        Fault.OURS,
        "we are not logged in, or not encrypted",
        _SENDGRID,
    ),
    Rule(
        AFTER,
        (),
        (),
        (
            "relay * denied",
            "relay * prohibited",
            "relay not permitted",
            "relay not allowed",
            "relaying * denied",
            "relaying * prohibited",
            "relaying * not allowed",
            "relaying * not permitted",
            "unable to relay",
            "not relay",
            "cannot relay",
            "no relaying",
            "not a gateway",
            "credentials for relay",
            "allowed rcpthosts",
        ),
        Fault.OURS,
        "the relay does not relay for us",
        _GMAIL_RELAY,
    ),
    Rule(
        AFTER,
        (),
        (),
        (
            "not verified",
            "identities failed the check",
            "sending paused",
            "sending is paused",
            "sending suspended",
            "sending is suspended",
            "sending * disabled",
            "account * suspended",
            "account is disabled",
            "configuration set",
            "not authorized to perform",
            "access denied: user",
            "activate your * account",
            "account is not * activated",
            "test purposes only",
            "unusual sending activity",
            "not allowed to send:",
        ),
        Fault.OURS,
        "our account, identity or rights at the provider",
        _SES_ERRORS,
    ),
    Rule(
        AFTER,
        (),
        (),
        (
            "sender identity",
            "sender signature",
            "send as this sender",
            "sendasdenied*",
            "not allowed to send as",
            "not allowed to send from",
            "not authorized to send as",
            "not authorized to send from",
            "not authorised to send from",
            "not permitted to send as",
            "not permitted to send from",
            "not owned by user",
            "bad outbound sender",
        ),
        Fault.OURS,
        "we may not use our sender's address",
        _SENDGRID,
    ),
    Rule(
        AFTER,
        (),
        ("7.54", "7.57", "7.60", "7.64", "7.501-503", "7.505-506", "7.511", "7.606-649", "7.700-750"),
        (),
        Fault.OURS,
        "our organisation, address or host is refused",
        _EXCHANGE,
    ),
    Rule(
        AFTER,
        (),
        ("7.20-27", "7.29-32", "7.509", "7.515"),
        (),
        Fault.OURS,
        "our domain's DKIM, SPF, DMARC or reverse DNS",
        f"{_IANA}; {_GMAIL}",
    ),
    Rule(
        AFTER,
        (),
        (),
        (
            "dmarc",
            "spf",
            "dkim",
            "reverse dns",
            "ptr record",
            "unauthenticated email",
            "unauthenticated mail",
        ),
        Fault.OURS,
        "our domain's DKIM, SPF, DMARC or reverse DNS",
        _GMAIL,
    ),
    Rule(
        AFTER,
        (),
        (),
        (
            "client host * blocked",
            "blocked using",
            "banned sending ip",
            "sending ip",
            "your ip",
            "your network",
            "ip * blocked",
            "ip * blacklisted",
            "ip * listed",
            "ip * due to listing",
            "ip reputation",
            "ip not in whitelist",
            "connections * not * accepted from ip",
            "reputation of the sending",
            "traffic not accepted from this ip",
        ),
        Fault.OURS,
        "the relay's or our host is on a block list",
        _GMAIL,
    ),
    Rule(
        AFTER,
        ("421", "521"),
        (),
        (),
        Fault.OURS,
        "the relay closes, or takes no mail at all",
        "RFC 5321, 3.8; RFC 7504",
    ),
    Rule(
        (Stage.RCPT, Stage.CONTENT),
        ("550", "551", "553", "556"),
        ("1.1-3", "1.6", "1.10"),
        (),
        Fault.RECIPIENT,
        "no such mailbox, domain or form of address; moved; a domain without mail",
        f"{_IANA}; RFC 7505",
    ),
    Rule(
        AFTER,
        (),
        ("3.0",),
        ("user", "recipient", "mailbox", "rejected message", "rejected this message", "spam", "virus"),
        Fault.MAIL,
        'says "system" and means the mail; of class 4, for now',
        _GMAIL,
    ),
    Rule(AFTER, (), ("3.*",), (), Fault.OURS, "the relay's system: disk, shutdown, set-up", _IANA),
    Rule(
        AFTER,
        (),
        (),
        (
            "service unavailable",
            "service not available",
            "service temporarily unavailable",
            "temporary service failure",
            "temporary system problem",
            "insufficient system storage",
            "insufficient system resources",
            "server configuration error",
            "server configuration problem",
            "queue file write error",
            "shutting down",
        ),
        Fault.OURS,
        "the relay's system: disk, shutdown, set-up",
        _SES,
    ),
    Rule(
        (Stage.RCPT, Stage.DATA),
        ("500", "502", "503"),
        (),
        (),
        Fault.OURS,
        "the relay does not follow the dialogue",
        _RFC5321,
    ),
    Rule(
        (Stage.CONTENT,),
        ("502", "503"),
        (),
        (),
        Fault.OURS,
        "the relay does not follow the dialogue",
        _RFC5321,
    ),
    Rule(
        AFTER,
        ("2xx", "3xx"),
        (),
        (),
        Fault.OURS,
        "an answer to something else; to the content, the outcome is unknown",
        "RFC 5321, 4.3.2",
    ),
    Rule(AFTER, ("4xx",), (), (), Fault.NOW, "whatever else is not possible now", "RFC 5321, 4.2.1"),
    Rule(AFTER, ("5xx",), (), (), Fault.MAIL, "whatever else is refused: spam, policy", "RFC 5321, 4.2.1"),
)
