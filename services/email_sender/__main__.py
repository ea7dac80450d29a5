"""`python -m email_sender`: run the Email Sender until SIGTERM.

`python -m email_sender redrive` and `python -m email_sender suppress` are an operator's commands.
"""

import sys
from collections.abc import Callable, Sequence
from functools import partial
from importlib import import_module

from email_sender.service import run
from email_sender.settings import SenderSettings
from shared.logs import configure_logs
from shared.process import run_until_stopped
from shared.settings import load_settings

# Imported when asked for: the service starts sooner without what only they need.
_COMMANDS = {
    "redrive": "email_sender.redrive.command",
    "suppress": "email_sender.suppression.command",
}
_USAGE = 2


def main(arguments: Sequence[str]) -> int:
    """Run the service, or the command that is named; the exit code."""
    if not arguments:
        settings = load_settings(SenderSettings)
        configure_logs(
            service=settings.service_name, environment=settings.environment, level=settings.log_level
        )
        return run_until_stopped(partial(run, settings))
    name, *rest = arguments
    if name not in _COMMANDS:
        print(f"usage: python -m email_sender [{' | '.join(_COMMANDS)}]", file=sys.stderr)  # noqa: T201 - a command line speaks to a person
        return _USAGE
    command: Callable[[Sequence[str]], int] = import_module(_COMMANDS[name]).main
    return command(rest)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
