"""AWS time and real time, in both directions."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class AwsTime:
    """A straight line between real instants and AWS's own timestamps.

    On AWS an AWS minute takes 60 real seconds and both are the same. A stage hurries: what AWS
    calls a minute passes in a few seconds there.

    Attributes:
        minute_seconds: Real seconds that one AWS minute takes.
        epoch: AWS time at some instant.
        epoch_unix: The same instant in real seconds since the Unix epoch; None if AWS time and real time
            were equal then.
    """

    minute_seconds: float = 60.0
    epoch: datetime = datetime(1970, 1, 1, tzinfo=UTC)
    epoch_unix: float | None = None

    def now(self) -> datetime:
        """AWS time now."""
        return self.at(time.time())

    def at(self, unix_seconds: float) -> datetime:
        """AWS time at a real instant, given in seconds since the Unix epoch."""
        real = unix_seconds - self._began
        return self.epoch + timedelta(seconds=real * 60.0 / self.minute_seconds)

    def unix(self, moment: datetime) -> float:
        """The real instant, in seconds since the Unix epoch, at which AWS time reaches `moment`."""
        return self._began + (moment - self.epoch) / MINUTE * self.minute_seconds

    def seconds(self, minutes: float) -> float:
        """Real seconds that so many AWS minutes take."""
        return minutes * self.minute_seconds

    @property
    def _began(self) -> float:
        return self.epoch.timestamp() if self.epoch_unix is None else self.epoch_unix
