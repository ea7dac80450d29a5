"""The mail server, as the tests see it."""

import email.policy
import json
from contextlib import AbstractContextManager
from dataclasses import dataclass
from email.message import EmailMessage
from email.parser import BytesParser
from typing import Any

import httpx

from common.shared_files import complete_lines
from tests.integration.containers import Container
from tests.integration.declared import MAIL_PORT
from tests.integration.tasks import answers
from tests.integration.waiting import ANSWER_SECONDS

WEB_PORT = 8025
COMMAND = [
    *("python", "-m", "stage.smtp_server"),
    *("--host", "0.0.0.0"),  # noqa: S104 - of a container, whose network is the tests' own
    *("--port", str(MAIL_PORT), "--control-port", str(WEB_PORT)),
    *("--certificate", "/certificate/server.pem"),
    *("--log", "/tmp/mails.jsonl", "--with-content"),  # noqa: S108 - the container's own
]
"""Program of the container."""


@dataclass(frozen=True)
class Mail:
    """A mail that was confirmed.

    Attributes:
        recipient: Of the envelope.
        notification_id: Which notification it is.
        content: The whole message, a character for a byte; parsed when somebody looks, since tests count
            thousands again and again.
    """

    recipient: str
    notification_id: str
    content: str

    @property
    def headers(self) -> dict[str, str]:
        """Values of the headers by name in lower case."""
        return {name.lower(): str(value) for name, value in self._parsed.items()}

    @property
    def body(self) -> str:
        """Plain text."""
        text = self._parsed.get_body(("plain",))
        return "" if text is None else str(text.get_content())

    @property
    def _parsed(self) -> EmailMessage:
        return BytesParser(policy=email.policy.default).parsebytes(self.content.encode("latin-1"))


class MailServer:
    """The stage's SMTP server in a container, with whatever behaviour a test needs.

    Args:
        container: What runs it.
    """

    def __init__(self, container: Container) -> None:
        self._container = container
        self._mails: list[Mail] = []
        self._read = 0

    def start(self) -> None:
        """Start it; it has no login yet, so it takes no mail."""
        self._container.start()
        self._wait()
        self.behave(needs_tls=True, needs_login=True)

    def behave(self, **changes: Any) -> None:
        """Behave so from now on.

        Args:
            changes: Attributes of the server's `Behaviour`.
        """
        httpx.put(
            f"{self._container.url(WEB_PORT)}/behaviour", json=changes, timeout=ANSWER_SECONDS
        ).raise_for_status()

    def mails(self) -> list[Mail]:
        """Every mail since the start, in the order in which they were confirmed."""
        # Tests count thousands again and again: what was read before is not read again.
        log = httpx.get(
            f"{self._container.url(WEB_PORT)}/mails", params={"after": self._read}, timeout=ANSWER_SECONDS
        ).content
        for line in complete_lines(log):
            mail = json.loads(line)
            self._mails.append(Mail(mail["recipient"], mail["notification_id"], mail["content"]))
            self._read += len(line) + 1
        return list(self._mails)

    def mails_of(self, notification_id: str) -> list[Mail]:
        """The mails of one notification: one, if all is well."""
        return [mail for mail in self.mails() if mail.notification_id == notification_id]

    def go_down(self) -> None:
        """Stop the container: connections break, new ones are refused."""
        self._container.wrapped.stop(timeout=1)

    def come_back(self) -> None:
        """Start the same container again, with the mails that it had."""
        self._container.wrapped.start()
        self._wait()

    def frozen(self) -> AbstractContextManager[None]:
        """It takes connections and is silent for the time of the block."""
        return self._container.frozen()

    def _wait(self) -> None:
        self._container.wait_for(
            "mail server",
            lambda: answers(f"{self._container.url(WEB_PORT)}/mails") == 200,
        )
