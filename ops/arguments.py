"""Arguments that commands have in common."""

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    Subcommands = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001 - argparse gives it no other name
else:
    Subcommands = argparse.Action

FOLDER = "OPS_FOLDER"
"""Variable that has the default of `--folder`, where a pipeline is rehearsed on a stage."""


def command(commands: Subcommands, name: str, description: str) -> argparse.ArgumentParser:
    """Declare a command; gives the parser of its further arguments.

    Args:
        commands: Where it is declared.
        name: The word that a person types.
        description: One sentence.
    """
    parser = commands.add_parser(name, help=description, description=description)
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", dest="form", action="store_const", const="json", help="a JSON document")
    form.add_argument(
        "--markdown", dest="form", action="store_const", const="markdown", help="Markdown, for a comment"
    )
    parser.set_defaults(form="text")
    return parser


def environment(parser: argparse.ArgumentParser) -> None:
    """Declare `--environment` and `--folder`: which environment, and where it is described."""
    parser.add_argument("--environment", required=True, help="such as staging")
    parser.add_argument(
        "--folder",
        type=Path,
        default=os.environ.get(FOLDER) or None,
        help="initialised root module whose variables lie in it as *.auto.tfvars, such as a stage's"
        f" ({FOLDER})",
    )


def positive(text: str) -> int:
    """A whole number from 1 on, as argparse reads it.

    Raises:
        ArgumentTypeError: It is none.
    """
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text}: give a number from 1 on")
    return number
