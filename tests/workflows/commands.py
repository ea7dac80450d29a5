"""Commands that workflows run, as the words of each."""

import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise, takewhile

from tests.workflows.declared import Workflows, resolved

_SEPARATORS = re.compile(r"\n|&&|\|\|?|;")


@dataclass(frozen=True)
class Command:
    """A command.

    Attributes:
        where: Job, for a finding.
        words: Its words.
    """

    where: str
    words: tuple[str, ...]

    @property
    def environments(self) -> list[str]:
        """Environments of tox that it runs."""
        words = self.words
        if words[:1] != ("tox",):
            return []
        return [name for word, after in pairwise(words) if word == "-e" for name in after.split(",")]

    @property
    def arguments(self) -> tuple[str, ...]:
        """Arguments that tox passes on."""
        own = list(takewhile(lambda word: word != "--", self.words))
        return self.words[len(own) + 1 :]


def commands(workflows: Workflows) -> Iterator[Command]:
    """Commands of all jobs, once for each cell of their matrices, with what is known of their variables."""
    for job in workflows.jobs:
        for cell in job.cells:
            for step in job.steps:
                text = resolved(str(step.data.get("run", "")), cell)
                for words in split(text, job.environment(step, cell)):
                    yield from _with_nested(Command(str(job), words))


def split(text: str, environment: Mapping[str, str]) -> Iterator[tuple[str, ...]]:
    """Commands of a shell's text, each as its words; a variable is one word, as in quotes.

    Args:
        text: The text.
        environment: Values of variables; others stay as they are.
    """
    for line in _SEPARATORS.split(text.replace("\\\n", " ")):
        words = [_expanded(word, environment) for word in shlex.split(line, comments=True)]
        if words:
            yield tuple(words)


def _expanded(word: str, environment: Mapping[str, str]) -> str:
    return re.sub(r"\$\{?(\w+)\}?", lambda found: environment.get(found[1], found[0]), word)


def _with_nested(command: Command) -> Iterator[Command]:
    """A command, and the one that it is given to run."""
    yield command
    for option, value in pairwise(command.words):
        if option == "--load":
            yield from (Command(f"{command.where}: --load", words) for words in split(value, {}))
