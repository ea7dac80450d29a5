"""Behaviour of the SMTP server, as data that can be changed while it runs."""

import dataclasses
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from stage.toxics import Toxic

COMMANDS = frozenset(
    {"banner", "ehlo", "starttls", "auth", "mail", "rcpt", "data", "content", "rset", "quit"}
)
"""Points of a dialogue at which something can be told to go wrong; `content` is the mail itself."""
HANDSHAKE = "handshake"
"""Point beside them that toxics know: the server's part of TLS, after it has agreed to STARTTLS."""


_TOXIC_ATTRIBUTES = {"error": frozenset({"at", "reply"}), "garbage": frozenset({"at", "text"})}


@dataclass(frozen=True)
class Behaviour:
    """Answers other than the usual ones; without any of them every mail is taken at once.

    Commands are called as in `COMMANDS`.

    Attributes:
        pipelining: Whether EHLO announces that several commands may come in one go (RFC 2920).
        smtputf8: Whether EHLO announces addresses beyond ASCII (RFC 6531).
        needs_tls: Whether a mail is taken only after STARTTLS; the server needs a certificate for that.
        needs_login: Whether a mail is taken only after a login.
        login: `username` and `password` that are right; without them no login is.
        replies: Reply by command, instead of doing what it asks, such as `{"mail": "550 5.1.2 no"}`.
        seconds: Time by command until it is answered. Half of the content's passes before the mail is
            written down and half after, so that a client which is killed meanwhile leaves either kind.
        hang_at: Commands that nobody answers, until the behaviour changes: then they are.
        drop_at: Commands at which the connection is closed.
        refused: Recipients that are refused for good.
        greylist_seconds: Time in which a recipient that is new is told to come again later (RFC 6647);
            None for no greylist.
        max_mails_per_second: Rate above which mails are throttled as SES does; None for no limit.
        max_connections: Connections above which a further one is told 421 instead of a greeting; None for
            no limit.
        toxics: Faults of the way to clients, each of which concerns a share of the connections. `error` has
            the `reply` to the command `at`; `garbage` is a `text` that is no reply, to each command or to
            the one `at`. At the handshake garbage comes instead of TLS, and an error is a certificate that
            nobody trusts; connections that are encrypted already are closed.
    """

    pipelining: bool = True
    smtputf8: bool = True
    needs_tls: bool = False
    needs_login: bool = False
    login: Mapping[str, str] | None = None
    replies: Mapping[str, str] = field(default_factory=dict)
    seconds: Mapping[str, float] = field(default_factory=dict)
    hang_at: Sequence[str] = ()
    drop_at: Sequence[str] = ()
    refused: Sequence[str] = ()
    greylist_seconds: float | None = None
    max_mails_per_second: float | None = None
    max_connections: int | None = None
    toxics: Sequence[Toxic] = ()

    def __post_init__(self) -> None:
        """Refuse what would never have an effect.

        Raises:
            ValueError: A command that there is not.
        """
        at = {toxic.attributes["at"] for toxic in self.toxics if "at" in toxic.attributes}
        if unknown := sorted(self.disturbed - COMMANDS | at - COMMANDS - {HANDSHAKE}):
            raise ValueError(
                f"no such command: {', '.join(unknown)}; there are {', '.join(sorted(COMMANDS))}"
            )

    @cached_property
    def disturbed(self) -> frozenset[str]:
        """Commands at which something happens that usually does not."""
        return frozenset([*self.replies, *self.seconds, *self.hang_at, *self.drop_at])

    def changed(self, changes: Mapping[str, Any]) -> "Behaviour":
        """The same but for these attributes, as JSON has them.

        Raises:
            ValueError: An attribute, a command or a toxic that there is not.
        """
        values: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in changes.items()
        }
        if "toxics" in values:
            values["toxics"] = tuple(Toxic.read(facts, _TOXIC_ATTRIBUTES) for facts in values["toxics"])
        try:
            return dataclasses.replace(self, **values)
        except TypeError as error:
            raise ValueError(f"no such behaviour: {error}") from error

    def json(self) -> str:
        """All attributes as `changed` takes them."""
        return json.dumps(dataclasses.asdict(self))
