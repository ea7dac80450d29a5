"""The stage's SMTP server in a thread of its own, for clients in whatever event loop or process."""

import asyncio
import email
import email.policy
import threading

from stage.smtp_server.server import SmtpServer
from tests.waiting import SOON, reached


class Relay(SmtpServer):
    """Takes mails, and behaves as a test tells it.

    Args:
        certificate: With which it speaks TLS, after STARTTLS or from the first byte.
        logins: Given username and password of each login; says whether they are right.

    Attributes:
        host: Address that it listens on.
        port: Port that it listens on.
        mails: Envelope and parsed message of each mail that it took.
        hellos: Names of clients, as each said them.
    """

    def __init__(self, *, certificate=None, logins=None) -> None:
        super().__init__(self._keep_mail, certificate=certificate, observe=self._note_hello)
        self.mails = []
        self.hellos = []
        self._logins = logins
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def start(self, *, implicit_tls: bool) -> None:
        """Listen on a free port of the loopback."""
        self._thread.start()
        self._listening = self._run(self.listen("127.0.0.1", 0, implicit_tls=implicit_tls))
        self.host, self.port = self._listening.sockets[0].getsockname()

    def stop(self) -> None:
        """Hang up, and listen no more."""
        self._run(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def tell(self, **changes: object) -> None:
        """Change these attributes of the behaviour."""

        async def change():
            self.behave(self.behaviour.changed(changes))

        self._run(change())

    def is_left_hanging(self, command: str) -> bool:
        """Whether a client comes to wait for the reply to a command."""
        return reached(lambda: command in {one.hangs_at for one in list(self.connections)})

    def is_login(self, username: str, password: str) -> bool:
        """Whether this is the login."""
        return self._logins(username.encode(), password.encode())

    @property
    def ids(self) -> list[str]:
        """Notification ids of the mails it took."""
        return [mail["X-Notification-Id"] for _, mail in self.mails]

    @property
    def peers(self) -> set:
        """Addresses of the connections that mails came over."""
        return {envelope.peer for envelope, _ in self.mails}

    def _keep_mail(self, envelope):
        self.mails.append((envelope, email.message_from_bytes(envelope.content, policy=email.policy.default)))

    def _note_hello(self, command, rest, _):
        if command == "ehlo":
            self.hellos.append(rest)

    def _run(self, work):
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(SOON)

    async def _close(self):
        self._listening.close()
        for connection in list(self.connections):
            connection.hang_up()
        await self._listening.wait_closed()
        # What a handshake still does ends with its connection.
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()
