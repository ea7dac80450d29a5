"""Kinds of text that are safe where they are going to be put."""

import re

# Everything that some mail software takes for the end of a line, and the other control characters.
_LINE_BREAK_OR_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
# Not characters of XML 1.0, hence refused by SQS even when JSON would carry them:
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")

HTTPS_URL_PATTERN = (
    r"^[Hh][Tt][Tt][Pp][Ss]://[A-Za-z0-9.-]+(:[0-9]{1,5})?"
    r"([/?]([A-Za-z0-9._~!$&'()*+;=:@/?-]|%[0-9A-Fa-f]{2})*)?$"
)
"""URL of RFC 3986 with https, a host name and no fragment. It has no comma, which in some headers separates
URLs: that is written %2C.
"""
MAX_HTTPS_URL_LENGTH = 868
"""Maximum characters of a URL, which with angle brackets is as long as SES takes a header's value:
https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_MessageHeader.html
"""
_HTTPS_URL = re.compile(HTTPS_URL_PATTERN[:-1] + r"\Z")


def single_line(value: str) -> str:
    """Return the text if it is fit for a mail header.

    Raises:
        ValueError: It has a line break or another control character, with which a caller could
            add headers of their own.
    """
    if _LINE_BREAK_OR_CONTROL.search(value):
        raise ValueError("must be one line without control characters")
    return xml_characters(value)


def xml_characters(value: str) -> str:
    """Return the text if SQS accepts every character of it.

    Raises:
        ValueError: It has a character that XML 1.0 does not know.
    """
    if _NOT_XML.search(value):
        raise ValueError("must not contain control characters other than tab and line breaks")
    return value


def display_name(value: str) -> str:
    """Return the text if it can stand beside an address as a person's or a company's name.

    Raises:
        ValueError: It has more than one line, another control character, or nothing to be seen.
    """
    if not value.strip():
        raise ValueError("must not be blank")
    return single_line(value)


def https_url(value: str) -> str:
    """Return the text if it is one URL that a header may carry and a mail program may call (RFC 8058, 3.1).

    Raises:
        ValueError: It is none, or too long.
    """
    if len(value) > MAX_HTTPS_URL_LENGTH:
        raise ValueError(f"must have at most {MAX_HTTPS_URL_LENGTH} characters")
    if not _HTTPS_URL.match(value):
        raise ValueError("must be one https URL in ASCII, in which anything special is percent-encoded")
    return value
