"""Faults of dependencies, in Toxiproxy's words: what a scenario may do to the way to SQS or to the relay.

https://github.com/Shopify/toxiproxy#toxics
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Dependency = Literal["sqs", "dynamodb", "secretsmanager", "smtp"]
DEPENDENCIES: tuple[Dependency, ...] = ("sqs", "dynamodb", "secretsmanager", "smtp")


@dataclass(frozen=True)
class Toxic:
    """One thing that is wrong with a dependency.

    Attributes:
        type: `latency`, `bandwidth`, `slow_close`, `timeout`, `reset_peer`, `limit_data` as Toxiproxy has
            them; beyond it, since proxies know no protocol: `error` (an error of the dependency's own, such
            as a throttling or a 421) and `garbage` (an answer that is none).
        attributes: As Toxiproxy names them, such as `{"latency": 500, "jitter": 100}` in milliseconds. An AWS
            service's have `operations` if it concerns only some, and Toxiproxy's `stream`: "upstream" loses
            a request, "downstream", the default, an answer. Its `error` has a `code`, its `garbage` a `kind`
            (html, cut, empty). The relay's `error` has the `reply` to the command `at`, or one of
            `greylist_seconds`, `max_mails_per_second` and `max_connections`; its `garbage` a `text`, to each
            command or to the one `at`. At the "handshake" garbage comes instead of TLS, and an error is a
            certificate that nobody trusts.
        toxicity: Share of connections or calls that it concerns, 0 to 1.
    """

    type: Literal[
        "latency", "bandwidth", "slow_close", "timeout", "reset_peer", "limit_data", "error", "garbage"
    ]
    attributes: Mapping[str, Any] = field(default_factory=dict)
    toxicity: float = 1.0
