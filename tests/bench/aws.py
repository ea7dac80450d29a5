"""The stand-ins of a run, and how the benchmark speaks to them."""

import hashlib
import http.client
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bench.children import program
from tests.bench.errors import BenchError
from tests.waiting import SOON

QUEUE, PRIORITY_QUEUE, DEAD_LETTERS = "notifications", "notifications-high", "notifications-dead"
PLAIN_QUEUE, CELERY_QUEUE = "plain", "celery"
LEDGER, LEDGER_KEY = "ledger", "notification_id"
API_KEYS_SECRET = "api-keys"
CLIENT, API_KEY = "bench", "k" * 43
REGION = "eu-central-1"
# Longer than a round: nothing may come back while it waits for its turn.
_VISIBILITY_SECONDS = 300
_MAX_BATCH = 10
# Far above any load: the limiter works, and limits nothing.
_NO_LIMIT = 1_000_000
_KEYS_DOCUMENT = {
    "id_key": "0123456789abcdef" * 4,
    "clients": [
        {
            "id": CLIENT,
            "key_hashes": [hashlib.sha256(API_KEY.encode()).hexdigest()],
            "requests_per_second": _NO_LIMIT,
            "burst": _NO_LIMIT,
        }
    ],
}


@dataclass(frozen=True)
class Aws:
    """The stand-in for SQS, DynamoDB and Secrets Manager.

    Attributes:
        port: Where it listens.
    """

    port: int

    @property
    def environment(self) -> dict[str, str]:
        """What a process needs to find it, and what Fargate gives."""
        return {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{self.port}",
            "AWS_ACCESS_KEY_ID": "bench",
            "AWS_SECRET_ACCESS_KEY": "bench",
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def ask(self, target: str, **asked: object) -> dict[str, Any]:
        """One operation, without what it costs to go through an SDK.

        Raises:
            BenchError: The stand-in refused.
        """
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=SOON)
        try:
            connection.request("POST", "/", json.dumps(asked), {"X-Amz-Target": target})
            answer = connection.getresponse()
            document: dict[str, Any] = json.loads(answer.read())
        finally:
            connection.close()
        if answer.status != 200:
            raise BenchError(f"{target}: {document}")
        return document

    def send(self, queue: str, bodies: Sequence[str]) -> None:
        """Put messages on a queue."""
        for begin in range(0, len(bodies), _MAX_BATCH):
            entries = [
                {"Id": str(place), "MessageBody": body}
                for place, body in enumerate(bodies[begin : begin + _MAX_BATCH])
            ]
            self.ask("AmazonSQS.SendMessageBatch", QueueUrl=queue, Entries=entries)

    def depth(self, queue: str) -> int:
        """Messages of a queue that are not deleted."""
        return int(self.ask("Bench.Depth", Queue=queue)["Depth"])

    def calls(self) -> Counter[str]:
        """How often each operation was asked for until now."""
        return Counter(self.ask("Bench.Calls"))

    @contextmanager
    def paused(self, queue: str) -> Iterator[None]:
        """Nothing is handed out of a queue inside the block."""
        self.ask("Bench.Pause", Queue=queue)
        try:
            yield
        finally:
            self.ask("Bench.Resume", Queue=queue)


@contextmanager
def stand_in(folder: Path) -> Iterator[Aws]:
    """The stand-in for AWS, for as long as the block lasts."""
    holds = {
        "queues": [QUEUE, PRIORITY_QUEUE, DEAD_LETTERS, PLAIN_QUEUE, CELERY_QUEUE],
        "tables": {LEDGER: LEDGER_KEY},
        "secrets": {API_KEYS_SECRET: json.dumps(_KEYS_DOCUMENT)},
        "visibility_seconds": _VISIBILITY_SECONDS,
    }
    with program("stand-in", ["-m", "tests.bench.stand_in"], folder, stdin=holds) as (_, port):
        yield Aws(port)
