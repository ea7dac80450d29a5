"""All services behind one address, and what the benchmark asks of them."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from typing import Any

from tests.bench.stand_in.dynamodb import DynamoDb
from tests.bench.stand_in.errors import AwsError
from tests.bench.stand_in.http import Answer
from tests.bench.stand_in.sqs import Sqs

CONTROL = "Bench"
"""Prefix of the operations that no AWS service has."""


class Services:
    """Counts what is asked, and has it answered.

    Args:
        sqs: Answers `AmazonSQS`.
        dynamodb: Answers `DynamoDB_20120810`.
        secrets: Values by name, for `secretsmanager`.
    """

    def __init__(self, sqs: Sqs, dynamodb: DynamoDb, secrets: Mapping[str, str]) -> None:
        self._sqs = sqs
        self._secrets = secrets
        self._calls: Counter[str] = Counter()
        self._services: Mapping[str, Callable[[str, dict[str, Any]], Answer]] = {
            "AmazonSQS": sqs.answer,
            "DynamoDB_20120810": dynamodb.answer,
            "secretsmanager": self._secret,
            CONTROL: self._control,
        }

    def answer(self, target: str, asked: dict[str, Any]) -> Answer:
        """Answer one request.

        Raises:
            AwsError: What the service would say.
        """
        service, _, operation = target.partition(".")
        known = self._services.get(service)
        if known is None:
            raise AwsError("UnknownOperationException", f"this stand-in does not know {target!r}")
        if service != CONTROL:
            self._calls[operation] += 1
        return known(operation, asked)

    def _secret(self, operation: str, asked: dict[str, Any]) -> Answer:
        name = asked.get("SecretId")
        if operation != "GetSecretValue" or name not in self._secrets:
            raise AwsError("ResourceNotFoundException", f"{operation} of {name!r}: there is no such secret")
        return {"Name": name, "VersionId": "1", "SecretString": self._secrets[name]}

    def _control(self, operation: str, asked: dict[str, Any]) -> Answer:
        if operation == "Calls":
            return dict(self._calls)
        if operation == "Depth":
            return {"Depth": len(self._sqs.queues[asked["Queue"]])}
        change = {"Pause": self._sqs.pause, "Resume": self._sqs.resume}[operation]
        change(asked["Queue"])
        return {}


def services(
    *,
    queues: Collection[str],
    tables: Mapping[str, str],
    secrets: Mapping[str, str],
    now: Callable[[], float],
    visibility_seconds: float,
) -> Services:
    """All services, empty.

    Args:
        queues: Names.
        tables: The key's name by table.
        secrets: Values by name.
        now: Seconds on the event loop's clock.
        visibility_seconds: Of every queue.
    """
    return Services(Sqs(queues, now, visibility_seconds), DynamoDb(tables), secrets)
