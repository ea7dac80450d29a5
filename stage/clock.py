"""AWS time: one AWS minute passes in a few real seconds."""

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

_SECONDS_A_MINUTE = 60.0


@dataclass(frozen=True)
class Clock:
    """Maps real time to AWS time and AWS durations to real ones.

    Two kinds of duration exist in AWS's configuration, and only one may be scaled:

    * those that *pace the control plane* (metric periods, evaluation periods, cooldowns,
      health-check intervals, deregistration delay) go through `paced` and become short;
    * those that *bound the work of a process* (`stopTimeout`, health-check timeouts and grace
      periods, visibility timeout, request timeouts) stay as they are, because the process
      itself runs no faster here than on Fargate.

    Attributes:
        minute_seconds: Real seconds that one AWS minute takes. 60 makes AWS time real time.
        epoch: AWS time at which this clock started; real time at that instant.
    """

    minute_seconds: float = 2.0
    epoch: datetime = field(default_factory=lambda: datetime.now(UTC))

    def __post_init__(self) -> None:
        """Refuse a clock that stands still.

        Raises:
            ValueError: `minute_seconds` is not positive.
        """
        if self.minute_seconds <= 0:
            raise ValueError(f"minute_seconds must be positive, not {self.minute_seconds}")

    @property
    def speed(self) -> float:
        """AWS seconds per real second."""
        return _SECONDS_A_MINUTE / self.minute_seconds

    def now(self) -> datetime:
        """AWS time now, aware, UTC."""
        return self.at(time.time())

    def at(self, unix_seconds: float) -> datetime:
        """AWS time at a real instant given as seconds since the Unix epoch."""
        return self.epoch + timedelta(seconds=(unix_seconds - self.epoch.timestamp()) * self.speed)

    def paced(self, aws_seconds: float) -> float:
        """Real seconds that a control-plane duration of `aws_seconds` takes."""
        return aws_seconds / self.speed
