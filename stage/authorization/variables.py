"""Texts of a policy with wildcards and variables: `arn:aws:s3:::home/${aws:username}/*`.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from stage.authorization.errors import PolicyError

Context = Mapping[str, tuple[str, ...]]
"""Values of a request's condition keys, by the key in small letters."""

ANYTHING = ".*"
WITHIN_A_SEGMENT = "[^:]*"
"""Regular expressions that an asterisk may stand for."""

# The version of the language that brought variables; before, they are text like any other.
_WITH_VARIABLES = "2012-10-17"
_PLACE = re.compile(r"(\$\{[^}]*\})")
_VARIABLE = re.compile(r"\$\{([^,'*?$]+?)(?:\s*,\s*'([^']*)')?\}")
_CHARACTER = re.compile(r"\$\{([*?$])\}")
_WILDCARD = re.compile(r"([*?])")


class UnresolvedError(Exception):
    """A variable has no value in the request, or several, and no default."""


@dataclass(frozen=True)
class Variable:
    """A place that is filled in from the request.

    Attributes:
        key: A condition key, in small letters.
        default: Stands there where the request has no value; None if there is no default.
    """

    key: str
    default: str | None

    def value(self, context: Context) -> str:
        """The text for a request.

        Raises:
            UnresolvedError: There is none.
        """
        values = context.get(self.key, ())
        if len(values) == 1:
            return values[0]
        if self.default is None or values:
            raise UnresolvedError(self.key)
        return self.default


@dataclass(frozen=True)
class Exact:
    """A character that would be a wildcard or begin a variable, written as `${*}`, `${?}` or `${$}`."""

    text: str


@dataclass(frozen=True)
class Template:
    """A text of a policy in its parts, of which those of type `str` may have wildcards."""

    parts: tuple[str | Exact | Variable, ...]

    @cached_property
    def variables(self) -> tuple[str, ...]:
        """Condition keys that it is filled in with."""
        return tuple(part.key for part in self.parts if isinstance(part, Variable))

    def text(self, context: Context) -> str:
        """The text for a request, asterisks and question marks being just that.

        Raises:
            UnresolvedError: A variable has no value.
        """
        return "".join(_filled(part, context) for part in self.parts)

    def expression(self, context: Context, asterisk: str = ANYTHING) -> str:
        """A regular expression for all that is meant; wildcards in a variable's value are none.

        Args:
            context: Of the request.
            asterisk: Stands for an asterisk: `ANYTHING` or `WITHIN_A_SEGMENT`.

        Raises:
            UnresolvedError: A variable has no value.
        """
        one = asterisk.removesuffix("*")
        return "".join(
            _expression(part, asterisk, one) if isinstance(part, str) else re.escape(_filled(part, context))
            for part in self.parts
        )

    def split(self, at: str, times: int) -> "Sequence[Template]":
        """The templates between a character, which counts only so often, and in no variable's value."""
        segments: list[list[str | Exact | Variable]] = [[]]
        for part in self.parts:
            if not isinstance(part, str):
                segments[-1].append(part)
                continue
            first, *others = part.split(at, times + 1 - len(segments))
            segments[-1].append(first)
            segments += [[other] for other in others]
        return [Template(tuple(parts)) for parts in segments]


def template(text: str, version: str) -> Template:
    """The parts of a text.

    Args:
        text: As it stands in the policy.
        version: Of the policy language, such as "2012-10-17".

    Raises:
        PolicyError: A variable is not written as AWS has it.
    """
    if version != _WITH_VARIABLES:
        return Template((text,))
    return Template(tuple(_parts(text)))


def _parts(text: str) -> Iterator[str | Exact | Variable]:
    for part in _PLACE.split(text):
        if character := _CHARACTER.fullmatch(part):
            yield Exact(character[1])
        elif variable := _VARIABLE.fullmatch(part):
            yield Variable(variable[1].lower(), variable[2])
        elif "${" in part:
            raise PolicyError(f"{text} has a variable that AWS cannot read: {part}")
        elif part:
            yield part


def _filled(part: str | Exact | Variable, context: Context) -> str:
    match part:
        case Variable():
            return part.value(context)
        case Exact():
            return part.text
        case _:
            return part


def _expression(text: str, asterisk: str, one: str) -> str:
    wild = {"*": asterisk, "?": one}
    return "".join(wild.get(piece) or re.escape(piece) for piece in _WILDCARD.split(text))
