"""boto3 clients of an emulated AWS."""

from collections.abc import Mapping
from typing import Any

import boto3
from botocore.config import Config

REGION = "eu-central-1"
ACCOUNT = "123456789012"


_ADMINISTRATOR = {"aws_access_key_id": "stage", "aws_secret_access_key": "stage"}


class Clients:
    """Makes each client when it is first asked for.

    Args:
        endpoint_url: Where all services answer.
        keys: Arguments of a boto3 session for whoever calls; the account's administrator unless given.
    """

    def __init__(self, endpoint_url: str, keys: Mapping[str, str] = _ADMINISTRATOR) -> None:
        self._endpoint_url = endpoint_url
        self._session = boto3.Session(**keys, region_name=REGION)
        self._made: dict[str, Any] = {}

    def __call__(self, service: str) -> Any:
        """The client of a service, by boto3's name of it."""
        if service not in self._made:
            config = Config(proxies={}, retries={"total_max_attempts": 1})
            self._made[service] = self._session.client(
                service,  # type: ignore[call-overload]
                endpoint_url=self._endpoint_url,
                config=config,
            )
        return self._made[service]
