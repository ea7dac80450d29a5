"""One operation of AWS's JSON protocol, signed and sent.

https://smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html
"""

import asyncio
import json
import random
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Protocol
from urllib.parse import urlsplit
from uuid import uuid4

import aiohttp
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    ReadTimeoutError,
)
from pydantic_core import to_json

ATTEMPTS = 2
_LONGEST_PAUSE_SECONDS = 0.5
_OK = 200
# What a second attempt may mend, as botocore's standard mode has it:
# https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
_MENDABLE_STATUS = frozenset({500, 502, 503, 504})
_THROTTLED = frozenset(
    {
        *("Throttling", "ThrottlingException", "ThrottledException", "RequestThrottled"),
        *("RequestThrottledException", "TooManyRequestsException", "SlowDown", "RequestLimitExceeded"),
        *("ProvisionedThroughputExceededException", "BandwidthLimitExceeded", "LimitExceededException"),
        *("TransactionInProgressException", "PriorRequestNotComplete"),
    }
)
_UNANSWERED = (ConnectionClosedError, ConnectTimeoutError, EndpointConnectionError, ReadTimeoutError)


class Credentials(Protocol):
    """Who signs, renewed every few hours."""

    async def get_frozen_credentials(self) -> Any:
        """Keys that belong together, renewed if they are about to expire."""


@dataclass(frozen=True)
class Endpoint:
    """Where calls go.

    Attributes:
        http: Keeps connections, and knows how long to wait for an answer.
        url: Of the service, in the region.
        region: What a signature is for.
        credentials: Of the task role; None if there are none.
    """

    http: aiohttp.ClientSession
    url: str
    region: str
    credentials: Credentials | None


class Call:
    """An operation to be called with its parameters by name, as a method of botocore's clients.

    Args:
        endpoint: Where calls go.
        model: botocore's of the service.
        operation: Name as AWS spells it, e.g. "SendMessageBatch".
    """

    def __init__(self, endpoint: Endpoint, model: Any, operation: str) -> None:
        self._endpoint = endpoint
        self._url = endpoint.url.rstrip("/") + "/"
        self._service = model.signing_name
        self._operation = operation
        self._headers = {
            "Content-Type": f"application/x-amz-json-{model.metadata['jsonVersion']}",
            "X-Amz-Target": f"{model.metadata['targetPrefix']}.{operation}",
            "User-Agent": "notification-service",
            # Host and the body's digest are there already when botocore signs, which then need not take the
            # URL apart and put a whole request together for each call: a third of what signing costs.
            "Host": urlsplit(self._url).netloc,
        }
        # By this a service takes a second attempt as the first one; botocore fills it in, so we do.
        tokens = model.operation_model(operation).idempotent_members
        self._token: str | None = tokens[0] if tokens else None

    async def __call__(self, **parameters: Any) -> dict[str, Any]:
        """The service's answer; a second attempt is made where that may help.

        Raises:
            botocore.exceptions.ClientError: The service refuses.
            botocore.exceptions.BotoCoreError: There is no answer, or nothing to sign with.
        """
        if self._token is not None:
            parameters.setdefault(self._token, str(uuid4()))
        body = to_json(parameters)
        for _ in range(ATTEMPTS - 1):
            try:
                return await self._attempt(body)
            except _UNANSWERED:
                pass
            except ClientError as error:
                if not _may_be_mended(error):
                    raise
            await asyncio.sleep(random.uniform(0, _LONGEST_PAUSE_SECONDS))  # noqa: S311 - nothing secret
        return await self._attempt(body)

    async def _attempt(self, body: bytes) -> dict[str, Any]:
        headers = await self._signed(body)
        try:
            async with self._endpoint.http.post(
                self._url, data=body, headers=headers, allow_redirects=False
            ) as response:
                content = await response.read()
        except aiohttp.ConnectionTimeoutError as error:
            raise ConnectTimeoutError(endpoint_url=self._url, error=error) from error
        except TimeoutError as error:
            raise ReadTimeoutError(endpoint_url=self._url, error=error) from error
        except aiohttp.ClientConnectorError as error:
            raise EndpointConnectionError(endpoint_url=self._url, error=error) from error
        except aiohttp.ClientError as error:
            raise ConnectionClosedError(endpoint_url=self._url, error=error) from error
        if response.status != _OK:
            raise self._refusal(response, content)
        answer: dict[str, Any] = json.loads(content)
        return answer

    async def _signed(self, body: bytes) -> dict[str, str]:
        if self._endpoint.credentials is None:
            raise NoCredentialsError
        frozen = await self._endpoint.credentials.get_frozen_credentials()
        headers = {**self._headers, "X-Amz-Content-SHA256": sha256(body).hexdigest()}
        request = AWSRequest("POST", self._url, headers, body)
        SigV4Auth(frozen, self._service, self._endpoint.region).add_auth(request)
        return dict(request.headers.items())

    def _refusal(self, response: aiohttp.ClientResponse, content: bytes) -> ClientError:
        """The error as botocore makes it: code, message, and what else the service says."""
        try:
            said: dict[str, Any] = dict(json.loads(content))
        except (TypeError, ValueError):
            # A proxy or a load balancer in between.
            said = {}
        code = str(said.pop("__type", "")).rpartition("#")[2] or str(response.status)
        # SQS tells the codes that it had before it spoke JSON in a header; botocore goes by them.
        code = response.headers.get("x-amzn-query-error", "").partition(";")[0] or code
        message = said.pop("message", None) or said.pop("Message", "")
        answer: Any = {
            "Error": {"Code": code, "Message": message},
            "ResponseMetadata": {"HTTPStatusCode": response.status},
            **said,
        }
        return ClientError(answer, self._operation)


def _may_be_mended(error: ClientError) -> bool:
    status = error.response["ResponseMetadata"]["HTTPStatusCode"]
    return status in _MENDABLE_STATUS or error.response["Error"]["Code"] in _THROTTLED
