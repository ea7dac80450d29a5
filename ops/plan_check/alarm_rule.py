"""Rules of composite alarms, compared by what follows from them.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html
"""

import re
from collections.abc import Mapping, Sequence
from itertools import product

_TOKEN = re.compile(
    r"""\s*(?:
        (?P<state>ALARM|OK|INSUFFICIENT_DATA)\s*
        \(\s*(?:"(?P<quoted>[^"]*)"|'(?P<single>[^']*)'|(?P<bare>[^()"']+?))\s*\)
        |(?P<word>AND|OR|NOT|TRUE|FALSE)\b
        |(?P<mark>[()])
    )""",
    re.VERBOSE,
)
_STATES = ("ALARM", "OK", "INSUFFICIENT_DATA")
# Each alarm has three states, and all combinations are gone through: with more alarms that takes too long.
_MAX_ALARMS = 9

_Token = tuple[str, str]


class _UnreadableError(ValueError):
    """A rule that does not follow the grammar."""


def implied(before: str, after: str, renamed: Mapping[str, str]) -> bool:
    """Whether the second rule is met whenever the first one is; False where it cannot be told.

    Args:
        before: The rule that stands.
        after: The rule that comes.
        renamed: New names of alarms by their old ones.
    """
    try:
        first, second = _tokens(before, renamed), _tokens(after, {})
        names = sorted({name for state, name in [*first, *second] if state in _STATES})
        # What cannot be read ends here, however many alarms it names.
        _met(first, dict.fromkeys(names, "OK"))
        _met(second, dict.fromkeys(names, "OK"))
        if len(names) > _MAX_ALARMS:
            alternatives, further = _alternatives(first), _alternatives(second)
            return alternatives is not None and further is not None and alternatives <= further
        return all(
            _met(second, states) or not _met(first, states)
            for states in (dict(zip(names, one, strict=True)) for one in product(_STATES, repeat=len(names)))
        )
    except _UnreadableError:
        return False


def _tokens(rule: str, renamed: Mapping[str, str]) -> list[_Token]:
    """Pairs of a state and an alarm, or of an empty text and a word."""
    tokens: list[_Token] = []
    place = 0
    while rule[place:].strip():
        found = _TOKEN.match(rule, place)
        if found is None:
            raise _UnreadableError(rule)
        place = found.end()
        if found["state"]:
            name = found["quoted"] or found["single"] or found["bare"] or ""
            # By its name or by its ARN, which ends in it.
            name = re.sub(r"^arn:[^:]+:cloudwatch:[^:]*:\d*:alarm:", "", name.strip())
            tokens.append((found["state"], renamed.get(name, name)))
        else:
            tokens.append(("", found["word"] or found["mark"]))
    return tokens


def _alternatives(tokens: Sequence[_Token]) -> set[_Token] | None:
    """States of which one is enough; None if the rule is not of that kind."""
    words = {word for state, word in tokens if not state}
    return {token for token in tokens if token[0]} if words <= {"OR", "(", ")"} else None


def _met(tokens: Sequence[_Token], states: Mapping[str, str]) -> bool:
    rest = list(tokens)
    met = _either(rest, states)
    if rest:
        raise _UnreadableError(str(rest))
    return met


def _either(rest: list[_Token], states: Mapping[str, str]) -> bool:
    met = _both(rest, states)
    while rest[:1] == [("", "OR")]:
        rest.pop(0)
        # Both sides are read, whatever the first one is.
        met = _both(rest, states) or met
    return met


def _both(rest: list[_Token], states: Mapping[str, str]) -> bool:
    met = _single(rest, states)
    while rest[:1] == [("", "AND")]:
        rest.pop(0)
        met = _single(rest, states) and met
    return met


def _single(rest: list[_Token], states: Mapping[str, str]) -> bool:
    if not rest:
        raise _UnreadableError("the rule ends too early")
    state, word = rest.pop(0)
    if state:
        return states[word] == state
    if word in ("TRUE", "FALSE"):
        return word == "TRUE"
    if word == "NOT":
        return not _single(rest, states)
    if word == "(":
        met = _either(rest, states)
        if rest[:1] != [("", ")")]:
            raise _UnreadableError("a bracket is not closed")
        rest.pop(0)
        return met
    raise _UnreadableError(word)
