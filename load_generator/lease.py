"""The lease of a load: as long as somebody renews the control, and no longer.

Whoever drives the load may lose its network, or its machine, and can stop no task then.
"""

import json
from dataclasses import dataclass

from verify.plan import Control


@dataclass
class Lease:
    """Control of a load, for as long as it is renewed.

    By the task's own clock, from when it saw a new text: nobody's clock has to agree with another's.

    Attributes:
        seconds: Real seconds that a control holds without being renewed.
        ran_out: Whether the load ended because nobody renewed it.
    """

    seconds: float
    ran_out: bool = False
    _text: str = ""
    _seen_at: float | None = None

    def control(self, text: str | None, now: float) -> Control:
        """What holds now.

        Args:
            text: The parameter as it was read; None if it could not be.
            now: Seconds of a monotonic clock.
        """
        renewed = text is not None and text != self._text
        if self._seen_at is None or renewed:
            self._seen_at = now
        if text is not None:
            self._text = text
        if now - self._seen_at > self.seconds:
            self.ran_out = True
        if self.ran_out:
            return Control(ended=True)
        if not self._text:
            return Control()
        told = json.loads(self._text)
        return Control(told.get("requests_per_second"), ended=bool(told.get("ended")))
