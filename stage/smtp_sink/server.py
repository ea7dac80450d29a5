"""The mail server itself: aiosmtpd with a handler that writes down instead of delivering."""

import asyncio
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

from stage.host.shared_files import drop_half_line
from stage.smtp_sink.mails import mails_from

# The largest message that Amazon SES takes (https://docs.aws.amazon.com/ses/latest/dg/quotas.html).
_MAX_MESSAGE_BYTES = 40 * 1024 * 1024


class MailLog:
    """Handler of aiosmtpd's that writes mails down before they are confirmed.

    Args:
        path: The log; whole lines that it already holds stay.
    """

    def __init__(self, path: Path) -> None:
        drop_half_line(path)
        self._descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)

    async def handle_EHLO(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, session: Session, _envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        """Announce what aiosmtpd can, though it does not say so: commands that come in one go."""
        session.host_name = hostname
        return [*responses[:-1], "250-PIPELINING", responses[-1]]

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        """Append a mail, in one write without a buffer, and give the server's answer to it."""
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        lines = "".join(mail.line() for mail in mails_from(time.time(), envelope.rcpt_tos, content))
        try:
            os.write(self._descriptor, lines.encode())
        except OSError as error:
            return f"452 4.3.1 cannot write the mail down: {error.strerror}"
        return "250 2.0.0 written down"

    def close(self) -> None:
        """Close the log."""
        os.close(self._descriptor)


async def serve(host: str, port: int, log: MailLog, ready: Callable[[int], None]) -> None:
    """Take mails until SIGTERM or SIGINT.

    Args:
        host: Address to listen on.
        port: Port to listen on; 0 takes a free one.
        log: Where mails go.
        ready: Called with the port once it listens.

    Raises:
        OSError: The address cannot be had.
    """
    loop = asyncio.get_running_loop()
    ending = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ending.set)
    server = await loop.create_server(
        # A host name of its own spares aiosmtpd a look-up for each connection.
        lambda: SMTP(log, data_size_limit=_MAX_MESSAGE_BYTES, enable_SMTPUTF8=True, hostname="smtp-sink"),
        host,
        port,
        backlog=1024,
    )
    ready(server.sockets[0].getsockname()[1])
    await ending.wait()
    server.close()
