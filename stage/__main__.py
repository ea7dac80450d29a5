"""`python -m stage COMMAND`: bring a stage up, or look at and change one that runs.

Exit status: 0, done; 2, it cannot be done as asked, and one line says why; 69 (EX_UNAVAILABLE of
sysexits.h), no stage of that name is up.
"""

import argparse
import os
import sys
from types import ModuleType

from rich.console import Console
from rich.markup import escape

from common.errors import SetupError
from stage.commands import (
    alarms,
    apply,
    down,
    events,
    images,
    kill,
    logs,
    mails,
    open_page,
    scale,
    status,
    up,
)
from stage.errors import NotUpError

_USAGE_ERROR = 2
_NOT_UP = 69
# In the order in which `--help` shows them.
_COMMANDS: tuple[ModuleType, ...] = (
    *(up, status, logs, events, scale, kill),
    *(images, apply, mails, alarms, open_page, down),
)


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; returns the process's exit status."""
    options = parser().parse_args(arguments)
    try:
        options.run(options)
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever reads has read enough, `head` for one. Python would complain when it flushes at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except SetupError as error:
        Console(stderr=True, soft_wrap=True).print(f"[bold red]stage:[/] {escape(str(error))}")
        return _NOT_UP if isinstance(error, NotUpError) else _USAGE_ERROR
    except KeyboardInterrupt:
        # How one ends what follows.
        pass
    return 0


def parser() -> argparse.ArgumentParser:
    """The parser of the command line."""
    summary, _, statuses = (__doc__ or "").partition("\n\n")
    made = argparse.ArgumentParser(
        prog="python -m stage", description=summary.partition(": ")[2], epilog=statuses
    )
    commands = made.add_subparsers(required=True, metavar="COMMAND")
    for module in _COMMANDS:
        module.add(commands)
    return made


if __name__ == "__main__":
    sys.exit(main())
