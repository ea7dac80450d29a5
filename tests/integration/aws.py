"""Clients of what stands for AWS, as the tests reach it."""

from collections.abc import Mapping
from typing import Any

import boto3
from botocore.config import Config

from tests.integration.declared import REGION
from tests.plan.offline import ACCOUNT_ID


def access() -> dict[str, str]:
    """Region and credentials; LocalStack takes the key for the account."""
    return {
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": ACCOUNT_ID,
        "AWS_SECRET_ACCESS_KEY": "integration",
    }


class AwsClients:
    """Clients for these endpoints, made when they are first asked for.

    Args:
        endpoints: By the names of the environment variables that hold them.
    """

    def __init__(self, endpoints: Mapping[str, str]) -> None:
        self._endpoints = endpoints
        self._session = boto3.Session(
            aws_access_key_id=ACCOUNT_ID, aws_secret_access_key="integration", region_name=REGION
        )
        self._made: dict[str, Any] = {}

    def __call__(self, service: str) -> Any:
        """A client by the service's name."""
        if service not in self._made:
            own = self._endpoints.get(f"AWS_ENDPOINT_URL_{service.upper()}")
            self._made[service] = self._session.client(
                service,
                endpoint_url=own or self._endpoints["AWS_ENDPOINT_URL"],
                config=Config(retries={"mode": "standard", "total_max_attempts": 5}, max_pool_connections=20),
            )
        return self._made[service]

    def close(self) -> None:
        """Close the connections of all of them."""
        for client in self._made.values():
            client.close()
