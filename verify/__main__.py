"""`python -m verify COMMAND`: judge what runs of the suite have left.

Exit status: 0, nothing was found; 1, it could not be told, and one line says why; 2, something was found;
64 (EX_USAGE of sysexits.h), the command line is wrong.
"""

import argparse
import os
import sys
from typing import NoReturn

from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console
from rich.markup import escape

from verify.errors import LoadError
from verify.exit_status import ExitStatus
from verify.rights import command as rights


class _Parser(argparse.ArgumentParser):
    """A parser whose complaint is no finding: argparse's own status of 2 would be taken for one."""

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(ExitStatus.USAGE, f"{self.prog}: {message}\n")


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; returns the process's exit status."""
    options = parser().parse_args(arguments)
    try:
        status: ExitStatus = options.run(options)
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever reads has read enough, `head` for one. Python would complain when it flushes at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return int(ExitStatus.UNKNOWN)
    except (LoadError, OSError, BotoCoreError, ClientError) as error:
        return _complain(str(error))
    except KeyboardInterrupt:
        return _complain("interrupted")
    return int(status)


def parser() -> argparse.ArgumentParser:
    """The parser of the command line."""
    summary, _, statuses = (__doc__ or "").partition("\n\n")
    made = _Parser(prog="python -m verify", description=summary.partition(": ")[2], epilog=statuses)
    rights.add(made.add_subparsers(required=True, metavar="COMMAND", parser_class=_Parser))
    return made


def _complain(reason: str) -> int:
    Console(stderr=True, soft_wrap=True).print(f"[bold red]verify:[/] {escape(reason)}")
    return int(ExitStatus.UNKNOWN)


if __name__ == "__main__":
    sys.exit(main())
