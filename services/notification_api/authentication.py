"""Authentication and rate limit of all requests below `/v1/`."""

from typing import NamedTuple

import structlog
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from notification_api.api_keys import ApiKeys, StaleKeysError
from notification_api.client_limits import TokenBucket
from notification_api.key_ring import Client
from notification_api.problems import answer, rate_limited, unauthorized, unavailable
from shared.metrics import Metrics
from shared.trace import next_span, trace_id_of, traceparent_of, tracestate_of

_GUARDED = "/v1/"
_CALLER = "notification_api.caller"


class Caller(NamedTuple):
    """Authenticated client and trace context of a request.

    Attributes:
        client: Whose API key came with it.
        traceparent: The trace that it belongs to, with a span of ours, for whoever is called next.
        tracestate: What others keep in that trace, to be passed on as it is; empty for nothing.
    """

    client: Client
    traceparent: str
    tracestate: str = ""


def caller_of(request: HTTPConnection) -> Caller:
    """Caller of a request below `/v1/`, where it is always known."""
    caller: Caller = request.scope[_CALLER]
    return caller


def known_caller(scope: Scope) -> Caller | None:
    """Caller of a request, or None if the path needs no authentication."""
    return scope.get(_CALLER)


class Authentication:
    """ASGI middleware in front of everything below `/v1/`: 401 without a known key, 429 without a token.

    It also gives the request its span, whose trace id is then in every line that is logged for it.

    Args:
        app: What is protected.
        api_keys: Knows who may call.
        metrics: Takes who was refused.
    """

    def __init__(self, app: ASGIApp, api_keys: ApiKeys, metrics: Metrics) -> None:
        self._app = app
        self._api_keys = api_keys
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        if scope["type"] != "http" or not scope["path"].startswith(_GUARDED):
            await self._app(scope, receive, send)
            return
        authorization, traceparent, tracestate = _headers(scope)
        span = next_span(traceparent, tracestate)
        structlog.contextvars.bind_contextvars(trace_id=trace_id_of(span))
        try:
            client = self._api_keys.find(authorization) or await self._api_keys.find_new(authorization)
        except StaleKeysError:
            await answer(unavailable("API keys cannot be checked at the moment."))(scope, receive, send)
            return
        if client is None:
            self._metrics.count("RequestsUnauthorized")
            await answer(unauthorized())(scope, receive, send)
            return
        bucket = client.bucket

        async def send_with_limits(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] += _limits(bucket)
            await send(message)

        if not bucket.take(1):
            self._metrics.count("RequestsThrottled")
            await answer(rate_limited(bucket.wait_seconds(1)))(scope, receive, send_with_limits)
            return
        scope[_CALLER] = Caller(client, traceparent_of(span), tracestate_of(span))
        await self._app(scope, receive, send_with_limits)


def _headers(scope: Scope) -> tuple[str, str | None, str | None]:
    """Values of `Authorization`, `traceparent` and `tracestate`.

    What comes twice is joined as HTTP joins it (RFC 9110 section 5.3): no credentials then, or no trace.
    """
    authorization = traceparent = tracestate = None
    for name, value in scope["headers"]:
        if name == b"authorization":
            authorization = _joined(authorization, value)
        elif name == b"traceparent":
            traceparent = _joined(traceparent, value)
        elif name == b"tracestate":
            tracestate = _joined(tracestate, value)
    return authorization or "", traceparent, tracestate


def _joined(before: str | None, value: bytes) -> str:
    text = value.decode("latin-1")
    return text if before is None else f"{before},{text}"


def _limits(bucket: TokenBucket) -> list[tuple[bytes, bytes]]:
    """Rate limit headers of a response, as of draft-ietf-httpapi-ratelimit-headers-06."""
    return [
        (b"ratelimit-limit", b"%d" % bucket.burst),
        (b"ratelimit-remaining", b"%d" % bucket.remaining),
        (b"ratelimit-reset", b"%d" % bucket.reset_seconds),
    ]
