"""Way of the SMTP server's replies to one client, as toxics lengthen and cut it.

What Toxiproxy does to the data that flows downstream: https://github.com/Shopify/toxiproxy#toxics
"""

import asyncio
import socket
import struct
from collections.abc import Callable, Mapping, Sequence

from stage.smtp_server.behaviour import COMMANDS, HANDSHAKE
from stage.toxics import Toxic

_GARBAGE = "HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/html\r\n\r\n<html>502 Bad Gateway</html>"
_DEFAULT_REPLY = "421 4.3.2 service not available"
# On, and no time to linger: closing sends a reset and throws away what is unsent (tcp(7), socket(7)).
_RESET = struct.pack("ii", 1, 0)


class Wire:
    """Writes replies in their order, as late and as far as the connection's toxics let them come.

    Args:
        transport: Takes what is written; another one once the connection is encrypted.

    Attributes:
        transport: The same.
        replies: What is said instead of the usual, by command: the toxics' errors and garbage.
        is_distrusted: Whether an encrypted connection begins with a certificate that nobody trusts.
    """

    def __init__(self, transport: asyncio.Transport) -> None:
        self.transport = transport
        self.replies: Mapping[str, str] = {}
        self.is_distrusted = False
        self._loop = asyncio.get_running_loop()
        self._toxics: Sequence[Toxic] = ()
        self._timers: set[asyncio.TimerHandle] = set()
        self._held: list[tuple[asyncio.Transport, bytes]] = []
        self._free_at = 0.0
        self._written = 0
        self._is_ending = False

    @property
    def is_closing(self) -> bool:
        """Whether nothing more is going to be written after what is under way."""
        return self._is_ending or self.transport.is_closing()

    def suffer(self, toxics: Sequence[Toxic]) -> None:
        """Have these toxics from now on, as far as they concern this connection; others are gone."""
        self._toxics = [toxic for toxic in toxics if toxic.concerns()]
        errors = [toxic for toxic in self._toxics if toxic.type == "error"]
        self.is_distrusted = any(toxic.attributes.get("at") == HANDSHAKE for toxic in errors)
        self.replies = _replies(self._toxics)
        self._written = 0
        if not self._of("timeout"):
            held, self._held = self._held, []
            for transport, data in held:
                self._write(transport, data)
        for toxic in self._of("reset_peer"):
            self._later(toxic.seconds("timeout"), self._reset)
        for toxic in self._of("timeout"):
            # A timeout of 0 holds everything back until the toxic is taken away.
            if toxic.seconds("timeout"):
                self._later(toxic.seconds("timeout"), self.abort)

    def write(self, data: bytes) -> None:
        """Send data, sooner or later, as a whole or in part."""
        self._write(self.transport, data)

    def close(self) -> None:
        """Close the connection once everything is sent."""
        self._is_ending = True
        delay = sum(toxic.seconds("delay") for toxic in self._of("slow_close"))
        at = max(self._free_at, self._loop.time() + delay)
        if at <= self._loop.time():
            self.transport.close()
        else:
            self._later(at - self._loop.time(), self.transport.close)

    def abort(self) -> None:
        """Close the connection at once, whatever is unsent."""
        self._is_ending = True
        self.transport.abort()

    def lost(self) -> None:
        """Forget what was under way."""
        self._is_ending = True
        for timer in self._timers:
            timer.cancel()
        self._timers.clear()

    def _write(self, transport: asyncio.Transport, data: bytes) -> None:
        if self._of("timeout"):
            self._held.append((transport, data))
            return
        now = self._loop.time()
        delay = sum(toxic.latency_seconds for toxic in self._of("latency"))
        transfer = sum(toxic.transfer_seconds(len(data)) for toxic in self._of("bandwidth"))
        # What was sent before comes before, however much faster this would be.
        at = self._free_at = max(self._free_at, now + delay) + transfer
        if at <= now:
            self._deliver(transport, data)
        else:
            self._later(at - now, lambda: self._deliver(transport, data))

    def _deliver(self, transport: asyncio.Transport, data: bytes) -> None:
        limits = [int(toxic.attributes.get("bytes", 0)) for toxic in self._of("limit_data")]
        if limits and self._written + len(data) >= min(limits):
            transport.write(data[: max(0, min(limits) - self._written)])
            self._is_ending = True
            transport.close()
            return
        self._written += len(data)
        transport.write(data)

    def _reset(self) -> None:
        connection = self.transport.get_extra_info("socket")
        if connection is not None:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        self.abort()

    def _of(self, kind: str) -> Sequence[Toxic]:
        return [toxic for toxic in self._toxics if toxic.type == kind] if self._toxics else ()

    def _later(self, seconds: float, then: Callable[[], object]) -> None:
        def now() -> None:
            self._timers.discard(timer)
            then()

        timer = self._loop.call_later(seconds, now)
        self._timers.add(timer)


def _replies(toxics: Sequence[Toxic]) -> dict[str, str]:
    """Replies by command that errors and garbage put in the place of the usual ones."""
    found: dict[str, str] = {}
    for toxic in toxics:
        at = toxic.attributes.get("at")
        if toxic.type == "garbage":
            text = str(toxic.attributes.get("text", _GARBAGE))
            found |= dict.fromkeys([at] if at else COMMANDS, text)
        elif toxic.type == "error" and at != HANDSHAKE:
            found[at or "banner"] = str(toxic.attributes.get("reply", _DEFAULT_REPLY))
    return found
