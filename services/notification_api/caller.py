"""Who makes a request, and as part of what."""

from typing import NamedTuple

from starlette.types import Scope

from notification_api.key_ring import Client

_PLACE = "notification_api.caller"


class Caller(NamedTuple):
    """Who makes a request.

    Attributes:
        client: Whose API key came with it.
        traceparent: The trace that it belongs to, with a span of ours, for whoever is called next.
        tracestate: What others keep in that trace, to be passed on as it is; empty for nothing.
    """

    client: Client
    traceparent: str
    tracestate: str = ""


def set_caller(scope: Scope, caller: Caller) -> None:
    """Say who makes the request."""
    scope[_PLACE] = caller


def caller_of(scope: Scope) -> Caller:
    """Who makes the request: known for everything below `/v1/`."""
    caller: Caller = scope[_PLACE]
    return caller


def known_caller(scope: Scope) -> Caller | None:
    """Who makes the request, or None if anybody may make it."""
    return scope.get(_PLACE)
