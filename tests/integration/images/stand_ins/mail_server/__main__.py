"""Program: `python -m mail_server`; SMTP on 2525, what it was given on 8025, until SIGTERM."""

import asyncio
import json
import signal
import ssl
import sys
import threading
import traceback
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from mail_server.kept import Kept

_SMTP_PORT = 2525
_HTTP_PORT = 8025
_CERTIFICATE = Path("/certificate")
_KEPT = Path("/tmp")  # noqa: S108 - the container's own, and its only writable folder


class _Handler:
    """What aiosmtpd asks."""

    def __init__(self, kept: Kept) -> None:
        self._kept = kept

    async def handle_EHLO(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, session: Session, _envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        """Announce what most relays do: commands may come in one go."""
        session.host_name = hostname
        return [*responses[:-1], "250-PIPELINING", responses[-1]]

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take a sender, or refuse it."""
        if reply := self._kept.reply_to("mail_from"):
            return reply
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Take a recipient, or refuse it for good, though not as a mailbox that does not exist."""
        if self._kept.is_refused(address):
            _say("refused", recipient=address)
            return "554 5.7.1 refused by policy"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        """Keep a mail, and give the server's answer to it.

        Half of the time passes before it is kept and half after, so that a client that is killed
        meanwhile leaves some mails of either kind.
        """
        if reply := self._kept.reply_to("data"):
            return reply
        half = self._kept.seconds() / 2
        await asyncio.sleep(half)
        mail = self._kept.add(
            envelope.rcpt_tos, envelope.content if isinstance(envelope.content, bytes) else b""
        )
        _say("kept", notification_id=mail["headers"].get("x-notification-id"))
        await asyncio.sleep(half)
        return "250 2.0.0 kept"

    async def handle_exception(self, error: Exception) -> str:
        """Answer for a fault of its own what RFC 5321, section 4.2.3, has for it: the mail is not refused."""
        _say("fault", reason=repr(error), traceback="".join(traceback.format_exception(error)))
        return "451 4.3.0 local error in processing"


def _say(event: str, **more: Any) -> None:
    sys.stdout.write(json.dumps({"event": event, **more}) + "\n")


def _shown(kept: Kept) -> type[BaseHTTPRequestHandler]:
    class Shown(BaseHTTPRequestHandler):
        """`GET /mails`, `PUT /behaviour`."""

        def do_GET(self) -> None:
            self._answer(200, kept.mails())

        def do_PUT(self) -> None:
            kept.behave(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self._answer(200, {})

        def _answer(self, status: int, what: Any) -> None:
            body = json.dumps(what).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing: the log is for what the mail server has to say."""

    return Shown


async def _serve(kept: Kept) -> None:
    ending = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, ending.set)
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(_CERTIFICATE / "server.pem")

    def authenticate(
        _server: SMTP, _session: Session, _envelope: Envelope, _how: str, data: Any
    ) -> AuthResult:
        is_login = isinstance(data, LoginPassword) and kept.is_login(data.login, data.password)
        if not is_login:
            _say("login_refused")
        return AuthResult(success=is_login, handled=is_login)

    await loop.create_server(
        lambda: SMTP(
            _Handler(kept),
            hostname="mail-server",
            enable_SMTPUTF8=True,
            tls_context=tls,
            require_starttls=True,
            auth_required=True,
            authenticator=authenticate,
        ),
        "0.0.0.0",  # noqa: S104 - of a container, whose network is the tests' own
        _SMTP_PORT,
    )
    web = ThreadingHTTPServer(("0.0.0.0", _HTTP_PORT), _shown(kept))  # noqa: S104 - as above
    threading.Thread(target=web.serve_forever, daemon=True).start()
    await ending.wait()


if __name__ == "__main__":
    asyncio.run(_serve(Kept(_KEPT)))
