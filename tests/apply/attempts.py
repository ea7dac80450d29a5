"""Calls that somebody tries, on a system whatever it is called."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.apply.clients import Clients
from tests.apply.phases import Applied

DENIED = {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"}
"""Codes with which services refuse what policies do not allow."""


@dataclass(frozen=True)
class Attempt:
    """A call.

    Attributes:
        client: boto3's name of the service.
        operation: boto3's name of the operation.
        arguments: With SYSTEM for what every name begins with; a queue's name for its URL.
    """

    client: str
    operation: str
    arguments: Mapping[str, Any]

    def make(self, clients: Clients, applied: Applied) -> Any:
        """Make the call on a system.

        Args:
            clients: Those of whoever calls.
            applied: The system.

        Raises:
            ClientError: It is refused, or wrong.
        """
        given = {name: _named(value, applied.mode.system) for name, value in self.arguments.items()}
        if "QueueUrl" in given:
            given["QueueUrl"] = applied.aws("sqs").get_queue_url(QueueName=given["QueueUrl"])["QueueUrl"]
        return getattr(clients(self.client), self.operation)(**given)


def _named(value: Any, system: str) -> Any:
    match value:
        case str():
            return value.replace("SYSTEM", system)
        case dict():
            return {key: _named(one, system) for key, one in value.items()}
        case list():
            return [_named(one, system) for one in value]
        case _:
            return value
