"""Workflows as they are declared: jobs with their matrices, steps with those of our own actions."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import yaml

ROOT = Path(__file__).resolve().parents[2]
_EXPRESSION = re.compile(r"\$\{\{\s*(.+?)\s*\}\}")
_DEFAULT = re.compile(r".*\|\|\s*'([^']*)'")
# Stands for what only a run knows: a text that is a number as well.
UNKNOWN = "1"


class Workflows:
    """All files below .github.

    Args:
        texts: Text of each by its path below .github.
    """

    def __init__(self, texts: Mapping[str, str]) -> None:
        self.texts = dict(texts)

    @classmethod
    def read(cls, folder: Path = ROOT / ".github") -> Self:
        """Those of a folder."""
        files = sorted(
            [*folder.glob("*.yml"), *folder.glob("workflows/*.yml"), *folder.glob("actions/*/action.yml")]
        )
        return cls({file.relative_to(folder).as_posix(): file.read_text("utf-8") for file in files})

    def changed(self, file: str, find: str, replace: str) -> "Workflows":
        """The same with another text in one place of a file.

        Raises:
            ValueError: The text does not stand there once.
        """
        if self.texts[file].count(find) != 1:
            raise ValueError(f"{file}: {find!r} stands there {self.texts[file].count(find)} times")
        return Workflows(self.texts | {file: self.texts[file].replace(find, replace)})

    @cached_property
    def documents(self) -> Mapping[str, dict[Any, Any]]:
        """Each file as YAML has it; its key `on` is True, as YAML 1.1 reads that word."""
        return {file: yaml.safe_load(text) for file, text in self.texts.items()}

    @cached_property
    def jobs(self) -> list["Job"]:
        """Jobs of all workflows."""
        return [
            Job(self, file, name, document["jobs"][name])
            for file, document in self.documents.items()
            if file.startswith("workflows/")
            for name in document["jobs"]
        ]

    def job(self, file: str, name: str) -> "Job":
        """One job."""
        [found] = [job for job in self.jobs if (job.file, job.name) == (f"workflows/{file}.yml", name)]
        return found

    def triggers(self, file: str) -> Mapping[str, Any]:
        """Events that start a workflow, each with what narrows it."""
        given = self.documents[file][True]
        return (
            given if isinstance(given, dict) else dict.fromkeys([given] if isinstance(given, str) else given)
        )


@dataclass(frozen=True)
class Job:
    """A job of a workflow.

    Attributes:
        workflows: What it belongs to.
        file: Its workflow's.
        name: Its id.
        data: As it is declared.
    """

    workflows: Workflows
    file: str
    name: str
    data: Mapping[str, Any]

    def __str__(self) -> str:
        """Place, for a finding."""
        return f"{self.file}: {self.name}"

    @property
    def cells(self) -> list[Mapping[str, Any]]:
        """Values of the matrix of each job that is made of it; one without any where there is no matrix."""
        return self.data.get("strategy", {}).get("matrix", {}).get("include", [{}])

    @property
    def steps(self) -> list["Step"]:
        """Steps, with those of our own actions in the place of these."""
        return [step for one in self.data["steps"] for step in self._inlined(one, {})]

    def using(self, action: str) -> list["Step"]:
        """Steps that use an action."""
        return [step for step in self.steps if step.action == action]

    def environment(self, step: "Step", cell: Mapping[str, Any]) -> dict[str, str]:
        """Environment of a step as far as it is declared: what is not is UNKNOWN."""
        workflow = self.workflows.documents[self.file]
        given = {**workflow.get("env", {}), **self.data.get("env", {}), **step.data.get("env", {})}
        return {name: resolved(str(value), cell) for name, value in given.items()}

    def _inlined(self, step: Mapping[str, Any], inputs: Mapping[str, Any]) -> Iterator["Step"]:
        uses = step.get("uses", "")
        if not uses.startswith("./.github/"):
            yield Step(step, inputs)
            return
        action = self.workflows.documents[f"{uses.removeprefix('./.github/')}/action.yml"]
        for one in action["runs"]["steps"]:
            yield from self._inlined(one, step.get("with", {}))


@dataclass(frozen=True)
class Step:
    """A step of a job.

    Attributes:
        data: As it is declared.
        inputs: Inputs of our own action that it is a step of.
    """

    data: Mapping[str, Any]
    inputs: Mapping[str, Any]

    @property
    def action(self) -> str | None:
        """Action that it uses, without its version."""
        uses = self.data.get("uses")
        return None if uses is None else str(uses).partition("@")[0]

    @property
    def given(self) -> Mapping[str, Any]:
        """Inputs of the action that it uses."""
        return self.data.get("with", {})


def resolved(text: str, cell: Mapping[str, Any]) -> str:
    """A text with its expressions evaluated as far as a file tells their values."""

    def value(found: re.Match[str]) -> str:
        expression = found[1]
        if expression.startswith("matrix."):
            inner = str(cell.get(expression.removeprefix("matrix."), ""))
            return resolved(inner, cell)
        default = _DEFAULT.fullmatch(expression)
        return UNKNOWN if default is None else default[1]

    return _EXPRESSION.sub(value, text)


def expressions(text: str) -> list[str]:
    """Expressions of a text."""
    return _EXPRESSION.findall(text)
