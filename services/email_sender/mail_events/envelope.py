"""SNS's envelope around a record, and SNS's own messages."""

import json
from typing import Any

# Sent once when a topic is named as the destination of events:
# https://docs.aws.amazon.com/ses/latest/dg/event-publishing-add-event-destination-sns.html
_TEST_MESSAGE = "Successfully validated SNS topic for Amazon SES event publishing"
# https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html
_OF_THE_SUBSCRIPTION = frozenset({"SubscriptionConfirmation", "UnsubscribeConfirmation"})


class AboutTheTopicError(Exception):
    """The message is about the topic or its subscription, and not about a mail."""


def unwrapped(body: str) -> dict[str, Any]:
    """The record in a message, be it raw or in SNS's envelope.

    Raises:
        AboutTheTopicError: It has none, and needs none.
        ValueError: It is neither.
    """
    said = _read(body)
    kind = said.get("Type")
    if kind in _OF_THE_SUBSCRIPTION:
        raise AboutTheTopicError(str(kind))
    if kind == "Notification":
        said = _read(str(said.get("Message", "")))
    if said.get("notificationType") == "AmazonSnsSubscriptionSucceeded":
        raise AboutTheTopicError("AmazonSnsSubscriptionSucceeded")
    return said


def _read(text: str) -> dict[str, Any]:
    if text.strip().startswith(_TEST_MESSAGE):
        raise AboutTheTopicError("a test of the topic")
    try:
        said = json.loads(text)
    except RecursionError as error:
        raise ValueError("not JSON that anybody can read") from error
    if not isinstance(said, dict):
        raise ValueError("not a JSON object")  # noqa: TRY004 - json.loads raises the same for what is no JSON
    return said
