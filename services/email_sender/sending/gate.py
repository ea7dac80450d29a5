"""Lets mails through to the provider as the circuit breaker permits, and probes while it permits none."""

import asyncio
import random
from collections import deque
from collections.abc import Awaitable, Callable
from typing import NamedTuple, Protocol

import structlog

from email_sender.providers.protocol import ProviderError
from email_sender.reason import fit_reason
from email_sender.sending.circuit_breaker import CircuitBreaker, State
from email_sender.sending.retry_policy import Attempted
from shared.message import Priority

# A provider that does not even say no within this time takes no mail.
_PROBE_SECONDS = 30.0

_log = structlog.get_logger()


class Probed(Protocol):
    """A provider that can be asked whether it takes mails."""

    async def probe(self) -> None:
        """Return if it would take a mail now."""


class Pass(NamedTuple):
    """Permission to hand one mail over.

    Attributes:
        epoch: The breaker's when it was given.
        opening: How often the breaker had opened before.
    """

    epoch: int
    opening: int


class Gate:
    """Counts mails in flight, has others wait, and turns all away while the breaker is open.

    Args:
        provider: Is probed.
        slots: Maximum mails in flight.
        now: Seconds on a clock that only goes forward; the event loop's if not given.
        sleep: Waits for so many seconds.
        jitter: A random number in [0, 1).
    """

    def __init__(
        self,
        provider: Probed,
        slots: int,
        *,
        now: Callable[[], float] | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._provider = provider
        self._now = now or asyncio.get_running_loop().time
        self._sleep = sleep
        self._breaker = CircuitBreaker(slots, now=self._now, jitter=jitter)
        self._in_flight = 0
        self._openings = 0
        self._high: deque[asyncio.Future[Pass | None]] = deque()
        self._normal: deque[asyncio.Future[Pass | None]] = deque()
        self._opened = asyncio.Event()
        self._told: list[Callable[[], None]] = []

    @property
    def permitted(self) -> int:
        """Maximum mails in flight at present; 0 while the provider takes none."""
        return self._breaker.permitted

    @property
    def last_error(self) -> str | None:
        """Reason why the provider takes no mail, or None if it does."""
        return self._breaker.outage.last_error

    def tell(self, changed: Callable[[], None]) -> None:
        """Register a function to be called whenever more or fewer mails are permitted than before."""
        self._told.append(changed)

    def enter_at_once(self) -> Pass | None:
        """Permission to hand one more mail over now; None if it has to wait or may not."""
        if self._in_flight < self.permitted and not self._high and not self._normal:
            return self._let_in()
        return None

    async def enter(self, priority: Priority) -> Pass | None:
        """Wait until one more mail may be handed over; those of high priority go first.

        Returns:
            What to leave with; None if the provider takes no mail.
        """
        at_once = self.enter_at_once()
        if at_once is not None or not self.permitted:
            return at_once
        turn: asyncio.Future[Pass | None] = asyncio.get_running_loop().create_future()
        (self._high if priority == "high" else self._normal).append(turn)
        try:
            return await turn
        except asyncio.CancelledError:
            # Whoever is cancelled in the very moment in which it is their turn must not keep it.
            if turn.done() and not turn.cancelled() and (given := turn.result()) is not None:
                self.leave(given)
            raise

    def leave(self, given: Pass, outcome: Attempted | None = None, reason: str = "") -> None:
        """Make room for another mail.

        Args:
            given: What `enter` returned.
            outcome: How the attempt ended; None if there was none.
            reason: Why, without anything of the mail.
        """
        if given.opening == self._openings:
            self._in_flight -= 1
        if outcome is not None:
            before = self._breaker.permitted
            self._breaker.heard(given.epoch, outcome, reason)
            if self._breaker.permitted != before:
                self._changed()
        self._hand_on()

    async def run(self) -> None:
        """Probe whenever the breaker is open, until cancelled."""
        while True:
            await self._opened.wait()
            await self._sleep(max(self._breaker.probe_at - self._now(), 0.0))
            self._breaker.probed(await self._probe())
            if self._breaker.state is not State.OPEN:
                self._opened.clear()
                self._changed()

    async def _probe(self) -> str | None:
        try:
            async with asyncio.timeout(_PROBE_SECONDS):
                await self._provider.probe()
        except ProviderError as error:
            return fit_reason(str(error))
        except TimeoutError:
            return f"no answer within {_PROBE_SECONDS:g} s"
        except Exception as error:  # noqa: BLE001 - whatever it is, it must not keep mails from being sent
            _log.error("probe_broke", exc_info=error)
        return None

    def _let_in(self) -> Pass:
        self._in_flight += 1
        return Pass(self._breaker.epoch, self._openings)

    def _changed(self) -> None:
        if self._breaker.state is State.OPEN:
            # What is still in flight may hang for long, and must not take the place of what is sent to see.
            self._in_flight = 0
            self._openings += 1
            self._opened.set()
        for changed in self._told:
            changed()

    def _hand_on(self) -> None:
        for queue in (self._high, self._normal):
            while queue and (self._in_flight < self.permitted or not self.permitted):
                turn = queue.popleft()
                if not turn.done():
                    turn.set_result(self._let_in() if self.permitted else None)
