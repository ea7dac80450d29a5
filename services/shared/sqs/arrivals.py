"""How often something arrives, by the arrivals of late."""

import math

# Weight of the newest gap: some ten arrivals tell the pace.
_WEIGHT = 0.125


class Arrivals:
    """Mean time from one arrival to the next.

    Args:
        longest: Seconds that count at most for one gap, so that the first arrivals after a long silence show
            the new pace soon.
    """

    def __init__(self, longest: float) -> None:
        self._longest = longest
        self._mean = longest
        self._last = -math.inf

    def note(self, now: float) -> None:
        """Something has arrived.

        Args:
            now: Seconds on a clock that never goes back.
        """
        self._mean += _WEIGHT * (min(self._longest, now - self._last) - self._mean)
        self._last = now

    @property
    def mean_gap(self) -> float:
        """Seconds from one to the next."""
        return self._mean
