"""Kinds of text that are safe where they are going to be put."""

import re

# Everything that some mail software takes for the end of a line, and the other control characters.
_LINE_BREAK_OR_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
# Not characters of XML 1.0, hence refused by SQS even when JSON would carry them:
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


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
