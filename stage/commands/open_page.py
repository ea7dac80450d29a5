"""`open`: the page on which a person tries the API, in a browser."""

import argparse
import webbrowser
from pathlib import Path

from stage.api_page import with_key
from stage.commands.arguments import Subcommands, command
from stage.commands.running import Output, running
from stage.errors import StageError


def add(commands: Subcommands) -> None:
    """Declare the command."""
    parser = command(commands, "open", "Open the page to try the API on, with the stage's key filled in.")
    parser.add_argument("--no-browser", action="store_true", help="only say where it is")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Open the page if there is a browser, and say where it is."""
    output = Output(options)
    with running(options.name) as stage:
        access = stage.access
        if access.page is None or access.key_file is None:
            raise StageError(f"this stage has no API that wants a key: {access.url}")
        url = with_key(access.page, Path(access.key_file).read_text())
    opened = output.is_terminal and not options.no_browser and webbrowser.open(url)
    output.document({"url": url, "opened": bool(opened)}, url, url)
