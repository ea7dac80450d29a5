"""What the mail server keeps: mails and how it is to behave, in files that outlive its process."""

import json
import threading
import time
from email import policy
from email.parser import BytesParser
from hmac import compare_digest
from pathlib import Path
from typing import Any

from stage.host.shared_files import complete_lines, drop_half_line, write_whole


class Kept:
    """Mails in the order in which they were confirmed, and what the tests want of the server.

    Threads of one process share it. The files are written for the next process alone: nobody else reads
    them meanwhile, and one that was killed leaves them whole.

    Args:
        folder: Where the files are; what they already hold stays.
    """

    def __init__(self, folder: Path) -> None:
        self._mails = folder / "mails.jsonl"
        self._behaviour_file = folder / "behaviour.json"
        self._writing = threading.Lock()
        drop_half_line(self._mails)
        self._mails.touch()
        # Replaced and never changed: a mail that is under way sees it as it was or as it is.
        self._behaviour: dict[str, Any] = (
            json.loads(self._behaviour_file.read_text(encoding="utf-8"))
            if self._behaviour_file.exists()
            else {}
        )

    def add(self, recipients: list[str], content: bytes) -> dict[str, Any]:
        """Write a mail down, for each recipient; what was written but for the recipient."""
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
        return seen

    def mails(self) -> list[dict[str, Any]]:
        """Everything that was written down."""
        with self._writing:
            return [json.loads(line) for line in complete_lines(self._mails.read_bytes())]

    def behave(self, changes: dict[str, Any]) -> None:
        """Behave so from now on, and after the next start.

        Args:
            changes: Any of `login` (username and password), `refused` (recipients that get a 554),
                `seconds` (how long a mail takes), `mail_from` and `data` (replies to these; empty to take
                the mail).
        """
        with self._writing:
            behaviour = {**self._behaviour, **changes}
            write_whole(self._behaviour_file, json.dumps(behaviour))
            self._behaviour = behaviour

    def is_login(self, username: bytes, password: bytes) -> bool:
        """Whether this is the login."""
        login = self._behaviour.get("login")
        return (
            login is not None
            and compare_digest(login["username"].encode(), username)
            and compare_digest(login["password"].encode(), password)
        )

    def is_refused(self, recipient: str) -> bool:
        """Whether mail to this recipient is refused for good."""
        return recipient in self._behaviour.get("refused", [])

    def seconds(self) -> float:
        """How long a mail takes."""
        return float(self._behaviour.get("seconds", 0))

    def reply_to(self, command: str) -> str:
        """The reply that a command gets instead of the usual one; empty for the usual one.

        Args:
            command: `mail_from` or `data`.
        """
        return str(self._behaviour.get(command, ""))
