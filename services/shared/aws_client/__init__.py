"""The few calls of AWS that are made for nearly every request or mail, on the shortest way."""

from shared.aws_client.bounded import BoundedClient
from shared.aws_client.call import TimeLimits
from shared.aws_client.client import lean_client

__all__ = ["BoundedClient", "TimeLimits", "lean_client"]
