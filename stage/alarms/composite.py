"""Rules of composite alarms; pure.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html
"""

import re
from collections.abc import Mapping

from stage.alarms.model import AlarmState

_TOKEN = re.compile(
    r"""\s*(?:
        (?P<state>ALARM|OK|INSUFFICIENT_DATA)\s*\(\s*(?:"(?P<quoted>[^"]+)"|(?P<plain>[^\s"()]+))\s*\)
        |(?P<word>AND|OR|NOT|TRUE|FALSE|\(|\))
    )""",
    re.VERBOSE,
)


class UnsupportedRuleError(Exception):
    """The rule that does not parse."""


def holds(rule: str, states: Mapping[str, AlarmState]) -> bool:
    """Whether a rule is true.

    An alarm that does not exist is in no state.

    Args:
        rule: `ALARM`, `OK` and `INSUFFICIENT_DATA` of a name or an ARN, `TRUE`, `FALSE`, `AND`, `OR`,
            `NOT` and parentheses.
        states: States by the alarms' names.

    Raises:
        UnsupportedRuleError: It does not parse.
    """
    return _Rule(rule, states).value()


def names_in(rule: str) -> set[str]:
    """Names of the alarms that a rule watches.

    Raises:
        UnsupportedRuleError: It does not parse.
    """
    return {_name(token) for token in _tokens(rule) if token[1]}


class _Rule:
    """A rule, read from its beginning: `NOT` binds closest, then `AND`, then `OR`."""

    def __init__(self, rule: str, states: Mapping[str, AlarmState]) -> None:
        self._text = rule
        self._states = states
        self._tokens = _tokens(rule)

    def value(self) -> bool:
        value = self._or()
        if self._tokens:
            raise UnsupportedRuleError(self._text)
        return value

    def _or(self) -> bool:
        value = self._and()
        while self._takes("OR"):
            other = self._and()
            value = value or other
        return value

    def _and(self) -> bool:
        value = self._not()
        while self._takes("AND"):
            other = self._not()
            value = value and other
        return value

    def _not(self) -> bool:
        if self._takes("NOT"):
            return not self._not()
        if self._takes("("):
            value = self._or()
            if not self._takes(")"):
                raise UnsupportedRuleError(self._text)
            return value
        if self._takes("TRUE"):
            return True
        if self._takes("FALSE"):
            return False
        if not self._tokens or not self._tokens[0][1]:
            raise UnsupportedRuleError(self._text)
        token = self._tokens.pop(0)
        return self._states.get(_name(token)) == token[0]

    def _takes(self, word: str) -> bool:
        if self._tokens[:1] != [(word, "")]:
            return False
        self._tokens.pop(0)
        return True


def _name(token: tuple[str, str]) -> str:
    """Name of an alarm that is given by its name or its ARN."""
    return token[1].rsplit(":alarm:", 1)[-1]


def _tokens(rule: str) -> list[tuple[str, str]]:
    """Words of a rule; a state comes with the name of its alarm, any other word with none."""
    found = []
    position = 0
    text = rule.rstrip()
    while position < len(text):
        token = _TOKEN.match(text, position)
        if token is None:
            raise UnsupportedRuleError(rule)
        found.append((token["state"] or token["word"], token["quoted"] or token["plain"] or ""))
        position = token.end()
    return found
