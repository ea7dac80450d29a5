"""Commands that workflows call: each is there, with its options."""

import argparse
import re
from collections.abc import Iterator, Mapping
from configparser import RawConfigParser
from contextlib import redirect_stderr
from functools import cache
from io import StringIO
from typing import Any

from ops.__main__ import parser as ops_parser
from tests.load import conftest as load
from tests.workflows.commands import Command, commands
from tests.workflows.declared import ROOT, Workflows
from verify.discovery import discovered

_PARTS = re.compile(r"\[testenv:([\w-]+)\]")


def there(workflows: Workflows) -> Iterator[str]:
    """Environments of tox, commands of ops and options of the load tests, targets of make."""
    for command in commands(workflows):
        yield from (f"{command.where}: {said}" for said in _said(command))


def _said(command: Command) -> Iterator[str]:
    for name in command.environments:
        if name not in environments():
            yield f"tox.ini has no environment {name}"
        elif command.arguments and "{posargs}" not in environments()[name]:
            yield f"the environment {name} takes no arguments: {' '.join(command.arguments)}"
    if "ops" in command.environments:
        yield from _refused(ops_parser(), command.arguments)
    if "load" in command.environments:
        yield from _refused(_load_parser(), command.arguments)
    if command.words[:3] == ("python", "-m", "ops"):
        yield from _refused(ops_parser(), command.words[3:])
    if command.words[0] == "make":
        yield from (
            f"the Makefile has no target {name}" for name in command.words[1:] if name not in targets()
        )


def _refused(parser: argparse.ArgumentParser, words: tuple[str, ...]) -> Iterator[str]:
    with redirect_stderr(StringIO()) as complained:
        try:
            options = parser.parse_args(list(words))
        except SystemExit:
            yield complained.getvalue().strip().splitlines()[-1]
            return
    for names in getattr(options, "scenario", None) or ():
        for name in names.split(","):
            if name not in discovered():
                yield f"verify/scenarios has no {name}"


@cache
def environments() -> Mapping[str, str]:
    """Commands of each environment of tox.ini."""
    tox = RawConfigParser()
    tox.read(ROOT / "tox.ini")
    return {
        found[1]: tox[name].get("commands", "")
        for name in tox.sections()
        if (found := _PARTS.match(f"[{name}]"))
    }


@cache
def targets() -> list[str]:
    """Targets of the Makefile."""
    return re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)


class _Options:
    """What pytest gives to pytest_addoption, as far as the load tests ask of it."""

    def __init__(self) -> None:
        self.parser = argparse.ArgumentParser(prog="tox -e load")

    def getgroup(self, *_: str) -> "_Options":
        return self

    def addoption(self, *names: str, **values: Any) -> None:
        self.parser.add_argument(*names, **values)


def _load_parser() -> argparse.ArgumentParser:
    options = _Options()
    load.pytest_addoption(options)
    return options.parser
