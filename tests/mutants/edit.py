"""A text in a file, and what takes its place."""

from pathlib import Path


class MutationError(Exception):
    """A mutation that cannot be applied."""


def text_of(name: str, root: Path, file: str, find: str) -> str:
    """Content of a file that has a text exactly once.

    Args:
        name: The mutation's, for the message.
        root: Folder that the file is below.
        file: Its path from there.
        find: The text.

    Raises:
        MutationError: There is no such file, or the text is not in it exactly once.
    """
    path = root / file
    if not path.is_file():
        raise MutationError(f"{name}: there is no {file}")
    text = path.read_text()
    if text.count(find) != 1:
        raise MutationError(f"{name}: {file} has {find!r} {text.count(find)} times, not once")
    return text


def put(name: str, path: Path, before: str, after: str) -> None:
    """Write the changed content of a file.

    Raises:
        MutationError: It is what it was.
    """
    if after == before:
        raise MutationError(f"{name}: {path.name} is the same before and after")
    path.write_text(after)
