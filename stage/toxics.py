"""Faults of a dependency in Toxiproxy's words, as the stage's own servers do them.

Toxiproxy itself is a Go program that no package index carries, and a proxy knows neither SQS's errors nor
SMTP's; so the servers, which speak both, do what it would do on the way to them.

https://github.com/Shopify/toxiproxy#toxics
"""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

# What a type may be told, and what it does if it is not.
_KNOWN: Mapping[str, Mapping[str, Any]] = {
    "latency": {"latency": 0, "jitter": 0},
    "bandwidth": {"rate": 0},
    "slow_close": {"delay": 0},
    "timeout": {"timeout": 0},
    "reset_peer": {"timeout": 0},
    "limit_data": {"bytes": 0},
    "error": {},
    "garbage": {},
}
_MS = 1000.0


@dataclass(frozen=True)
class Toxic:
    """One thing that is wrong.

    Attributes:
        type: A type of Toxiproxy's, `error`, or `garbage`.
        attributes: As Toxiproxy names them, times in milliseconds and rates in KB a second; those of `error`
            and `garbage` are the dependency's own.
        toxicity: Share of connections that it concerns; where each call has its own, share of calls.
    """

    type: str
    attributes: Mapping[str, Any] = field(default_factory=dict)
    toxicity: float = 1.0

    @classmethod
    def read(cls, facts: Mapping[str, Any], more: Mapping[str, frozenset[str]]) -> Self:
        """The toxic that a JSON object describes.

        Args:
            facts: `type`, and `attributes` and `toxicity` if they are not the usual ones.
            more: Attributes beside Toxiproxy's that the dependency understands, by type.

        Raises:
            ValueError: There is no such toxic; the message says what there is.
        """
        kind, attributes = str(facts.get("type")), dict(facts.get("attributes") or {})
        toxicity = facts.get("toxicity", 1.0)
        if kind not in _KNOWN:
            raise ValueError(f"no toxic {kind!r}: there are {', '.join(_KNOWN)}")
        known = {*_KNOWN[kind], *more.get(kind, ())}
        if unknown := sorted(attributes.keys() - known):
            raise ValueError(
                f"the toxic {kind} has no {', '.join(unknown)} here: it has {', '.join(sorted(known))}"
            )
        if not isinstance(toxicity, int | float) or not 0 <= toxicity <= 1:
            raise ValueError(f"toxicity {toxicity!r} of {kind}: give a share from 0 to 1")
        for name in _KNOWN[kind]:
            value = attributes.get(name, 0)
            if not isinstance(value, int | float) or value < 0:
                raise ValueError(f"{name} {value!r} of {kind}: give a number from 0")
        return cls(kind, attributes, float(toxicity))

    def concerns(self, draw: Callable[[], float] = random.random) -> bool:
        """Whether it concerns this connection; `draw` is a random number in [0, 1)."""
        return draw() < self.toxicity

    def seconds(self, name: str) -> float:
        """An attribute in milliseconds, as seconds; 0 if it is not given."""
        return float(self.attributes.get(name, 0)) / _MS

    @property
    def latency_seconds(self) -> float:
        """Delay of one piece of data: the latency, give or take at most the jitter."""
        jitter = self.seconds("jitter")
        return max(0.0, self.seconds("latency") + random.uniform(-jitter, jitter))  # noqa: S311 - no secret

    def transfer_seconds(self, size: int) -> float:
        """Time that so many bytes take at the rate of a `bandwidth`; a rate of 0 is no limit."""
        rate = float(self.attributes.get("rate", 0))
        return size / (rate * _MS) if rate else 0.0
