"""`python -m email_sender suppress`: see and change the suppression list by hand."""

import argparse
import asyncio
import re
from collections.abc import Sequence

from botocore.exceptions import BotoCoreError
from rich.console import Console
from rich.table import Table

from email_sender.ledger.client import dynamodb_client
from email_sender.ledger.item import LedgerUnavailableError
from email_sender.operator_settings import LedgerSettings, OperatorError, read_settings
from email_sender.suppression.suppression import DEFAULT_DAYS, SuppressedAddress, Suppression

_NEEDED = {"add": "dynamodb:PutItem", "remove": "dynamodb:UpdateItem", "show": "dynamodb:GetItem"}


def main(argv: Sequence[str], *, console: Console | None = None) -> int:
    """Add, remove or show one address, which is not repeated in what is printed.

    Args:
        argv: What stands behind `suppress` on the command line.
        console: Where to print; standard output if not given.

    Returns:
        Exit code: 0, or 1 if it could not be done, or if the address to show gets mail.

    Raises:
        SystemExit: The command line makes no sense, or asks for help.
    """
    console = console or Console()
    asked = _parser().parse_args(argv)
    try:
        return asyncio.run(_run(asked, read_settings(LedgerSettings), console))
    except OperatorError as error:
        console.print(f"suppress: {error}", style="red", highlight=False, markup=False)
    except (BotoCoreError, LedgerUnavailableError) as error:
        console.print(
            f"suppress: the ledger table cannot be reached: {error}. Check LEDGER_TABLE, AWS_REGION and "
            f"that your credentials allow {_NEEDED[asked.action]} on it",
            style="red",
            highlight=False,
            markup=False,
        )
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m email_sender suppress",
        description="Addresses that get no mail. Tasks notice a change within a minute.",
        epilog="Needs LEDGER_TABLE and AWS_REGION in the environment.",
    )
    actions = parser.add_subparsers(dest="action", required=True)
    add = actions.add_parser("add", help="send an address no mail")
    remove = actions.add_parser("remove", help="send an address mail again")
    show = actions.add_parser("show", help="say whether an address gets mail: 1 is returned if it does")
    for action in (add, remove, show):
        action.add_argument("address", metavar="ADDRESS", type=_address)
    add.add_argument("--reason", default="added by hand", help="default: %(default)s")
    add.add_argument(
        "--days", type=_days, default=DEFAULT_DAYS, help="how many days from now; default: %(default)s"
    )
    return parser


def _address(text: str) -> str:
    if not re.fullmatch(r"[^\s@]+@[^\s@]+", text):
        raise argparse.ArgumentTypeError("must be one mail address, such as ada@example.com")
    return text


def _days(text: str) -> int:
    if not re.fullmatch(r"[1-9]\d{0,3}", text):
        raise argparse.ArgumentTypeError("must be a whole number from 1 to 9999")
    return int(text)


async def _run(asked: argparse.Namespace, settings: LedgerSettings, console: Console) -> int:
    async with dynamodb_client(region=settings.aws_region, connections=1) as client:
        suppression = Suppression(client, settings.ledger_table)
        match asked.action:
            case "add":
                await suppression.add(asked.address, asked.reason, asked.days)
                console.print(f"The address gets no mail for {asked.days} days.", highlight=False)
            case "remove":
                was = await suppression.remove(asked.address)
                console.print("The address gets mail again." if was else "The address was not suppressed.")
            case _:
                found = await suppression.look_up(asked.address)
                console.print("The address gets mail." if found is None else _table(found))
                return 1 if found is None else 0
    return 0


def _table(found: SuppressedAddress) -> Table:
    table = Table("suppressed since", "until", "reason")
    table.add_row(f"{found.added_at:%Y-%m-%d %H:%M} UTC", f"{found.expires_at:%Y-%m-%d}", found.reason)
    return table
