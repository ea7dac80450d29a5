"""`python -m ops COMMAND`: what a pipeline or a person runs against an environment.

Exit statuses are the same in every command; docs/ops.md lists them.
"""

import argparse
import os
import sys
from types import ModuleType
from typing import NoReturn

from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console
from rich.markup import escape

from common.errors import SetupError
from ops.answer import show
from ops.bake import command as bake
from ops.drift import command as drift
from ops.errors import OpsError
from ops.exit_status import ExitStatus
from ops.nightly import command as nightly
from ops.plan_check import command as plan_check
from ops.release import command as release
from ops.review import command as review

# In the order in which `--help` shows them. Each declares itself by `add` and sets `run`, which takes the
# options and gives the answer.
_COMMANDS: tuple[ModuleType, ...] = (release, bake, drift, plan_check, review, nightly)


class _Parser(argparse.ArgumentParser):
    """A parser whose complaint is no finding: argparse's own status of 2 would be taken for one."""

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(ExitStatus.USAGE, f"{self.prog}: {message}\n")


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; returns the process's exit status."""
    options = parser().parse_args(arguments)
    try:
        answer = options.run(options)
        show(answer, options.form)
    except BrokenPipeError:
        # Whoever reads has read enough, `head` for one. Python would complain when it flushes at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return int(answer.status)
    except SetupError as error:
        return _complain(str(error), error.status if isinstance(error, OpsError) else ExitStatus.UNKNOWN)
    except KeyboardInterrupt:
        return _complain("interrupted", ExitStatus.UNKNOWN)
    except (BotoCoreError, ClientError) as error:
        return _complain(f"AWS: {error}", ExitStatus.UNKNOWN)
    return int(answer.status)


def parser() -> argparse.ArgumentParser:
    """The parser of the command line."""
    summary, _, statuses = (__doc__ or "").partition("\n\n")
    made = _Parser(prog="python -m ops", description=summary.partition(": ")[2], epilog=statuses)
    commands = made.add_subparsers(required=True, metavar="COMMAND", parser_class=_Parser)
    for module in _COMMANDS:
        module.add(commands)
    return made


def _complain(reason: str, status: ExitStatus) -> int:
    Console(stderr=True, soft_wrap=True).print(f"[bold red]ops:[/] {escape(reason)}")
    return int(status)


if __name__ == "__main__":
    sys.exit(main())
