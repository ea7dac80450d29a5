"""AWS time: one AWS minute passes in a few real seconds."""

import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

MINUTE = timedelta(minutes=1)
"""An AWS minute in AWS time: the period of every metric."""
_SECONDS_A_MINUTE = 60.0


def minute_of(moment: datetime) -> datetime:
    """Beginning of the minute that a moment is in."""
    return moment.replace(second=0, microsecond=0)


@dataclass(frozen=True)
class Pace:
    """A straight stretch of AWS time.

    Attributes:
        minute_seconds: Real seconds that one AWS minute takes.
        since: AWS time at which the stretch began.
        since_unix: The same instant in real seconds since the Unix epoch.
    """

    minute_seconds: float
    since: datetime
    since_unix: float

    def __post_init__(self) -> None:
        """Refuse a clock that stands still.

        Raises:
            ValueError: `minute_seconds` is not positive.
        """
        if self.minute_seconds <= 0:
            raise ValueError(f"minute_seconds must be positive, not {self.minute_seconds}")

    def at(self, unix_seconds: float) -> datetime:
        """AWS time at a real instant given as seconds since the Unix epoch."""
        return self.since + timedelta(
            seconds=(unix_seconds - self.since_unix) * _SECONDS_A_MINUTE / self.minute_seconds
        )


class Clock:
    """Maps real time to AWS time and AWS durations to real ones; may be slowed down, never set back.

    Two kinds of duration exist in AWS's configuration, and only one may be scaled:

    * those that *pace the control plane* (metric periods, evaluation periods, cooldowns,
      health-check intervals, deregistration delay) go through `real_seconds` and become short;
    * those that *bound the work of a process* (`stopTimeout`, health-check timeouts and grace
      periods, visibility timeout, request timeouts) stay as they are, because the process
      itself runs no faster here than on Fargate.

    Safe to use from several threads.

    Args:
        minute_seconds: Real seconds that one AWS minute takes. 60 makes AWS time real time.
        epoch: AWS time at which this clock starts, which is real time at that instant.

    Raises:
        ValueError: `minute_seconds` is not positive.
    """

    def __init__(self, minute_seconds: float = 2.0, epoch: datetime | None = None) -> None:
        self.epoch = epoch or datetime.now(UTC)
        self._changing = threading.Lock()
        self._paces: tuple[Pace, ...] = (Pace(minute_seconds, self.epoch, self.epoch.timestamp()),)

    @property
    def pace(self) -> Pace:
        """Stretch of AWS time that is in effect now."""
        return self._paces[-1]

    @property
    def minute_seconds(self) -> float:
        """Real seconds that one AWS minute takes now."""
        return self.pace.minute_seconds

    @property
    def speed(self) -> float:
        """AWS seconds per real second."""
        return _SECONDS_A_MINUTE / self.minute_seconds

    def now(self) -> datetime:
        """AWS time now, aware, UTC."""
        return self.at(time.time())

    def at(self, unix_seconds: float) -> datetime:
        """AWS time at a real instant given as seconds since the Unix epoch."""
        paces = self._paces
        pace = next((pace for pace in reversed(paces) if pace.since_unix <= unix_seconds), paces[0])
        return pace.at(unix_seconds)

    def real_seconds(self, aws_seconds: float) -> float:
        """Real seconds that a control-plane duration of `aws_seconds` takes at the present pace."""
        return aws_seconds / self.speed

    def real_seconds_until(self, moment: datetime) -> float:
        """Real seconds until an AWS time at the present pace; 0.0 once it is over."""
        return max(self.real_seconds((moment - self.now()).total_seconds()), 0.0)

    def slow_down(self, minute_seconds: float) -> None:
        """Let an AWS minute take so many real seconds from now on; AWS time goes on without a step.

        Raises:
            ValueError: An AWS minute is longer than that already.
        """
        with self._changing:
            if minute_seconds < self.minute_seconds:
                raise ValueError(
                    f"an AWS minute takes {self.minute_seconds:g} s already: {minute_seconds:g} s is faster"
                )
            now = time.time()
            self._paces = (*self._paces, Pace(minute_seconds, self.at(now), now))
