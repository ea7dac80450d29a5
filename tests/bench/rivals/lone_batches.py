"""Program: signs and sends full batches to a queue, and nothing else: half of the Notification API's floor.

Prints how many messages that were and the CPU seconds that it took, as JSON.
"""

import asyncio
import json
import os
import time

import uvloop

from shared.sqs.client import sqs_client
from shared.trace import TRACEPARENT

_BATCH = 10
_IN_FLIGHT = 10
_WARM_UP_CALLS = 50


async def _send(calls: int) -> float:
    """CPU seconds of so many calls after some that warm everything up."""
    queue, body = os.environ["QUEUE_NAME"], os.environ["MESSAGE_BODY"]
    trace = {TRACEPARENT: {"DataType": "String", "StringValue": "00-" + "a" * 32 + "-" + "b" * 16 + "-01"}}
    async with sqs_client(
        region=os.environ["AWS_REGION"], read_seconds=5.0, connections=_IN_FLIGHT
    ) as client:

        async def some(number: int) -> None:
            for _ in range(number):
                entries = [
                    {"Id": str(place), "MessageBody": body, "MessageAttributes": trace}
                    for place in range(_BATCH)
                ]
                await client.send_message_batch(QueueUrl=queue, Entries=entries)

        await some(_WARM_UP_CALLS)
        before = time.process_time()
        await asyncio.gather(*(some(calls // _IN_FLIGHT) for _ in range(_IN_FLIGHT)))
        return time.process_time() - before


def report(count: int, cpu_seconds: float) -> None:
    """Tell the benchmark what it took."""
    print(json.dumps({"count": count, "cpu_seconds": cpu_seconds}))  # noqa: T201 - read by the benchmark


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        number = int(os.environ["MESSAGES"])
        report(number, runner.run(_send(number // _BATCH)))
