"""Calls of aiobotocore's that end in time, and fail with botocore's errors alone."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any, TypeVar

from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError, ReadTimeoutError

from shared.aws_client.answer import OK, read_object

T = TypeVar("T")


async def bounded(work: Awaitable[T], seconds: float, url: str) -> T:
    """Await a call within a time limit that includes its credentials and all its attempts.

    Args:
        work: The call.
        seconds: Maximum time for all of it.
        url: Where it goes, for the error's message.

    Raises:
        botocore.exceptions.ClientError: The service refuses.
        botocore.exceptions.BotoCoreError: There is no answer in time, or none that can be read.
    """
    try:
        async with asyncio.timeout(seconds):
            return await work
    except (BotoCoreError, ClientError):
        raise
    except TimeoutError as error:
        raise ReadTimeoutError(endpoint_url=url, error=f"no answer within {seconds:g} s") from error
    except Exception as error:
        # Neither aiobotocore nor a source of credentials promises botocore's, and callers know no others.
        raise HTTPClientError(error=error) from error


class BoundedClient:
    """Looks like the client that it is made of; an answer that is no JSON is an error, and not an empty one.

    Args:
        client: aiobotocore's, of a service that answers in JSON.
        call_seconds: Maximum time of a call.
    """

    def __init__(self, client: Any, call_seconds: float) -> None:
        self._client = client
        self._call_seconds = call_seconds
        client.meta.events.register("before-parse", self._check)

    def __getattr__(self, name: str) -> Any:
        """An attribute of the wrapped client; an operation gets the time limit."""
        found = getattr(self._client, name)
        if name not in self._client.meta.method_to_api_mapping:
            return found
        return self._in_time(found)

    def _in_time(self, operation: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        @wraps(operation)
        async def call(**parameters: Any) -> Any:
            return await bounded(operation(**parameters), self._call_seconds, self._client.meta.endpoint_url)

        return call

    def _check(self, operation_model: Any, response_dict: Any, **_: Any) -> None:
        """Handler of `before-parse`: botocore takes what it cannot read for an answer without members.

        Raises:
            UnreadableAnswerError: The service said that all is well, and not what.
        """
        shape = operation_model.output_shape
        if shape is not None and shape.members and response_dict["status_code"] in OK:
            read_object(response_dict["body"], self._client.meta.endpoint_url)
