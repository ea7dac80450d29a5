"""Arguments that commands have in common."""

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    Subcommands = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001 - argparse gives it no other name
else:
    Subcommands = argparse.Action


def name_argument(parser: argparse.ArgumentParser, default: str = "default") -> None:
    """Declare `--name`: which of several stages."""
    parser.add_argument("--name", default=default, help="name, to have more than one stage up (default)")


def command(
    commands: Subcommands,
    name: str,
    description: str,
    *,
    json: str = "a JSON document instead of text",
    within: bool = False,
) -> argparse.ArgumentParser:
    """Declare a command on a stage that is up; gives the parser of its further arguments.

    Args:
        commands: Where it is declared.
        name: The word that a person types.
        description: One sentence.
        json: What `--json` makes of its answer.
        within: Whether it is a part of another command, whose `--name` and `--json` may stand before it.
    """
    parser = commands.add_parser(name, help=description, description=description)
    # A default here would win over what was said before.
    name_argument(parser, **({"default": argparse.SUPPRESS} if within else {}))
    default = argparse.SUPPRESS if within else False
    parser.add_argument("--json", action="store_true", default=default, help=json)
    return parser


def following(parser: argparse.ArgumentParser) -> None:
    """Declare `--follow`."""
    parser.add_argument(
        "-f", "--follow", action="store_true", help="show also what comes from now on, until Ctrl-C"
    )
