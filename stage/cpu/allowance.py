"""The account that a duty cycle keeps for one task."""

WINDOW_SECONDS = 0.1
# A task that overran while nobody could stop it (the machine was starved) pays back at most this
# much of real time; without a bound it would stand still for as long as its health checks last.
_MAX_PAYBACK_SECONDS = 1.0


class Allowance:
    """CPU seconds that a task may still use, like a CFS quota without bursts.

    What is not used by the end of a window is lost; what was used too much is paid back by the next
    windows. So the mean is right however coarsely the task is stopped, even when its allowance
    for a window is shorter than the scheduler's time slice.

    Args:
        cores: CPU seconds granted a second.
        now: The present instant, seconds of a monotonic clock.
    """

    def __init__(self, cores: float, now: float) -> None:
        self.cores = cores
        self._refilled_at = now
        self._balance = cores * WINDOW_SECONDS

    @property
    def left(self) -> float:
        """CPU seconds until the task has to stop; not positive if it has to stand still."""
        return self._balance

    def charge(self, cpu_seconds: float) -> None:
        """Take off what the task has used."""
        self._balance = max(self._balance - cpu_seconds, -self.cores * _MAX_PAYBACK_SECONDS)

    def refill(self, now: float) -> None:
        """Begin a window, granting what the time since the last one is worth."""
        self._balance = min(self._balance, 0.0) + self.cores * (now - self._refilled_at)
        self._refilled_at = now
