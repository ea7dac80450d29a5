import pytest

from tests.bench.stand_in.conditions import holds

ITEM = {"id": {"S": "a"}, "version": {"N": "9"}, "state": {"S": "sent"}}


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("attribute_exists(id)", True),
        ("attribute_not_exists(id)", False),
        ("attribute_not_exists(owner)", True),
        ("attribute_exists(#s)", True),
        ("version = :v", True),
        ("#s = :sending", False),
        ("#s <> :sending", True),
        # As numbers: as texts 9 would be more than 10.
        ("version < :ten", True),
        ("version >= :ten", False),
        ("owner = :v", False),
        ("owner <> :v", True),
        # Of different types.
        ("id = :v", False),
        ("version = :v AND #s = :sending", False),
        ("version = :v OR #s = :sending", True),
        ("#s = :sending AND version = :v OR attribute_exists(id)", True),
        ("attribute_exists(id) OR #s = :sending AND version = :v", True),
    ],
)
def test_conditions(expression, expected):
    """Existence, comparison, AND before OR."""
    values = {":v": {"N": "9"}, ":ten": {"N": "10"}, ":sending": {"S": "sending"}}

    assert expected == holds(expression, ITEM, {"#s": "state"}, values)


def test_of_nothing_nothing_exists():
    """An item that is not there has no attributes."""
    assert holds("attribute_not_exists(id)", None, {}, {})


def test_what_is_not_known_is_said():
    """A condition that would be misread must not pass."""
    with pytest.raises(ValueError, match=r"does not know the condition 'size\(id\) > :v'"):
        holds("size(id) > :v", ITEM, {}, {":v": {"N": "1"}})
