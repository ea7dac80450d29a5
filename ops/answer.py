"""Answers of commands: for a terminal, for a machine, for a comment on a pull request."""

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from rich.console import Console, RenderableType
from rich.markup import escape

from ops.exit_status import ExitStatus
from ops.markdown import within

SUMMARY = "GITHUB_STEP_SUMMARY"
"""Variable that names the file of a job's summary, where GitHub Actions runs the command."""

# GitHub takes no summary of a step that is longer
# (https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands).
_MAX_SUMMARY_BYTES = 1024 * 1024


class Answer(Protocol):
    """An answer that can be shown in three ways, none of which holds a secret."""

    @property
    def status(self) -> ExitStatus:
        """How the command ends."""

    def data(self) -> Mapping[str, Any]:
        """All of it, of types that JSON has."""

    def markdown(self) -> str:
        """The same as GitHub-flavoured Markdown."""

    def drawn(self) -> RenderableType:
        """The same for a terminal."""


def say(text: str) -> None:
    """Tell a person on the standard error what takes long: the standard output has the answer alone."""
    Console(stderr=True, soft_wrap=True, highlight=False).print(f"[dim]{escape(text)}[/]")


def show(answer: Answer, form: str) -> None:
    """Write an answer to the standard output, and as Markdown to the summary of a job that runs the command.

    Args:
        answer: The answer.
        form: "json", "markdown" or "text".
    """
    _sum_up(answer)
    if form == "json":
        sys.stdout.write(json.dumps(answer.data(), indent=2, sort_keys=True) + "\n")
    elif form == "markdown":
        sys.stdout.write(answer.markdown().rstrip() + "\n")
    else:
        Console().print(answer.drawn())
    sys.stdout.flush()


def _sum_up(answer: Answer) -> None:
    """Append the answer to the job's summary, if there is one; that it cannot be written changes nothing."""
    file = os.environ.get(SUMMARY)
    if not file:
        return
    try:
        with Path(file).open("ab") as summary:
            room = _MAX_SUMMARY_BYTES - summary.tell()
            said = "The rest is left out, since GitHub takes no longer summary of a step."
            summary.write(within(f"{answer.markdown().rstrip()}\n\n", room, said, _bytes).encode())
    except OSError as error:
        say(f"{SUMMARY} names {file}, which cannot be written: {error.strerror}")


def _bytes(text: str) -> int:
    return len(text.encode())
