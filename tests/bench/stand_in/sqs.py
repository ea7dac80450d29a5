"""The operations of SQS that the services, boto3 and kombu use.

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_Operations.html
"""

import asyncio
from collections.abc import Callable, Collection, Mapping
from typing import Any

from tests.bench.stand_in.digests import attributes_digest, body_digest
from tests.bench.stand_in.errors import AwsError
from tests.bench.stand_in.http import Answer
from tests.bench.stand_in.long_polls import LongPolls
from tests.bench.stand_in.queue import Message, Queue

_ACCOUNT = "123456789012"
_NO_QUEUE = "com.amazonaws.sqs#QueueDoesNotExist"
_BAD_HANDLE = "com.amazonaws.sqs#ReceiptHandleIsInvalid"


class Sqs:
    """Queues by name.

    Args:
        names: Queues that there are; they can be neither made nor deleted.
        now: Seconds on the event loop's clock.
        visibility_seconds: Their visibility timeout.

    Attributes:
        queues: For whoever has to look inside.
    """

    def __init__(self, names: Collection[str], now: Callable[[], float], visibility_seconds: float) -> None:
        self.queues = {name: Queue(now, visibility_seconds) for name in names}
        self._polls = {name: LongPolls(queue) for name, queue in self.queues.items()}
        self._visibility_seconds = visibility_seconds
        self._operations: Mapping[str, Callable[[dict[str, Any]], Answer]] = {
            "GetQueueUrl": self._get_queue_url,
            "ListQueues": self._list_queues,
            "GetQueueAttributes": self._get_queue_attributes,
            "SendMessage": self._send_message,
            "SendMessageBatch": self._send_message_batch,
            "ReceiveMessage": self._receive_message,
            "DeleteMessage": self._delete_message,
            "DeleteMessageBatch": self._delete_message_batch,
            "ChangeMessageVisibility": self._change_message_visibility,
            "ChangeMessageVisibilityBatch": self._change_message_visibility_batch,
        }

    def answer(self, operation: str, asked: dict[str, Any]) -> Answer:
        """Do one operation.

        Raises:
            AwsError: What SQS would say.
        """
        try:
            known = self._operations[operation]
        except KeyError:
            raise AwsError("InvalidAction", f"this stand-in does not know {operation}") from None
        return known(asked)

    def pause(self, name: str) -> None:
        """Hand out nothing of a queue until told to."""
        self.queues[name].paused = True

    def resume(self, name: str) -> None:
        """Hand out messages again."""
        self.queues[name].paused = False
        self._polls[name].wake()

    def _name(self, asked: Mapping[str, Any]) -> str:
        name: str = asked["QueueUrl"].rpartition("/")[2]
        if name not in self.queues:
            raise AwsError(_NO_QUEUE, f"there is no queue {name!r}")
        return name

    def _get_queue_url(self, asked: dict[str, Any]) -> Answer:
        name = asked["QueueName"]
        if name not in self.queues:
            raise AwsError(_NO_QUEUE, f"there is no queue {name!r}")
        return {"QueueUrl": _url(name)}

    def _list_queues(self, asked: dict[str, Any]) -> Answer:
        prefix = asked.get("QueueNamePrefix") or ""
        return {"QueueUrls": [_url(name) for name in self.queues if name.startswith(prefix)]}

    def _get_queue_attributes(self, asked: dict[str, Any]) -> Answer:
        queue = self.queues[self._name(asked)]
        return {
            "Attributes": {
                "ApproximateNumberOfMessages": str(len(queue)),
                "VisibilityTimeout": f"{self._visibility_seconds:.0f}",
            }
        }

    def _send_message(self, asked: dict[str, Any]) -> Answer:
        name = self._name(asked)
        sent = self._send(name, asked)
        self._polls[name].wake()
        return sent

    def _send_message_batch(self, asked: dict[str, Any]) -> Answer:
        name = self._name(asked)
        sent = [{"Id": entry["Id"], **self._send(name, entry)} for entry in asked["Entries"]]
        # Only now, so that who waits gets the batch and not its first message.
        self._polls[name].wake()
        return {"Successful": sent, "Failed": []}

    def _send(self, name: str, entry: Mapping[str, Any]) -> dict[str, str]:
        attributes = entry.get("MessageAttributes") or {}
        message = self.queues[name].send(entry["MessageBody"], attributes)
        sent = {"MessageId": message.id, "MD5OfMessageBody": body_digest(message.body)}
        if attributes:
            sent["MD5OfMessageAttributes"] = attributes_digest(attributes)
        return sent

    def _receive_message(self, asked: dict[str, Any]) -> Answer:
        name = self._name(asked)
        max_messages = asked.get("MaxNumberOfMessages") or 1
        visibility = asked.get("VisibilityTimeout")
        wait = asked.get("WaitTimeSeconds") or 0
        messages = self.queues[name].receive(max_messages, visibility)
        if messages or not wait:
            return _received(messages, asked)
        answer: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        polled = self._polls[name].wait(max_messages, visibility, wait)

        def pass_on(polled: asyncio.Future[list[Message]]) -> None:
            if not polled.cancelled() and not answer.done():
                answer.set_result(_received(polled.result(), asked))

        polled.add_done_callback(pass_on)
        answer.add_done_callback(lambda answer: polled.cancel() if answer.cancelled() else None)
        return answer

    def _delete_message(self, asked: dict[str, Any]) -> Answer:
        try:
            self.queues[self._name(asked)].delete(asked["ReceiptHandle"])
        except ValueError as error:
            raise AwsError(_BAD_HANDLE, str(error)) from error
        return {}

    def _delete_message_batch(self, asked: dict[str, Any]) -> Answer:
        return self._each(asked, self._delete_message)

    def _change_message_visibility(self, asked: dict[str, Any]) -> Answer:
        name = self._name(asked)
        try:
            in_flight = self.queues[name].change_visibility(
                asked["ReceiptHandle"], asked["VisibilityTimeout"]
            )
        except ValueError as error:
            raise AwsError(_BAD_HANDLE, str(error)) from error
        if not in_flight:
            raise AwsError("com.amazonaws.sqs#MessageNotInflight", "the message is not in flight")
        self._polls[name].wake()
        return {}

    def _change_message_visibility_batch(self, asked: dict[str, Any]) -> Answer:
        return self._each(asked, self._change_message_visibility)

    def _each(self, asked: dict[str, Any], operation: Callable[[dict[str, Any]], Answer]) -> Answer:
        self._name(asked)
        answer: dict[str, Any] = {"Successful": [], "Failed": []}
        for entry in asked["Entries"]:
            try:
                operation({"QueueUrl": asked["QueueUrl"], **entry})
            except AwsError as error:
                code = error.code.rpartition("#")[2]
                answer["Failed"].append(
                    {"Id": entry["Id"], "Code": code, "Message": str(error), "SenderFault": True}
                )
            else:
                answer["Successful"].append({"Id": entry["Id"]})
        return answer


