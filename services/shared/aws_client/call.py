"""One operation of AWS's JSON protocol, signed and sent.

https://smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Protocol
from urllib.parse import urlsplit
from uuid import uuid4

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError
from botocore.hooks import first_non_none_response
from pydantic_core import to_json

from shared.aws_client.answer import OK, read_object, read_refusal
from shared.aws_client.bounded import bounded
from shared.aws_client.transport import Reply, Transport

_ADAPTIVE = "adaptive"


class Credentials(Protocol):
    """Keys of the task role, renewed every few hours."""

    async def get_frozen_credentials(self) -> Any:
        """Keys that belong together, renewed if they are about to expire."""


@dataclass(frozen=True)
class TimeLimits:
    """Time limits of a call.

    Attributes:
        answer_seconds: Maximum silence of the service in one attempt; more than the wait of a long poll.
        call_seconds: Maximum time of the whole call: fetching credentials, waiting for a free connection,
            every attempt, and the pauses between them.
    """

    answer_seconds: float = 5.0
    call_seconds: float = 10.0


@dataclass
class Quota:
    """A client's quota of retries, as far as it matters whether it is full.

    Attributes:
        was_used: Whether an attempt has ever taken from it: until then nothing can be given back.
    """

    was_used: bool = False


@dataclass(frozen=True)
class Endpoint:
    """Endpoint of an AWS service, with transport, region and credentials.

    Attributes:
        transport: Sends them.
        url: Of the service, in the region.
        region: What a signature is for.
        credentials: Of the task role; None if there are none.
        meta: botocore's of the client: its model, its settings and its rules of retrying.
        quota: Of the client's retries.
    """

    transport: Transport
    url: str
    region: str
    credentials: Credentials | None
    meta: Any
    quota: Quota = field(default_factory=Quota)


class Call:
    """An operation to be called with its parameters by name, as a method of botocore's clients.

    Args:
        endpoint: Where calls go.
        operation: Name as AWS spells it, e.g. "SendMessageBatch".
        limits: How long a call may take.
        sleep: Waits for so many seconds.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        operation: str,
        limits: TimeLimits,
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        model = endpoint.meta.service_model
        self._endpoint = endpoint
        self._limits = limits
        self._sleep = sleep
        self._url = endpoint.url.rstrip("/") + "/"
        self._service = model.signing_name
        self._operation = operation
        self._model = model.operation_model(operation)
        self._event = f"{model.service_id.hyphenize()}.{operation}"
        self._adaptive = endpoint.meta.config.retries["mode"] == _ADAPTIVE
        self._headers = {
            "Content-Type": f"application/x-amz-json-{model.metadata['jsonVersion']}",
            "X-Amz-Target": f"{model.metadata['targetPrefix']}.{operation}",
            "User-Agent": "notification-service",
            # Host and the body's digest are there already when botocore signs, which then need not take the
            # URL apart and put a whole request together for each call: a third of what signing costs.
            "Host": urlsplit(self._url).netloc,
        }
        # By this a service takes a second attempt as the first one; botocore fills it in, so we do.
        tokens = self._model.idempotent_members
        self._token: str | None = tokens[0] if tokens else None

    async def __call__(self, **parameters: Any) -> dict[str, Any]:
        """The service's answer; further attempts are made where botocore would make them.

        Raises:
            botocore.exceptions.ClientError: The service refuses.
            botocore.exceptions.BotoCoreError: There is no answer in time, none that can be read, or nothing
                to sign with.
        """
        if self._token is not None:
            parameters.setdefault(self._token, str(uuid4()))
        return await bounded(self._answer(to_json(parameters)), self._limits.call_seconds, self._url)

    async def _answer(self, body: bytes) -> dict[str, Any]:
        emit = self._endpoint.meta.events.emit
        context: dict[str, Any] = {}
        attempts = 0
        while True:
            attempts += 1
            headers = await self._signed(body)
            reply: Reply | None = None
            answer: dict[str, Any] = {}
            error: ClientError | BotoCoreError | None = None
            if self._adaptive:
                await emit(f"before-send.{self._event}", request=None)
            try:
                reply = await self._endpoint.transport.post(body, headers, self._limits.answer_seconds)
                if reply.status_code in OK:
                    answer = read_object(reply.body, self._url)
                else:
                    error = read_refusal(reply, self._operation)
            except BotoCoreError as unanswered:
                reply, error = None, unanswered
            pause = None
            if error is not None or self._adaptive:
                pause = await self._pause(attempts, context, reply, error)
            if error is None:
                if self._adaptive or self._endpoint.quota.was_used:
                    # A call that went well gives back what attempts took from the client's quota of retries.
                    await emit(
                        f"after-call.{self._event}",
                        http_response=reply,
                        parsed=answer,
                        model=self._model,
                        context=context,
                    )
                return answer
            if pause is None:
                raise error
            self._endpoint.quota.was_used = True
            await self._sleep(pause)

    async def _pause(
        self, attempts: int, context: dict[str, Any], reply: Reply | None, error: Exception | None
    ) -> float | None:
        """Seconds until the next attempt, by botocore's rules and quota; None if there is to be none.

        https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
        """
        parsed = error.response if isinstance(error, ClientError) else {}
        said = await self._endpoint.meta.events.emit(
            f"needs-retry.{self._event}",
            response=None if reply is None else (reply, parsed),
            endpoint=None,
            operation=self._model,
            attempts=attempts,
            caught_exception=None if isinstance(error, ClientError) else error,
            request_dict={"context": context},
        )
        pause: float | None = first_non_none_response(said)
        return None if pause is False else pause

    async def _signed(self, body: bytes) -> dict[str, str]:
        if self._endpoint.credentials is None:
            raise NoCredentialsError
        frozen = await self._endpoint.credentials.get_frozen_credentials()
        headers = {**self._headers, "X-Amz-Content-SHA256": sha256(body).hexdigest()}
        request = AWSRequest("POST", self._url, headers, body)
        SigV4Auth(frozen, self._service, self._endpoint.region).add_auth(request)
        # As botocore has it: what is compressed would have to be opened, at a cost that the sender names.
        return {**dict(request.headers.items()), "Accept-Encoding": "identity"}
