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
    """

    client: Client
    traceparent: str


def set_caller(scope: Scope, caller: Caller) -> None:
    """Say who makes the request."""
    scope[_PLACE] = caller


def caller_of(scope: Scope) -> Caller:
    """Who makes the request: known for everything below `/v1/`."""
    caller: Caller = scope[_PLACE]
    return caller
