import pytest

from stage.authorization.operators import OPERATORS
from stage.authorization.variables import template

NAMES = {
    *(f"String{negated}{name}" for negated in ("", "Not") for name in ("Equals", "EqualsIgnoreCase", "Like")),
    *(f"Arn{negated}{name}" for negated in ("", "Not") for name in ("Equals", "Like")),
    *(
        f"{kind}{name}"
        for kind in ("Numeric", "Date")
        for name in (
            "Equals",
            "NotEquals",
            "LessThan",
            "LessThanEquals",
            "GreaterThan",
            "GreaterThanEquals",
        )
    ),
    *("Bool", "BinaryEquals", "IpAddress", "NotIpAddress"),
}


def matches(name, wanted, value):
    """Whether a value matches one of a policy, before any negation."""
    return bool(OPERATORS[name].matcher(template(wanted, "2012-10-17"), {})(value))


def test_every_operator_of_aws_is_there():
    """And no other."""
    assert NAMES == OPERATORS.keys()


def test_what_has_not_in_its_name_is_negated():
    """And nothing else is."""
    assert {name for name in NAMES if "Not" in name} == {
        one.name for one in OPERATORS.values() if one.negated
    }


@pytest.mark.parametrize(
    ("name", "wanted", "value"),
    [
        ("DateEquals", "2020", "2020-01-01T00:00:00Z"),
        ("DateEquals", "2020-02", "1580515200"),
        ("DateEquals", "20200201T000000Z", "1580515200.0"),
        ("BinaryEquals", "AAE=", "AAE="),
        ("IpAddress", "203.0.113.9/24", "203.0.113.1"),
        ("ArnLike", "*", "arn:aws:sns:eu-west-1:111122223333:topic"),
        ("ArnLike", "arn:aws:s3:::a*z", "arn:aws:s3:::a:b/z"),
        ("StringLike", "a*z", "a\nz"),
        ("StringEqualsIgnoreCase", "ADMIN", "admin"),
        ("Bool", "True", "TRUE"),
    ],
)
def test_values_match_in_every_form_that_aws_takes(name, wanted, value):
    """Months, seconds, networks with bits beyond their prefix, lines."""
    assert matches(name, wanted, value)


@pytest.mark.parametrize(
    ("name", "wanted", "value"),
    [
        ("NumericEquals", "1", "one"),
        ("NumericLessThan", "1", "none"),
        ("DateLessThan", "2020-01-01", "yesterday"),
        ("IpAddress", "203.0.113.0/24", "elsewhere"),
        ("BinaryEquals", "AAE=", "no base 64"),
        ("ArnLike", "arn:aws:s3:::box", "box"),
        ("ArnLike", "arn:aws:*:*:*:topic", "arn:aws:sns:eu-west-1:1:2:topic"),
        ("Bool", "true", "1"),
    ],
)
def test_a_value_of_another_kind_matches_nothing(name, wanted, value):
    """A request that AWS would not make is no error."""
    assert not matches(name, wanted, value)


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("NumericEquals", "one"),
        ("DateEquals", "yesterday"),
        ("Bool", "yes"),
        ("BinaryEquals", "???"),
        ("IpAddress", "203.0.113.0/33"),
        ("ArnLike", "arn:aws:sns:topic"),
    ],
)
def test_a_policys_value_that_cannot_be_compared_is_an_error(name, wanted):
    """Nobody knows what AWS makes of it."""
    with pytest.raises(ValueError, match=r".+"):
        matches(name, wanted, "x")
