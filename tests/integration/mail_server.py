"""The mail server, as the tests see it."""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import httpx

from tests.integration.containers import Container
from tests.integration.tasks import answers
from tests.integration.waiting import ANSWER_SECONDS

WEB_PORT = 8025


@dataclass(frozen=True)
class Mail:
    """A mail that was confirmed.

    Attributes:
        recipient: Of the envelope.
        headers: By name in lower case.
        body: Plain text.
    """

    recipient: str
    headers: dict[str, str]
    body: str

    @property
    def notification_id(self) -> str:
        """Which notification it is."""
        return self.headers["x-notification-id"]


class MailServer:
    """Takes mails with one login over TLS, and shows them.

    Args:
        container: What runs it.
    """

    def __init__(self, container: Container) -> None:
        self._container = container

    def start(self) -> None:
        """Start it; it has no login yet, so it takes no mail."""
        self._container.start()
        self._wait()

    def behave(self, **changes: Any) -> None:
        """Behave so from now on.

        Args:
            changes: Any of `login` (username and password), `refused` (recipients that get a 554),
                `seconds` (how long a mail takes), `mail_from` and `data` (replies to these; empty to take
                the mail).
        """
        httpx.put(
            f"{self._container.url(WEB_PORT)}/behaviour", json=changes, timeout=ANSWER_SECONDS
        ).raise_for_status()

    def mails(self) -> list[Mail]:
        """Every mail since the start, in the order in which they were confirmed."""
        seen: list[dict[str, Any]] = httpx.get(
            f"{self._container.url(WEB_PORT)}/mails", timeout=ANSWER_SECONDS
        ).json()
        return [Mail(mail["recipient"], mail["headers"], mail["body"]) for mail in seen]

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
