"""Authenticated client and trace context of a request."""

from typing import NamedTuple

from starlette.types import Scope

from notification_api.key_ring import Client

_PLACE = "notification_api.caller"


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


def set_caller(scope: Scope, caller: Caller) -> None:
    """Attach the authenticated client and its trace context to a request."""
    scope[_PLACE] = caller


def caller_of(scope: Scope) -> Caller:
    """Caller of a request below `/v1/`, where it is always known."""
    caller: Caller = scope[_PLACE]
    return caller


def known_caller(scope: Scope) -> Caller | None:
    """Caller of a request, or None if the path needs no authentication."""
    return scope.get(_PLACE)
