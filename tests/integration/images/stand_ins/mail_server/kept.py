"""What the mail server keeps: mails and how it is to behave, in files that outlive its process."""

import json
import threading
import time
from email import policy
from email.parser import BytesParser
from hmac import compare_digest
from pathlib import Path
from typing import Any


class Kept:
    """Mails in the order in which they were confirmed, and what the tests want of the server.

    Args:
        folder: Where the files are; what they already hold stays.
    """

    def __init__(self, folder: Path) -> None:
        self._mails = folder / "mails.jsonl"
        self._behaviour = folder / "behaviour.json"
        self._writing = threading.Lock()
        self._mails.touch()

    def add(self, recipients: list[str], content: bytes) -> None:
        """Write a mail down, for each recipient."""
        mail = BytesParser(policy=policy.default).parsebytes(content)
        text = mail.get_body(("plain",))
        seen = {
            "received_at": time.time(),
            "headers": {name.lower(): str(value) for name, value in mail.items()},
            "body": "" if text is None else text.get_content(),
        }
        lines = "".join(json.dumps({**seen, "recipient": recipient}) + "\n" for recipient in recipients)
        with self._writing, self._mails.open("a", encoding="utf-8") as log:
            log.write(lines)

    def mails(self) -> list[dict[str, Any]]:
        """Everything that was written down."""
        with self._writing:
            return [json.loads(line) for line in self._mails.read_text(encoding="utf-8").splitlines()]

    def behave(self, changes: dict[str, Any]) -> None:
        """Behave so from now on.

        Args:
            changes: Any of `login` (username and password), `refused` (recipients that get a 554) and
                `seconds` (how long a mail takes).
        """
        self._behaviour.write_text(json.dumps({**self._behaving(), **changes}), encoding="utf-8")

    def is_login(self, username: bytes, password: bytes) -> bool:
        """Whether this is the login."""
        login = self._behaving().get("login")
        return (
            login is not None
            and compare_digest(login["username"].encode(), username)
            and compare_digest(login["password"].encode(), password)
        )

    def is_refused(self, recipient: str) -> bool:
        """Whether mail to this recipient is refused for good."""
        return recipient in self._behaving().get("refused", [])

    def seconds(self) -> float:
        """How long a mail takes."""
        return float(self._behaving().get("seconds", 0))

    def _behaving(self) -> dict[str, Any]:
        if not self._behaviour.exists():
            return {}
        return dict(json.loads(self._behaviour.read_text(encoding="utf-8")))
