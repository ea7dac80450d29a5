"""`mails`: what reached the stage's SMTP server."""

import argparse
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from rich.text import Text

from common.growing_logs import Follower
from stage.commands.arguments import Subcommands, command, following
from stage.commands.running import Output, follow, running
from stage.smtp_server.mails import Mail


def add(commands: Subcommands) -> None:
    """Declare the command."""
    parser = command(commands, "mails", "Show the mails that reached the SMTP server.", json="JSON lines")
    following(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Show the mails in the order in which they came."""
    output = Output(options)
    with running(options.name) as stage:
        follow(
            NewMails(Path(stage.access.mail_log)).new,
            lambda mail: output.line(_data(mail), _drawn(mail)),
            forever=options.follow,
        )


class NewMails:
    """A log of mails, read on from where it was read to."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._log = Follower(path, lambda line: Mail(**line))
        self._told = 0

    def new(self) -> Sequence[Mail]:
        """Those that came since the last call.

        Raises:
            FileNotFoundError: The log has gone with its stage.
        """
        # A log that is not there is an empty one to whoever reads it on; this one was there.
        self._path.stat()
        mails = self._log.all()[self._told :]
        self._told += len(mails)
        return mails


def _data(mail: Mail) -> dict[str, object]:
    facts = vars(mail) | {"received_at": datetime.fromtimestamp(mail.received_at, UTC)}
    return {name: value for name, value in facts.items() if value is not None}


def _drawn(mail: Mail) -> Text:
    at = datetime.fromtimestamp(mail.received_at, UTC).astimezone()
    return Text.assemble(
        (f"{at:%H:%M:%S}", "dim"),
        *("  ", (mail.recipient, "cyan"), "  ", mail.subject or "(no subject)"),
        (f"  {mail.notification_id}" if mail.notification_id else "", "dim"),
    )
