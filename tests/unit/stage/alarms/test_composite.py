"""The grammar of rules, as PutCompositeAlarm's page has it."""

import pytest

from stage.alarms.composite import UnsupportedRuleError, holds, names_in

STATES = {"a": "ALARM", "b": "OK", "c": "INSUFFICIENT_DATA", "with spaces (and more)": "ALARM"}


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ('ALARM("a")', True),
        ("ALARM(a)", True),
        ('ALARM( "b" )', False),
        ("OK(b)", True),
        ("INSUFFICIENT_DATA(c)", True),
        ('ALARM("with spaces (and more)")', True),
        ("ALARM(arn:aws:cloudwatch:eu-west-1:123456789012:alarm:a)", True),
        ("ALARM(gone)", False),
        ("NOT ALARM(b)", True),
        ("NOT NOT ALARM(b)", False),
        ("TRUE", True),
        ("FALSE OR TRUE", True),
        ("ALARM(a) AND OK(b)", True),
        ("ALARM(a) AND OK(c)", False),
        ("ALARM(b) AND ALARM(b) OR ALARM(a)", True),
        ("ALARM(a) OR ALARM(b) AND ALARM(b)", True),
        ("(ALARM(a) OR ALARM(b)) AND ALARM(b)", False),
        ("(ALARM(a)\n  OR ALARM(b))", True),
    ],
)
def test_a_rule_holds_or_does_not(rule, expected):
    """`NOT` before `AND` before `OR`, unless parentheses say otherwise."""
    assert expected == holds(rule, STATES)


@pytest.mark.parametrize(
    "rule", ["", "ALARM", "ALARM(a", "ALARM(a) ALARM(b)", "OR ALARM(a)", "(TRUE", "NOT", "MAYBE(a)", "TRUE)"]
)
def test_a_rule_that_does_not_parse_is_refused(rule):
    """Rather than taken for one that never holds."""
    with pytest.raises(UnsupportedRuleError):
        holds(rule, STATES)


def test_the_alarms_that_a_rule_watches():
    """By name, also where the rule has an ARN."""
    rule = 'ALARM("a") AND NOT (OK(b) OR TRUE OR ALARM(arn:aws:cloudwatch:eu-west-1:123456789012:alarm:c))'

    assert {"a", "b", "c"} == names_in(rule)