def _url(name: str) -> str:
    # Callers only hand it back: the endpoint that they speak to is set elsewhere.
    return f"http://sqs.localhost/{_ACCOUNT}/{name}"


def _received(messages: list[Message], asked: Mapping[str, Any]) -> dict[str, Any]:
    # SQS leaves the list out when it is empty.
    return {"Messages": [_message(message, asked) for message in messages]} if messages else {}


def _message(message: Message, asked: Mapping[str, Any]) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "MessageId": message.id,
        "ReceiptHandle": message.handle,
        "Body": message.body,
        "MD5OfBody": body_digest(message.body),
    }
    wanted = asked.get("MessageSystemAttributeNames") or asked.get("AttributeNames") or ()
    known = {
        "ApproximateReceiveCount": str(message.receives),
        "SentTimestamp": str(int(message.sent_at * 1000)),
    }
    system = {name: value for name, value in known.items() if name in wanted or "All" in wanted}
    if system:
        answer["Attributes"] = system
    names = asked.get("MessageAttributeNames") or ()
    attributes = {
        name: value
        for name, value in message.attributes.items()
        if name in names or "All" in names or ".*" in names
    }
    if attributes:
        answer["MessageAttributes"] = attributes
        answer["MD5OfMessageAttributes"] = attributes_digest(attributes)
    return answer
