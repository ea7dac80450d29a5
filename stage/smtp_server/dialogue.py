"""Dialogue of an SMTP server with one client: as much of RFC 5321 as whoever sends mails can meet."""

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from stage.smtp_server.server import SmtpServer

MAX_MESSAGE_BYTES = 40 * 1024 * 1024
"""The largest message that Amazon SES takes (https://docs.aws.amazon.com/ses/latest/dg/quotas.html)."""

_SENDER = re.compile(r"FROM: ?<(.*)>(?: (.*))?", re.IGNORECASE)
_RECIPIENT = re.compile(r"TO: ?<(.+)>", re.IGNORECASE)
_SIZE = re.compile(r"\bSIZE=(\d+)")
_BEYOND_ASCII = "553 5.6.7 an address beyond ASCII needs SMTPUTF8"
_TOO_LARGE = f"552 5.3.4 more than {MAX_MESSAGE_BYTES} bytes"


@dataclass
class Envelope:
    """A mail that is being handed over.

    Attributes:
        sender: Address of `MAIL FROM`.
        smtputf8: Whether the client asked for SMTPUTF8.
        peer: Address and port of the client.
        recipients: Addresses of `RCPT TO` that were taken.
        content: The message; empty until it has come.
    """

    sender: str
    smtputf8: bool
    peer: tuple[str, int]
    recipients: list[str] = field(default_factory=list)
    content: bytes = b""


