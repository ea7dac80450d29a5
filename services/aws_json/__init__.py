"""The few calls of AWS that are made for nearly every request or mail, on the shortest way."""

from aws_json.bounded import BoundedClient
from aws_json.call import TimeLimits
from aws_json.client import lean_client

__all__ = ["BoundedClient", "TimeLimits", "lean_client"]
