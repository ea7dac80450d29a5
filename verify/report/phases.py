"""Time of a session, phase by phase, by the same words that a person is shown meanwhile."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

# Shorter ones explain nothing.
_MIN_STEP_SECONDS = 0.5


@dataclass(frozen=True)
class Step:
    """A part of a phase.

    Attributes:
        name: What was going on.
        seconds: Real seconds, all together if it went on more than once.
    """

    name: str
    seconds: float


@dataclass(frozen=True)
class Phase:
    """A part of a session.

    Attributes:
        name: What was going on.
        seconds: Real seconds.
        steps: Parts of it, in the order in which they began; those that took no time are left out.
    """

    name: str
    seconds: float
    steps: Sequence[Step] = ()


class Stopwatch:
    """Times phases, and within them the topics that are told.

    Args:
        phases: Taken those that have ended, in order.
        now: Seconds of a clock that never goes back.
    """

    def __init__(self, phases: list[Phase], now: Callable[[], float] = time.monotonic) -> None:
        self._phases = phases
        self._now = now

    @contextmanager
    def phase(
        self, name: str, say: Callable[[str], None] = lambda _text: None
    ) -> Iterator[Callable[[str], None]]:
        """Time a phase, also one that is broken off.

        Args:
            name: What is going on.
            say: Told what the phase tells; the words before a colon are the topic.
        """
        began = self._now()
        told: list[tuple[float, str]] = []

        def tell(text: str) -> None:
            told.append((self._now(), text.partition(":")[0]))
            say(text)

        try:
            yield tell
        finally:
            ended = self._now()
            self._phases.append(Phase(name, ended - began, _steps(told, ended)))


def _steps(told: Sequence[tuple[float, str]], ended: float) -> tuple[Step, ...]:
    seconds: dict[str, float] = {}
    for number, (at, topic) in enumerate(told):
        until = told[number + 1][0] if number + 1 < len(told) else ended
        seconds[topic] = seconds.get(topic, 0.0) + until - at
    return tuple(Step(topic, taken) for topic, taken in seconds.items() if taken >= _MIN_STEP_SECONDS)
