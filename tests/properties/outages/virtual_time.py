"""An event loop whose clock jumps to the next timer when nothing is ready: minutes in seconds."""

import asyncio
import selectors


class _Jumping(selectors.DefaultSelector):
    """Waits for nothing that only time would bring."""

    loop: "VirtualLoop"

    def select(self, timeout: float | None = None):
        """What is ready; if that is nothing, so much time has passed."""
        ready = super().select(0)
        if not ready:
            if timeout is None:
                raise RuntimeError("everybody waits for somebody else")
            self.loop.seconds += timeout
        return ready


class VirtualLoop(asyncio.SelectorEventLoop):
    """Runs as fast as it can.

    Attributes:
        seconds: Time of its clock.
    """

    def __init__(self) -> None:
        selector = _Jumping()
        selector.loop = self
        self.seconds = 0.0
        super().__init__(selector)

    def time(self) -> float:
        """Seconds since it was made."""
        return self.seconds
