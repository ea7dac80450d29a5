"""Timing of a user's next request."""


class Pace:
    """Constant throughput: one turn a period, counted from the user's own random start.

    A user that waits for an answer past its next turn lets that turn go and keeps its place in
    time. Sending late in a burst would be another load than the one that was planned; forgetting
    the turn would hide that the load fell short, so it is counted.

    Attributes:
        missed: Turns that passed unused.
    """

    def __init__(self, period: float, start: float) -> None:
        self._period = period
        self._due = start
        self.missed = 0

    def wait(self, now: float) -> float:
        """Seconds from `now` until the next turn."""
        self._due += self._period
        late = now - self._due
        if late > 0:
            skipped = int(late // self._period) + 1
            self.missed += skipped
            self._due += skipped * self._period
        return max(0.0, self._due - now)
