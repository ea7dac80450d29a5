"""What became of each entry of an SQS batch call."""

from collections.abc import Mapping
from typing import Any

from sqs.errors import EntryRefusedError, QueueUnavailableError


def batch_results(response: Mapping[str, Any], entries: int) -> list[Exception | None]:
    """One result an entry, in order; an entry's id in the call is its place as text.

    An entry that the response does not mention is not confirmed, so it counts as failed.
    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_BatchResultErrorEntry.html

    Args:
        response: Answer to SendMessageBatch, DeleteMessageBatch or ChangeMessageVisibilityBatch.
        entries: How many entries the call had.
    """
    results: list[Exception | None] = [
        QueueUnavailableError("the queue's answer does not mention the entry") for _ in range(entries)
    ]
    for done in response.get("Successful", ()):
        results[int(done["Id"])] = None
    for failed in response.get("Failed", ()):
        kind = EntryRefusedError if failed.get("SenderFault") else QueueUnavailableError
        results[int(failed["Id"])] = kind(f"{failed.get('Code')}: {failed.get('Message', '')}")
    return results
