"""Command and environment of an image, read from the Dockerfile that it is built from."""

import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
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
    """Command and environment of an image.

    Attributes:
        entry_point: ENTRYPOINT, empty when there is none.
        command: CMD, empty when there is none.
        environment: ENV, without PATH: the image's folders do not exist here.
    """

    entry_point: tuple[str, ...]
    command: tuple[str, ...]
    environment: Mapping[str, str]


def read_image(image: str, services_root: Path) -> Image:
    """Find the Dockerfile behind an image's name and read it.

    The repository's last path segment names the service: `…/notifications/notification-api:1.4` is
    built from `notification_api/Dockerfile`.

    Raises:
        StageError: There is no such Dockerfile, or it uses the shell form, which would put a shell
            between the task and its SIGTERM.
    """
    repository = image.partition("@")[0].rpartition("/")[2].partition(":")[0]
    path = services_root / repository.replace("-", "_") / "Dockerfile"
    try:
        text = path.read_bytes()
    except OSError as error:
        raise StageError(
            f"CannotPullContainerError: image {image} is built from {path}, which cannot be read "
            f"({error.strerror}): add it, or name the ECR repository after the service's folder"
        ) from error
    instructions = _final_stage(DockerfileParser(fileobj=io.BytesIO(text)).structure)
    entry_point, command = _commands(instructions, path)
    return Image(entry_point, command, _environment(instructions))


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
