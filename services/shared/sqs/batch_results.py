"""Results of the entries of an SQS batch call."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from shared.sqs.errors import EntryRefusedError, QueueUnavailableError

_UNMENTIONED = "the queue's answer does not mention the entry"


def batch_results(response: Mapping[str, Any], entries: int) -> list[Exception | None]:
    """One result an entry, in order; an entry's id in the call is its place as text.

    An entry that the response does not mention is not confirmed, so it counts as failed; so does one that it
    mentions as both. What it says of entries that the call did not have is passed over.
    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_BatchResultErrorEntry.html

    Args:
        response: Answer to SendMessageBatch, DeleteMessageBatch or ChangeMessageVisibilityBatch.
        entries: How many entries the call had.
    """
    results: list[Exception | None] = [QueueUnavailableError(_UNMENTIONED) for _ in range(entries)]
    for done in _mentioned(response, "Successful", entries):
        results[done.place] = None
    # After the successful ones, so that an entry in both lists is not confirmed.
    for failed in _mentioned(response, "Failed", entries):
        kind = EntryRefusedError if failed.said.get("SenderFault") is True else QueueUnavailableError
        results[failed.place] = kind(f"{failed.said.get('Code')}: {failed.said.get('Message', '')}")
    return results


class _Mention(NamedTuple):
    place: int
    said: Mapping[str, Any]


def _mentioned(response: Mapping[str, Any], name: str, entries: int) -> Iterator[_Mention]:
    """Entries of the call that one list of the answer names; what names none of them is passed over."""
    listed = response.get(name)
    places = {str(place): place for place in range(entries)}
    for said in listed if isinstance(listed, list) else ():
        place = places.get(str(said.get("Id"))) if isinstance(said, Mapping) else None
        if place is not None:
            yield _Mention(place, said)
