"""Dockerfiles: the command, the environment and the files of the image that is built from one."""

import io
import json
import shlex
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TypedDict

from dockerfile_parse import DockerfileParser
from dockerfile_parse.parser import image_from

from stage.errors import StageError


class _Instruction(TypedDict):
    instruction: str
    value: str
    content: str


@dataclass(frozen=True)
class Image:
    """An image as a task is started from it.

    Attributes:
        entry_point: ENTRYPOINT, empty when there is none.
        command: CMD, empty when there is none.
        environment: ENV, without PATH: the image's folders do not exist here.
        packages: Folder on this machine that has its packages of Python.
    """

    entry_point: tuple[str, ...]
    command: tuple[str, ...]
    environment: Mapping[str, str]
    packages: Path


@dataclass(frozen=True)
class Copy:
    """A COPY of a Dockerfile, from the build's context.

    Attributes:
        sources: Paths below the context.
        destination: Absolute path in the image.
        into: Whether a file is put into the destination as into a folder, and not in its place.
    """

    sources: tuple[PurePosixPath, ...]
    destination: PurePosixPath
    into: bool


def read_image(path: Path, packages: Path) -> Image:
    """Read an image from its Dockerfile.

    Args:
        path: The Dockerfile.
        packages: Folder on this machine that has the image's packages of Python.

    Raises:
        StageError: It uses the shell form, which would put a shell between the task and its SIGTERM.
        OSError: There is no such file.
    """
    instructions = _instructions(path)
    entry_point, command = _commands(instructions, path)
    return Image(entry_point, command, _environment(instructions), packages)


def read_copies(path: Path) -> list[Copy]:
    """Everything that a Dockerfile copies into the image from the build's context, in order.

    https://docs.docker.com/reference/dockerfile/#copy

    Raises:
        StageError: It uses ADD.
        OSError: There is no such file.
    """
    copies = []
    folder = PurePosixPath("/")
    for one in _instructions(path):
        match one["instruction"]:
            case "WORKDIR":
                folder /= one["value"]
            case "ADD":
                raise StageError(f"{path} has ADD, which may fetch and unpack: write COPY")
            case "COPY":
                words = _words(one["value"])
                if not any(word.startswith("--from=") for word in words):
                    *sources, destination = [word for word in words if not word.startswith("--")]
                    copies.append(_copy(sources, folder, destination))
    return copies


def read_workdir(path: Path) -> PurePosixPath:
    """The folder that the image's command is started in, `/` where the Dockerfile names none.

    Raises:
        OSError: There is no such file.
    """
    folder = PurePosixPath("/")
    for one in _instructions(path):
        if one["instruction"] == "WORKDIR":
            folder /= one["value"]
    return folder


def _instructions(path: Path) -> "list[_Instruction]":
    return _final_stage(DockerfileParser(fileobj=io.BytesIO(path.read_bytes())).structure)


def _words(value: str) -> list[str]:
    """Words of an instruction that is written as a line or as JSON."""
    try:
        return [str(word) for word in json.loads(value)]
    except ValueError:
        return shlex.split(value)


def _copy(sources: list[str], folder: PurePosixPath, destination: str) -> Copy:
    into = destination.endswith("/") or destination == "." or len(sources) > 1
    paths = tuple(PurePosixPath(source.strip("/") or ".") for source in sources)
    return Copy(paths, folder / destination, into)


def _final_stage(structure: Iterable[_Instruction]) -> list[_Instruction]:
    """Instructions that shape the image: those of the last build stage and of the stages it is built on.

    Each stage keeps its FROM, so that what one image inherits from another can be told apart.
    """
    before_first: list[_Instruction] = []
    stages: dict[str, list[_Instruction]] = {}
    current = before_first
    for instruction in structure:
        if instruction["instruction"] == "FROM":
            base, alias = image_from(instruction["value"])
            current = [*stages.get(base, before_first), instruction]
            stages[alias or str(len(stages))] = current
        else:
            current.append(instruction)
    return current


def _commands(instructions: Iterable[_Instruction], path: Path) -> tuple[tuple[str, ...], tuple[str, ...]]:
    entry_point: tuple[str, ...] = ()
    command: tuple[str, ...] = ()
    command_is_inherited = False
    for instruction in instructions:
        match instruction["instruction"]:
            case "FROM":
                command_is_inherited = True
            case "CMD":
                command, command_is_inherited = _exec_form(instruction, path), False
            case "ENTRYPOINT":
                entry_point = _exec_form(instruction, path)
                # https://docs.docker.com/reference/dockerfile/#understand-how-cmd-and-entrypoint-interact
                if command_is_inherited:
                    command = ()
    return entry_point, command


def _exec_form(instruction: _Instruction, path: Path) -> tuple[str, ...]:
    try:
        words = json.loads(instruction["value"])
    except ValueError:
        words = None
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        raise StageError(
            f"CannotStartContainerError: {path} has {instruction['instruction']} in shell form, so SIGTERM "
            'would reach a shell: write it as ["executable", "argument"]'
        )
    return tuple(words)


def _environment(instructions: Iterable[_Instruction]) -> dict[str, str]:
    wanted = [one["content"].rstrip("\n") for one in instructions if one["instruction"] in {"ARG", "ENV"}]
    flat = "\n".join(["FROM scratch", *wanted, ""])
    variables = dict(DockerfileParser(fileobj=io.BytesIO(flat.encode())).envs)
    variables.pop("PATH", None)
    return variables
