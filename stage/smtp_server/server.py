"""SMTP server in an event loop: what its connections share."""

import asyncio
import math
import ssl
import time
from collections import Counter
from collections.abc import Callable, Coroutine
from hmac import compare_digest
from typing import Any

from stage.smtp_server.behaviour import Behaviour
from stage.smtp_server.connection import Connection
from stage.smtp_server.dialogue import Envelope

Observe = Callable[[str, str, str], None]
Keep = Callable[[Envelope], None]
"""Writes a mail down before it is confirmed; raises OSError where it cannot."""

_GREYLISTED = "451 4.7.1 greylisted: come again later"
# Amazon SES's own words (https://docs.aws.amazon.com/ses/latest/dg/troubleshoot-smtp.html).
_THROTTLED = "454 Throttling failure: Maximum sending rate exceeded."


class SmtpServer:
    """Takes mails, and behaves as it is told.

    Args:
        keep: Writes a mail down.
        behaviour: To begin with.
        certificate: With which STARTTLS is offered; None if it is not.
        observe: Told each command, what followed it on its line, and the reply.

    Attributes:
        name: Its name in replies.
        behaviour: What connections do from now on; replaced as a whole and never changed.
        connections: Those that are open.
        opened: Connections that were opened, by second since the Unix epoch.
    """

    name = "smtp-server"

    def __init__(
        self,
        keep: Keep,
        behaviour: Behaviour | None = None,
        *,
        certificate: ssl.SSLContext | None = None,
        observe: Observe = lambda *_: None,
    ) -> None:
        self.behaviour = behaviour or Behaviour()
        self.certificate = certificate
        self.connections: set[Connection] = set()
        self.opened: Counter[int] = Counter()
        self.observe = observe
        self._keep = keep
        self._tasks: set[asyncio.Task[None]] = set()
        self._first_seen: dict[tuple[str, str], float] = {}
        self._throttle = _Throttle()

    async def listen(self, host: str, port: int, *, implicit_tls: bool = False) -> asyncio.Server:
        """Take connections.

        Args:
            host: Address to listen on.
            port: Port to listen on; 0 takes a free one.
            implicit_tls: Whether TLS is spoken from the first byte, rather than after STARTTLS.

        Raises:
            OSError: The address cannot be had.
        """
        return await asyncio.get_running_loop().create_server(
            lambda: Connection(self), host, port, backlog=1024, ssl=self.certificate if implicit_tls else None
        )

    def behave(self, behaviour: Behaviour) -> None:
        """Behave so from now on, also to those who still wait for a reply."""
        self.behaviour = behaviour
        for connection in list(self.connections):
            connection.look_again()

    @property
    def is_full(self) -> bool:
        """Whether more connections are open than the behaviour lets be."""
        limit = self.behaviour.max_connections
        return limit is not None and len(self.connections) > limit

    def take(self, envelope: Envelope) -> str:
        """Write a mail down; the reply to whoever sent it."""
        if not self._throttle.lets_pass(self.behaviour.max_mails_per_second):
            return _THROTTLED
        try:
            self._keep(envelope)
        except OSError as error:
            return f"452 4.3.1 cannot write the mail down: {error.strerror}"
        return "250 2.0.0 written down"

    def refusal_of(self, sender: str, recipient: str) -> str:
        """Reply that refuses a recipient; empty if it is taken."""
        if recipient in self.behaviour.refused:
            return "554 5.7.1 refused by policy"
        wait = self.behaviour.greylist_seconds
        return "" if wait is None or self._is_known(sender, recipient, wait) else _GREYLISTED

    def _is_known(self, sender: str, recipient: str, wait: float) -> bool:
        now, pair = time.monotonic(), (sender, recipient)
        if pair in self._first_seen:
            return now - self._first_seen[pair] >= wait
        self._first_seen[pair] = now
        return False

    def is_login(self, username: str, password: str) -> bool:
        """Whether this is the login."""
        login = self.behaviour.login
        return (
            login is not None
            and compare_digest(login["username"].encode(), username.encode())
            and compare_digest(login["password"].encode(), password.encode())
        )

    def run(self, work: Coroutine[Any, Any, None]) -> None:
        """Run something beside the connections."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


class _Throttle:
    """Token bucket: a second's worth of mails may come at once."""

    def __init__(self) -> None:
        self._tokens = 0.0
        self._filled_at = -math.inf

    def lets_pass(self, per_second: float | None) -> bool:
        if per_second is None:
            return True
        now, most = time.monotonic(), max(1.0, per_second)
        self._tokens = min(most, self._tokens + (now - self._filled_at) * per_second)
        self._filled_at = now
        if self._tokens < 1.0:
            return False
        self._tokens -= 1.0
        return True
