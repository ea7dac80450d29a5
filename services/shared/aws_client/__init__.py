"""AWS client for the few calls that are made for nearly every request or mail."""

from shared.aws_client.bounded import BoundedClient
from shared.aws_client.call import TimeLimits
from shared.aws_client.client import lean_client

__all__ = ["BoundedClient", "TimeLimits", "lean_client"]
