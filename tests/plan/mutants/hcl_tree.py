"""Blocks, arguments, lists and objects of a Terraform file, with their positions."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from tests.plan.mutants.hcl_tokens import HclSyntaxError, Token, closing

Line = tuple[Token, ...]


@dataclass(frozen=True)
class Argument:
    """A name and its value, in a block or in an object.

    Attributes:
        name: Without quotes; the key's whole text where it is an expression.
        value: Tokens of the value.
        start: Offset of the name.
    """

    name: str
    value: Line
    start: int

    @property
    def end(self) -> int:
        """Offset behind the value."""
        return self.value[-1].end


@dataclass(frozen=True)
class Block:
    """A block with what stands in it.

    Attributes:
        kind: Its first word, such as "resource".
        labels: Without quotes.
        arguments: Arguments of its own.
        blocks: Blocks in it.
        start: Offset of its first word.
        opened: Offset behind its opening brace.
        end: Offset behind its closing brace.
    """

    kind: str
    labels: tuple[str, ...]
    arguments: tuple[Argument, ...]
    blocks: tuple["Block", ...]
    start: int
    opened: int
    end: int

    def argument(self, name: str) -> Argument | None:
        """An argument of the block itself."""
        return next((one for one in self.arguments if one.name == name), None)


def blocks_of(line: Line) -> tuple[Block, ...]:
    """The blocks of a file.

    Raises:
        HclSyntaxError: It is no body of blocks.
    """
    return _body(line)[1]


def elements(line: Line, at: int) -> tuple[Line, ...]:
    """The elements of the list whose bracket stands at an index; a `for` has none."""
    within = line[at + 1 : closing(line, at)]
    if _first(within) == "for":
        return ()
    return tuple(part for part in _parts(within, {","}) if part)


def entries(line: Line, at: int) -> tuple[Argument, ...]:
    """The entries of the object whose brace stands at an index; a `for` has none."""
    within = line[at + 1 : closing(line, at)]
    if _first(within) == "for":
        return ()
    return tuple(_entry(part) for part in _parts(within, {",", "\n"}) if part)


def is_list(line: Line, at: int) -> bool:
    """Whether the bracket at an index begins a list, and is no index of what stands before it."""
    if line[at].text != "[":
        return False
    before = line[at - 1] if at else None
    if before is None or before.end != line[at].start:
        return True
    return not (before.kind in ("name", "text") or before.text in ("]", ")", "*"))


def brackets(line: Line) -> Iterator[int]:
    """Indexes of the brackets and braces that begin a list or an object, in templates too."""
    for at, token in enumerate(line):
        if token.text == "{" or is_list(line, at):
            yield at


def _body(line: Line) -> tuple[tuple[Argument, ...], tuple[Block, ...]]:
    arguments: list[Argument] = []
    blocks: list[Block] = []
    at = 0
    while at < len(line):
        if line[at].kind == "newline":
            at += 1
        elif at + 1 < len(line) and line[at + 1].text == "=":
            end = _end_of_value(line, at + 2)
            arguments.append(Argument(line[at].text.strip('"'), _trimmed(line[at + 2 : end]), line[at].start))
            at = end
        else:
            block, at = _block(line, at)
            blocks.append(block)
    return tuple(arguments), tuple(blocks)


def _block(line: Line, start: int) -> tuple[Block, int]:
    at = start
    while at < len(line) and line[at].text != "{":
        if line[at].kind not in ("name", "text"):
            raise HclSyntaxError(f"no block begins with {line[start].text!r} at {line[start].start}")
        at += 1
    end = closing(line, at)
    arguments, blocks = _body(line[at + 1 : end])
    labels = tuple(token.text.strip('"') for token in line[start + 1 : at])
    block = Block(line[start].text, labels, arguments, blocks, line[start].start, line[at].end, line[end].end)
    return block, end + 1


def _end_of_value(line: Line, at: int) -> int:
    while at < len(line) and line[at].kind != "newline":
        at = closing(line, at) + 1 if line[at].text in ("[", "(", "{") else at + 1
    return at


def _parts(line: Line, separators: set[str]) -> Iterator[Line]:
    """A list's or an object's text between the separators of its own level."""
    cuts = [-1]
    at = 0
    while at < len(line):
        if line[at].text in ("[", "(", "{"):
            at = closing(line, at)
        elif line[at].text in separators:
            cuts.append(at)
        at += 1
    for before, after in pairwise([*cuts, len(line)]):
        yield _trimmed(line[before + 1 : after])


def _entry(part: Line) -> Argument:
    at = 0
    while at < len(part) and part[at].text not in ("=", ":"):
        at = closing(part, at) + 1 if part[at].text in ("[", "(", "{") else at + 1
    if at + 1 >= len(part):
        raise HclSyntaxError(f"no entry of an object at {part[0].start}")
    name = "".join(token.text for token in part[:at]).strip('"')
    return Argument(name, _trimmed(part[at + 1 :]), part[0].start)


def _trimmed(line: Line) -> Line:
    while line and line[0].kind == "newline":
        line = line[1:]
    while line and line[-1].kind == "newline":
        line = line[:-1]
    return line


def _first(line: Line) -> str:
    return next((token.text for token in line if token.kind != "newline"), "")