class Dialogue:
    """Replies to one command after the other, and what they have come to so far.

    Args:
        server: What all connections share.
        peer: Address and port of the client.

    Attributes:
        is_secure: Whether it is encrypted.
        envelope: The mail that is under way, if there is one.
        content: Its message, once it has come; that there is one is a command of its own, `content`.
    """

    def __init__(self, server: "SmtpServer", peer: tuple[str, int], *, is_secure: bool) -> None:
        self.is_secure = is_secure
        self._peer = peer
        self.envelope: Envelope | None = None
        self.content = b""
        self._server = server
        self._has_greeted = False
        self._is_logged_in = False
        # Given the next line, which is no command but an answer within a login.
        self._challenged: Callable[[str], str] | None = None
        self._commands: Mapping[str, Callable[[str], str]] = {
            "banner": lambda _: f"220 {server.name} ESMTP",
            "ehlo": self._ehlo,
            "helo": self._helo,
            "starttls": self._starttls,
            "auth": self._auth,
            "mail": self._mail,
            "rcpt": self._rcpt,
            "data": self._data,
            "content": self._content,
            "rset": self._rset,
            "noop": lambda _: "250 2.0.0 OK",
            "vrfy": lambda _: "252 2.0.0 send some mail, and see",
            "quit": lambda _: "221 2.0.0 bye",
        }

    def reply(self, command: str, rest: str) -> str:
        """Reply to a command, which is done with it; without the end of its last line.

        Args:
            command: In lower case; `banner` and `content` are none that a client says.
            rest: What follows it on its line.
        """
        known = self._commands.get(command)
        return known(rest) if known else "502 5.5.1 not here"

    def reply_to_answer(self, answer: str) -> str | None:
        """Reply to a line that answers a challenge; None if there was none."""
        if self._challenged is None:
            return None
        go_on, self._challenged = self._challenged, None
        return go_on(answer)

    def encrypted(self) -> None:
        """Begin anew: what was said in the clear is nobody's word (RFC 3207 section 4.2)."""
        self.is_secure = True
        self._has_greeted, self.envelope = False, None

    def _ehlo(self, rest: str) -> str:
        if not rest:
            return "501 5.5.4 EHLO needs a name"
        self._greet()
        server, behaviour = self._server, self._server.behaviour
        offers = [
            (True, f"SIZE {MAX_MESSAGE_BYTES}"),
            (True, "8BITMIME"),
            (behaviour.smtputf8, "SMTPUTF8"),
            (behaviour.pipelining, "PIPELINING"),
            (server.certificate is not None and not self.is_secure, "STARTTLS"),
            (self._may_log_in, "AUTH PLAIN LOGIN"),
        ]
        *lines, last = [server.name, *(text for offered, text in offers if offered)]
        return "".join(f"250-{line}\r\n" for line in lines) + f"250 {last}"

    def _helo(self, rest: str) -> str:
        if not rest:
            return "501 5.5.4 HELO needs a name"
        self._greet()
        return f"250 {self._server.name}"

    def _greet(self) -> None:
        self._has_greeted, self.envelope = True, None

    def _starttls(self, rest: str) -> str:
        if self._server.certificate is None or self.is_secure:
            return "502 5.5.1 not here"
        return "501 5.5.4 STARTTLS stands alone" if rest else "220 2.0.0 go ahead"

    @property
    def _may_log_in(self) -> bool:
        behaviour = self._server.behaviour
        wanted = behaviour.needs_login or behaviour.login is not None
        return wanted and (self.is_secure or self._server.certificate is None)

    def _auth(self, rest: str) -> str:
        mechanism, _, initial = rest.partition(" ")
        if not self._may_log_in or self._is_logged_in:
            return "503 5.5.1 no login now"
        if mechanism.upper() == "PLAIN":
            return self._plain(initial) if initial else self._challenge("", self._plain)
        if mechanism.upper() == "LOGIN":
            return self._username(initial) if initial else self._challenge("Username:", self._username)
        return "504 5.5.4 PLAIN or LOGIN"

    def _challenge(self, text: str, then: Callable[[str], str]) -> str:
        self._challenged = then
        return f"334 {base64.b64encode(text.encode()).decode()}"

    def _plain(self, answer: str) -> str:
        _, _, login = _decoded(answer).partition("\0")
        username, _, password = login.partition("\0")
        return self._log_in(username, password)

    def _username(self, answer: str) -> str:
        username = _decoded(answer)
        return self._challenge("Password:", lambda password: self._log_in(username, _decoded(password)))

    def _log_in(self, username: str, password: str) -> str:
        self._is_logged_in = self._server.is_login(username, password)
        return "235 2.7.0 welcome" if self._is_logged_in else "535 5.7.8 no such username and password"

    def _mail(self, rest: str) -> str:
        path = _SENDER.fullmatch(rest)
        if refusal := self._not_now():
            return refusal
        if path is None:
            return "501 5.5.4 MAIL FROM:<address>"
        parameters = (path[2] or "").upper()
        smtputf8 = "SMTPUTF8" in parameters
        size = _SIZE.search(parameters)
        if smtputf8 and not self._server.behaviour.smtputf8:
            return "555 5.5.4 SMTPUTF8 is not announced"
        if not smtputf8 and not path[1].isascii():
            return _BEYOND_ASCII
        if size and int(size[1]) > MAX_MESSAGE_BYTES:
            return _TOO_LARGE
        self.envelope = Envelope(path[1], smtputf8, self._peer)
        return "250 2.1.0 OK"

    def _not_now(self) -> str:
        """Refusal of a mail that may not begin yet; empty if it may."""
        behaviour = self._server.behaviour
        if behaviour.needs_tls and not self.is_secure:
            return "530 5.7.0 must issue a STARTTLS command first"
        if behaviour.needs_login and not self._is_logged_in:
            return "530 5.7.0 authentication required"
        return "" if self._has_greeted and self.envelope is None else "503 5.5.1 not now"

    def _rcpt(self, rest: str) -> str:
        path = _RECIPIENT.fullmatch(rest)
        if self.envelope is None:
            return "503 5.5.1 MAIL comes first"
        if path is None:
            return "501 5.5.4 RCPT TO:<address>"
        if not path[1].isascii() and not self.envelope.smtputf8:
            return _BEYOND_ASCII
        if refusal := self._server.refusal_of(self.envelope.sender, path[1]):
            return refusal
        self.envelope.recipients.append(path[1])
        return "250 2.1.5 OK"

    def _data(self, _: str) -> str:
        if self.envelope is None or not self.envelope.recipients:
            return "503 5.5.1 RCPT comes first"
        return "354 end with a dot on a line of its own"

    def _content(self, _: str) -> str:
        envelope, self.envelope = self.envelope, None
        if envelope is None:
            return "503 5.5.1 DATA comes first"
        if len(self.content) > MAX_MESSAGE_BYTES:
            return _TOO_LARGE
        envelope.content, self.content = self.content, b""
        return self._server.take(envelope)

    def _rset(self, _: str) -> str:
        self.envelope = None
        return "250 2.0.0 OK"


def _decoded(answer: str) -> str:
    """Text of an answer within a login; empty if it is none, which is nobody's login."""
    try:
        return base64.b64decode(answer, validate=True).decode()
    except (binascii.Error, ValueError):
        return ""
