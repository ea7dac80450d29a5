"""Somebody who calls the Notification API, and keeps what they were promised."""

import hashlib
import secrets
import threading
from dataclasses import dataclass, field
from typing import Any, Self

import httpx

from tests.integration.declared import CLIENT
from tests.integration.followed import follow, ids_in
from tests.integration.waiting import ANSWER_SECONDS

ACCEPTED = 202


def new_key() -> str:
    """The random part of an API key."""
    return secrets.token_urlsafe(32)


def client_entry(*keys: str) -> dict[str, Any]:
    """A client of the secret with the API keys, who may call with any of these."""
    return {
        "id": CLIENT,
        "key_hashes": [hashlib.sha256(key.encode()).hexdigest() for key in keys],
        "requests_per_second": 1000,
        "burst": 2000,
    }


def written(recipient: str, subject: str = "Hello", body: str = "A body.", **more: str) -> dict[str, Any]:
    """A notification whose caller wrote subject and body."""
    return {"recipient": recipient, "subject": subject, "body": body, **more}


def _note(answer: httpx.Response) -> None:
    """Follow whatever was accepted, so that a failure can tell what became of it."""
    answer.read()
    follow(*ids_in(answer.text))


class Caller:
    """Calls the API.

    Args:
        url: Where it answers.
        key: The random part of the API key.
    """

    def __init__(self, url: str, key: str) -> None:
        self.http = httpx.Client(
            base_url=url,
            headers={"Authorization": f"Bearer {CLIENT}.{key}"},
            timeout=ANSWER_SECONDS,
            limits=httpx.Limits(max_connections=100),
            event_hooks={"response": [_note]},
        )

    def __enter__(self) -> Self:
        """Nothing to do."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the connections."""
        self.http.close()

    def post(self, notification: dict[str, Any], **headers: str) -> httpx.Response:
        """Ask for a notification; header names with underscores for dashes."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.http.post("/v1/notifications", json=notification, headers=named)

    def accepted(self, notification: dict[str, Any], **headers: str) -> str:
        """Ask for a notification that has to be accepted; its id."""
        answer = self.post(notification, **headers)
        assert ACCEPTED == answer.status_code, answer.text
        return str(answer.json()["id"])

    def status(self, notification_id: str) -> dict[str, Any]:
        """What became of a notification; empty while nothing is known."""
        answer = self.http.get(f"/v1/notifications/{notification_id}")
        return dict(answer.json()) if answer.is_success else {}

    def state(self, notification_id: str) -> str:
        """The state it is in; empty while nothing is known."""
        return str(self.status(notification_id).get("state", ""))


@dataclass
class Load:
    """Notifications at a steady rate, one caller after the other, until told to stop or enough.

    Args:
        caller: Who asks.
        name: In every recipient.
        per_second: Requests a second; fewer while the API takes longer.
        max_requests: Ends by itself after so many.

    Attributes:
        accepted: Recipient by id, of everything that was answered 202.
        refused: Status codes of everything else; 0 where no answer came.
    """

    caller: Caller
    name: str
    per_second: float
    max_requests: int
    accepted: dict[str, str] = field(default_factory=dict)
    refused: list[int] = field(default_factory=list)
    _stop: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        """Begin."""
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Ask for nothing more; returns when the last answer is there."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()

    def has(self, number: int) -> bool:
        """Whether so many were accepted."""
        return len(self.accepted) >= number

    def _run(self) -> None:
        for count in range(self.max_requests):
            recipient = f"{self.name}-{count}@example.com"
            try:
                answer = self.caller.post(written(recipient))
            except httpx.HTTPError:
                self.refused.append(0)
            else:
                if answer.status_code == ACCEPTED:
                    self.accepted[answer.json()["id"]] = recipient
                else:
                    self.refused.append(answer.status_code)
            if self._stop.wait(1 / self.per_second):
                return
