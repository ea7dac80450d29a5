"""Tokens of a Terraform file with their positions, so that one of them can be changed and nothing else."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_SPACE = re.compile(r"[ \t\r]+|#[^\n]*|//[^\n]*|/\*.*?\*/", re.DOTALL)
_HEREDOC = re.compile(r"<<-?(\w+)\n.*?^[ \t]*\1$", re.MULTILINE | re.DOTALL)
_PLAIN = re.compile(
    r"(?P<newline>\n)"
    r"|(?P<name>[A-Za-z_][\w-]*)"
    r"|(?P<number>\d+(?:\.\d+)?)"
    r"|(?P<mark>=>|==|!=|<=|>=|&&|\|\||\.\.\.|[\[\](){}=,.:?!<>+\-*/%])"
)
_CLOSES = {"[": "]", "(": ")", "{": "}"}


class HclSyntaxError(ValueError):
    """A text that is no HCL, or more of it than is read here."""


@dataclass(frozen=True)
class Token:
    """A word of the file.

    Attributes:
        kind: newline, name, number, mark, text (a quoted template) or heredoc.
        text: As it is written.
        start: Offset of its first character in the file.
        inner: Tokens in the interpolations of a quoted template.
    """

    kind: str
    text: str
    start: int
    inner: tuple["Token", ...] = ()

    @property
    def end(self) -> int:
        """Offset behind its last character."""
        return self.start + len(self.text)

    @property
    def literal(self) -> str | None:
        """What a quoted text without interpolations and escapes says; None for any other token."""
        if self.kind != "text" or "${" in self.text or "\\" in self.text:
            return None
        return self.text[1:-1]


def tokens(source: str) -> tuple[Token, ...]:
    """Every token of a file; comments and blanks are left out.

    Raises:
        HclSyntaxError: A character begins no token, or a quoted text does not end.
    """
    found, end = _code(source, 0, "")
    if end != len(source):
        raise HclSyntaxError(f"unbalanced brace at {end}")
    return found


def closing(line: tuple[Token, ...], at: int) -> int:
    """Index of the token that closes the bracket at an index."""
    depth = 0
    for place in range(at, len(line)):
        if line[place].kind == "mark":
            depth += (line[place].text in _CLOSES) - (line[place].text in _CLOSES.values())
            if depth == 0:
                return place
    raise HclSyntaxError(f"nothing closes the bracket at {line[at].start}")


def all_tokens(line: tuple[Token, ...]) -> Iterator[Token]:
    """Tokens with those in their interpolations."""
    for token in line:
        yield token
        yield from all_tokens(token.inner)


def _code(source: str, at: int, end: str) -> tuple[tuple[Token, ...], int]:
    """Tokens up to the brace that ends them; to the end of the file without one."""
    found: list[Token] = []
    depth = 0
    while at < len(source):
        if skipped := _SPACE.match(source, at):
            at = skipped.end()
            continue
        token = _token(source, at)
        if token.text == "}" and depth == 0:
            break
        depth += {"{": 1, "}": -1}.get(token.text, 0)
        found.append(token)
        at = token.end
    if end and at == len(source):
        raise HclSyntaxError("an interpolation does not end")
    return tuple(found), at


def _token(source: str, at: int) -> Token:
    if source[at] == '"':
        return _template(source, at)
    if heredoc := _HEREDOC.match(source, at):
        return Token("heredoc", heredoc[0], at)
    if plain := _PLAIN.match(source, at):
        return Token(str(plain.lastgroup), plain[0], at)
    raise HclSyntaxError(f"no token begins with {source[at]!r} at {at}")


def _template(source: str, start: int) -> Token:
    inner: list[Token] = []
    at = start + 1
    while at < len(source):
        if source.startswith("$${", at) or source[at] == "\\":
            at += 3 if source[at] == "$" else 2
        elif source.startswith(("${", "%{"), at):
            found, at = _code(source, at + 2, "}")
            inner += found
            at += 1
        elif source[at] == '"':
            return Token("text", source[start : at + 1], start, tuple(inner))
        else:
            at += 1
    raise HclSyntaxError(f"a quoted text does not end: {start}")
