"""Why something was not sent, in words that may be logged, kept and shown."""

import re

from email_sender.suppression.address import without_addresses

MAX_CHARACTERS = 300

# Beyond one line of XML 1.0 characters an SQS message attribute would be refused:
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html
_UNFIT = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]+")
# More than is kept even if most of it is addresses.
_MAX_READ = 4096


def fit_reason(text: str, recipient: str = "") -> str:
    """One line of 1 to 300 characters in which nobody's address stands.

    Args:
        text: What was said; what is far beyond that length is not even read.
        recipient: Address of the mail that it was said of, if there is one; no part of it is kept.
    """
    line = without_addresses(_UNFIT.sub(" ", text[:_MAX_READ]), recipient).strip() or "no reason was given"
    return line if len(line) <= MAX_CHARACTERS else f"{line[: MAX_CHARACTERS - 1]}…"
