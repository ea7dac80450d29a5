"""Circuit breaker: derives from the provider's answers how many mails it may be given at once."""

from collections.abc import Callable
from enum import Enum, auto
from typing import assert_never

from email_sender.sending.outcome import Outcome
from email_sender.sending.retry_policy import Attempted
from shared.outage import Outage

# Bad answers in a row, over all slots, that are no chance any more.
_MAX_BAD_IN_A_ROW = 5
_FIRST_PAUSE_SECONDS = 1.0
_MAX_PAUSE_SECONDS = 30.0
# While it is found out how much the provider takes again, each step lasts at least this long: answers within
# milliseconds would make a herd of what shall be a slow start.
_STEP_SECONDS = 1.0


class State(Enum):
    """Position of the breaker."""

    CLOSED = auto()
    """State in which mails are sent."""
    OPEN = auto()
    """State in which no mail is sent, but probes are."""
    HALF_OPEN = auto()
    """State in which a few mails are sent, as a trial."""


class CircuitBreaker:
    """Opens after bad answers in a row, and closes step by step: pure, apart from the clock.

    An answer counts as bad if the provider takes no mail, or if it breaks off after it was given one: what
    leaves each mail unknown must not go on at full speed. Throttling first halves the mails in flight, as
    TCP does (additive increase, multiplicative decrease, RFC 5681), and opens when one at a time is still
    too many. Only answers to mails that were sent under the present state count: those that come late say
    nothing of now.

    https://learn.microsoft.com/en-us/azure/architecture/patterns/circuit-breaker

    Args:
        slots: Maximum mails in flight.
        now: Seconds on a clock that only goes forward.
        jitter: A random number in [0, 1).

    Attributes:
        state: Position of the breaker.
        permitted: Maximum mails in flight at present.
        epoch: Number of the present state; a mail's answer is told together with that of its start.
        probe_at: When the provider is to be probed next, on the clock.
        outage: Outage of the provider; it ends with a mail that was taken, or with a probe that went well.
    """

    def __init__(self, slots: int, *, now: Callable[[], float], jitter: Callable[[], float]) -> None:
        self._slots = slots
        self._now = now
        self._jitter = jitter
        self._bad_in_a_row = 0
        self._pause = _FIRST_PAUSE_SECONDS
        self._good_in_step = 0
        self._step_until = 0.0
        # Whether a probe went well and the mail after it did not: then only a mail tells.
        self._probes_mislead = False
        self.state = State.CLOSED
        self.permitted = slots
        self.epoch = 0
        self.probe_at = 0.0
        self.outage = Outage("provider")

    def heard(self, epoch: int, outcome: Attempted, reason: str) -> None:
        """Record how an attempt ended.

        Args:
            epoch: The breaker's when the attempt began.
            outcome: How it ended.
            reason: Why, without anything of the mail.
        """
        match outcome:
            case Outcome.SENT | Outcome.PERMANENT | Outcome.TRANSIENT:
                self._good(epoch, taken=outcome is Outcome.SENT)
            case Outcome.UNAVAILABLE | Outcome.UNCERTAIN:
                self._bad(epoch, reason)
            case Outcome.THROTTLED:
                self._throttled(epoch, reason)
            case Outcome.RELEASED | Outcome.EXPIRED:
                pass
            case _:  # pragma: no cover - the type checker proves it
                assert_never(outcome)

    def probed(self, reason: str | None) -> None:
        """Record the result of a probe.

        Args:
            reason: Why the provider would take no mail, without anybody's address; None if it would.
        """
        if reason is not None:
            self._pause = min(self._pause * 2, _MAX_PAUSE_SECONDS)
            self._wait()
            return
        if not self._probes_mislead:
            self.outage.note(None)
        self._enter(State.HALF_OPEN, 1)

    def _good(self, epoch: int, *, taken: bool) -> None:
        match self.state:
            case State.CLOSED:
                self._bad_in_a_row = 0
                if taken and epoch == self.epoch:
                    self.permitted = min(self.permitted + 1, self._slots)
            case State.HALF_OPEN:
                if epoch == self.epoch:
                    self._good_while_half_open(taken=taken)
            case State.OPEN:
                pass
            case _:  # pragma: no cover - the type checker proves it
                assert_never(self.state)

    def _good_while_half_open(self, *, taken: bool) -> None:
        if taken:
            self._pause = _FIRST_PAUSE_SECONDS
            self._probes_mislead = False
            self.outage.note(None)
        self._good_in_step += 1
        if self._good_in_step < self.permitted or self._now() < self._step_until:
            return
        if self.permitted * 2 >= self._slots:
            self.outage.note(None)
            self._enter(State.CLOSED, self._slots)
        else:
            self._enter(State.HALF_OPEN, self.permitted * 2)

    def _bad(self, epoch: int, reason: str) -> None:
        if epoch != self.epoch:
            return
        self._bad_in_a_row += 1
        if self.state is State.HALF_OPEN:
            self._open_again(reason)
        elif self.state is State.CLOSED and self._bad_in_a_row >= _MAX_BAD_IN_A_ROW:
            self._open(reason)

    def _throttled(self, epoch: int, reason: str) -> None:
        if epoch == self.epoch and self.permitted > 1:
            # One that answers a burst by throttling all of it has throttled once.
            self._enter(self.state, self.permitted // 2)
        else:
            self._bad(epoch, reason)

    def _open_again(self, reason: str) -> None:
        self._probes_mislead = True
        self._pause = min(self._pause * 2, _MAX_PAUSE_SECONDS)
        self._open(reason)

    def _open(self, reason: str) -> None:
        self.outage.note(reason)
        self._enter(State.OPEN, 0)
        self._wait()

    def _wait(self) -> None:
        self.probe_at = self._now() + self._pause * (1 + self._jitter()) / 2

    def _enter(self, state: State, permitted: int) -> None:
        self.state = state
        self.permitted = permitted
        self.epoch += 1
        self._bad_in_a_row = 0
        self._good_in_step = 0
        self._step_until = self._now() + _STEP_SECONDS
