"""Program: `python -m tests.bench.smtp_sink LOG`: takes mails as fast as it can and notes when.

Each line of the log is the second, on the machine's monotonic clock, at which a mail was confirmed, and
its `X-Notification-Id`. The first line on standard output is `ready PORT`. The stage's own sink parses
every mail, which costs more than sending it.
"""

import asyncio
import os
import re
import signal
import sys
import time
from pathlib import Path

import uvloop

from stage.host.shared_files import complete_lines

_ID = re.compile(rb"^X-Notification-Id: *([^\r\n]*)", re.MULTILINE | re.IGNORECASE)
_CONTENT_END = b"\r\n.\r\n"
_ANSWERS = {
    b"EHLO": b"250-smtp-sink\r\n250-8BITMIME\r\n250-PIPELINING\r\n250 SMTPUTF8\r\n",
    b"HELO": b"250 smtp-sink\r\n",
    b"MAIL": b"250 2.1.0 ok\r\n",
    b"RCPT": b"250 2.1.5 ok\r\n",
    b"RSET": b"250 2.0.0 ok\r\n",
    b"NOOP": b"250 2.0.0 ok\r\n",
}


class SmtpProtocol(asyncio.Protocol):
    """One connection.

    Args:
        log: Descriptor that lines are appended to.
    """

    def __init__(self, log: int) -> None:
        self._log = log
        self._buffer = b""
        self._in_content = False
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        transport.write(b"220 smtp-sink ESMTP\r\n")

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while True:
            head, end, rest = self._buffer.partition(_CONTENT_END if self._in_content else b"\r\n")
            if not end:
                return
            self._buffer = rest
            if self._in_content:
                self._take(head)
            else:
                self._obey(head[:4].upper())

    def _take(self, content: bytes) -> None:
        self._in_content = False
        found = _ID.search(content)
        os.write(self._log, b"%.6f %s\n" % (time.monotonic(), found[1] if found else b"-"))
        self._write(b"250 2.0.0 noted\r\n")

    def _obey(self, verb: bytes) -> None:
        if verb == b"DATA":
            self._in_content = True
            self._write(b"354 go ahead\r\n")
        elif verb == b"QUIT":
            self._write(b"221 2.0.0 bye\r\n")
            if self._transport is not None:
                self._transport.close()
        else:
            self._write(_ANSWERS.get(verb, b"502 5.5.1 not here\r\n"))

    def _write(self, answer: bytes) -> None:
        if self._transport is not None:
            self._transport.write(answer)


def noted(log: Path) -> list[tuple[float, str]]:
    """When each mail was confirmed, on the monotonic clock, and its notification's id."""
    lines = (line.decode() for line in complete_lines(log.read_bytes()))
    return [(float(at), notification) for at, _, notification in (line.partition(" ") for line in lines)]


async def serve(log: Path) -> None:
    """Take mails on a free port of the loopback until SIGTERM."""
    loop = asyncio.get_running_loop()
    ending = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, ending.set)
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    server = await loop.create_server(lambda: SmtpProtocol(descriptor), "127.0.0.1", 0, backlog=1024)
    sys.stdout.write(f"ready {server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await ending.wait()
    server.close()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve(Path(sys.argv[1])))
