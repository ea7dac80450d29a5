"""Connection to the SMTP server: lines in, replies out, and the behaviour in between."""

import asyncio
import ssl
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, cast

from stage.smtp_server.behaviour import HANDSHAKE
from stage.smtp_server.certificate import untrusted
from stage.smtp_server.dialogue import MAX_MESSAGE_BYTES, Dialogue
from stage.smtp_server.wire import Wire

if TYPE_CHECKING:
    from stage.smtp_server.server import SmtpServer

# RFC 5321 section 4.5.3.1.4 has 512 for a command; extensions and logins need more.
_MAX_LINE_BYTES = 12_288
_LINE_END, _CONTENT_END = b"\r\n", b"\r\n.\r\n"
_NEVER_SAID = frozenset({"banner", "content"})
_TOO_MANY_CONNECTIONS = "421 4.3.2 too many connections, come again later"


class Connection(asyncio.Protocol):
    """Takes commands in their order, also when several come in one go, and does what the behaviour says.

    Args:
        server: What all connections share.
    """

    def __init__(self, server: "SmtpServer") -> None:
        self._server = server
        self._read = bytearray()
        self._looked_at = 0
        self._replies = bytearray()
        self._takes_content = False
        # The command that has to be answered before the next one is looked at.
        self._pending: tuple[str, str] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._is_encrypting = False
        # What the client gets instead of TLS once it begins with that.
        self._instead_of_tls = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Say who is here."""
        # uvloop's is no asyncio.Transport by its class.
        self._transport = cast("asyncio.Transport", transport)
        self._wire = Wire(self._transport)
        is_secure = transport.get_extra_info("sslcontext") is not None
        self._dialogue = Dialogue(self._server, transport.get_extra_info("peername"), is_secure=is_secure)
        self._server.connections.add(self)
        self._server.opened[int(time.time())] += 1
        self._wire.suffer(self._server.behaviour.toxics)
        if self._server.is_full:
            self._reply("banner", "", _TOO_MANY_CONNECTIONS)
        else:
            self._obey("banner", "")
        self._send()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget what was under way: the client will never know of it."""
        del exc
        self._server.connections.discard(self)
        self._wire.lost()
        self._pending = None
        if self._timer is not None:
            self._timer.cancel()

    def data_received(self, data: bytes) -> None:
        """Take what came."""
        if self._instead_of_tls:
            self._wire.write(self._instead_of_tls)
            self._wire.close()
            return
        self._read += data
        self._go_on()

    @property
    def hangs_at(self) -> str:
        """Command that waits until the behaviour changes; empty if none does."""
        return self._pending[0] if self._pending is not None and self._timer is None else ""

    def look_again(self) -> None:
        """Have the behaviour's toxics, and answer what was left hanging, if the behaviour now lets it."""
        self._wire.suffer(self._server.behaviour.toxics)
        if (self._wire.is_distrusted or HANDSHAKE in self._wire.replies) and self._dialogue.is_secure:
            # Whoever changes a relay's TLS starts it anew.
            self.hang_up()
        if self._pending is not None and self._timer is None:
            (command, rest), self._pending = self._pending, None
            self._obey(command, rest)
            self._go_on()

    def hang_up(self) -> None:
        """Close the connection at once."""
        self._wire.abort()

    def _go_on(self) -> None:
        self._work()
        self._send()

    def _work(self) -> None:
        while not (self._pending or self._is_encrypting or self._wire.is_closing):
            end_mark = _CONTENT_END if self._takes_content else _LINE_END
            end = self._read.find(end_mark, self._looked_at)
            if end < 0:
                # What was looked at need not be looked at again, or a large mail would take its square.
                self._looked_at = max(0, len(self._read) - len(end_mark) + 1)
                self._refuse_what_has_no_end()
                return
            line, self._looked_at = bytes(self._read[:end]), 0
            del self._read[: end + len(end_mark)]
            if self._takes_content:
                self._take_content(line + _LINE_END)
            else:
                self._take_line(line)

    def _refuse_what_has_no_end(self) -> None:
        # Dots that the client has doubled do not count.
        if len(self._read) > (2 * MAX_MESSAGE_BYTES if self._takes_content else _MAX_LINE_BYTES):
            self._reply("", "", "421 4.3.0 this has no end")

    def _take_line(self, line: bytes) -> None:
        try:
            text = line.decode()
        except UnicodeDecodeError:
            self._reply("", "", "500 5.5.2 not UTF-8")
            return
        reply = self._dialogue.reply_to_answer(text)
        if reply is not None:
            self._reply("auth", "", reply)
            return
        verb, _, rest = text.partition(" ")
        command = verb.lower()
        self._obey("" if command in _NEVER_SAID else command, rest.strip())

    def _take_content(self, stuffed: bytes) -> None:
        self._takes_content = False
        # A client doubles each dot that begins a line (RFC 5321 section 4.5.2).
        self._dialogue.content = stuffed.replace(b"\r\n.", b"\r\n")[len(_LINE_END) :]
        self._obey("content", "")

    def _obey(self, command: str, rest: str) -> None:
        """Do a command, unless the behaviour has it otherwise."""
        behaviour = self._server.behaviour
        if command not in behaviour.disturbed:
            self._do(command, rest)
        elif command in behaviour.drop_at:
            self.hang_up()
        elif command in behaviour.hang_at:
            self._pending = (command, rest)
        elif seconds := behaviour.seconds.get(command):
            # Half of it comes after the mail was written down.
            pause = seconds / 2 if command == "content" else seconds
            self._pause(command, rest, pause, lambda: self._do(command, rest))
        else:
            self._do(command, rest)

    def _do(self, command: str, rest: str) -> None:
        refusal = self._server.behaviour.replies.get(command) or self._wire.replies.get(command)
        if refusal and command == "content":
            self._dialogue.envelope = None
        reply = refusal or self._dialogue.reply(command, rest)
        pause = self._server.behaviour.seconds.get(command) if command == "content" else None
        if pause and reply[0] == "2":
            self._pause(command, rest, pause / 2, lambda: self._reply(command, rest, reply))
            return
        self._reply(command, rest, reply)
        if command == "data" and reply[0] == "3":
            self._takes_content = True
            # The content begins on a line of its own: an empty mail is a dot at once.
            self._read[:0] = _LINE_END
        elif command == "starttls" and reply[0] == "2" and self._server.certificate is not None:
            self._encrypt(self._server.certificate)

    def _pause(self, command: str, rest: str, seconds: float, then: Callable[[], None]) -> None:
        """Do something after a while; nothing else is looked at meanwhile."""

        def wake() -> None:
            self._pending = self._timer = None
            then()
            self._go_on()

        self._pending = (command, rest)
        self._timer = asyncio.get_running_loop().call_later(seconds, wake)

    def _reply(self, command: str, rest: str, text: str) -> None:
        self._replies += text.encode() + _LINE_END
        self._server.observe(command, rest, text)
        if text.startswith(("221", "421")):
            self._send()
            self._wire.close()

    def _send(self) -> None:
        """Send what was replied to commands that came in one go, in one go (RFC 2920 section 3.2)."""
        if self._replies:
            self._wire.write(bytes(self._replies))
            self._replies.clear()

    def _encrypt(self, certificate: ssl.SSLContext) -> None:
        if self._wire.is_distrusted:
            certificate = untrusted()
        self._read.clear()
        self._send()
        if instead := self._wire.replies.get(HANDSHAKE):
            self._instead_of_tls = instead.encode() + _LINE_END
            return
        self._dialogue.encrypted()
        self._transport.pause_reading()
        self._is_encrypting = True
        self._server.run(self._handshake(certificate))

    async def _handshake(self, certificate: ssl.SSLContext) -> None:
        clear = self._transport
        try:
            encrypted = await asyncio.get_running_loop().start_tls(clear, self, certificate, server_side=True)
        except OSError:
            # The client does not trust the certificate, or has gone.
            clear.abort()
            return
        if encrypted is not None:
            self._transport = self._wire.transport = encrypted
        # The client's next command may have come with the end of the handshake.
        self._is_encrypting = False
        self._go_on()
