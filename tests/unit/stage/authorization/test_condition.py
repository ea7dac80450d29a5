import pytest

from stage.authorization.condition import holds, parse_condition
from stage.authorization.errors import PolicyError, UnknownElementError, UnknownOperatorError

NEW = "2012-10-17"


def check(block, **context):
    """Whether a condition on the key "k" holds for a request with these values of it."""
    return holds(parse_condition(block, NEW), {key: tuple(values) for key, values in context.items()})


@pytest.mark.parametrize(
    "name",
    [
        "StringMatches",
        "stringequals",
        "ForSomeValues:StringEquals",
        "ForAllValues:",
        ":StringEquals",
        "IfExists",
        "StringEqualsIfExistsIfExists",
        "ForAllValues:Null",
        "NullIfExists",
    ],
)
def test_an_unknown_operator_is_refused_by_its_name(name):
    """Nothing that nobody knows is taken for met."""
    with pytest.raises(UnknownOperatorError, match=f"no condition operator {name}"):
        parse_condition({name: {"aws:username": "carlos"}}, NEW)


@pytest.mark.parametrize("block", [["StringEquals"], {"StringEquals": "carlos"}])
def test_a_condition_has_operators_and_keys(block):
    """Each by its name."""
    with pytest.raises(UnknownElementError):
        parse_condition(block, NEW)


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("NumericEquals", "one", "NumericEquals cannot compare with one: it is no number"),
        ("Null", "maybe", "Null of k is either true or false, not maybe"),
        ("StringEquals", {"a": 1}, "StringEquals of k has a value that is none"),
        ("StringEquals", None, "StringEquals of k has a value that is none"),
    ],
)
def test_a_value_that_is_none_is_refused(name, value, sentence):
    """The sentence says which."""
    with pytest.raises(PolicyError, match=sentence):
        parse_condition({name: {"k": value}}, NEW)


def test_truths_and_numbers_need_no_quotes():
    """JSON has them."""
    assert check({"Bool": {"k": True}, "NumericEquals": {"n": 5}}, k=["true"], n=["5"])


def test_an_empty_condition_holds():
    """It asks for nothing."""
    assert check({})


def test_null_may_be_either():
    """A list of both asks for nothing."""
    assert check({"Null": {"k": ["true", "false"]}})
    assert check({"Null": {"k": ["true", "false"]}}, k=["x"])


def test_a_key_without_values_is_missing():
    """An empty list is no value."""
    assert check({"Null": {"k": "true"}}, k=[])
    assert not check({"StringEquals": {"k": ["x"]}}, k=[])


def test_no_value_of_a_policy_is_matched_by_none():
    """A negated operator then holds."""
    assert not check({"StringEquals": {"k": []}}, k=["x"])
    assert check({"StringNotEquals": {"k": []}}, k=["x"])


def test_if_exists_goes_with_sets():
    """It holds without the key, where ForAnyValue alone would not."""
    assert check({"ForAnyValue:StringEqualsIfExists": {"k": "x"}})
    assert not check({"ForAnyValue:StringEqualsIfExists": {"k": "x"}}, k=["y"])


def test_a_denial_sees_each_of_several_values_without_an_operator_for_sets():
    """One that matches is enough, and a negation holds for none of them."""
    assert check({"StringEquals": {"k": "x"}}, k=["w", "x"])
    assert not check({"StringNotEquals": {"k": "x"}}, k=["w", "x"])


def test_a_variable_without_a_value_makes_a_condition_void():
    """Whether its operator is negated or not."""
    for name in ("StringEquals", "StringNotEquals"):
        assert not check({name: {"k": ["x", "${aws:username}"]}}, k=["x"])


def test_if_exists_leaves_a_variable_without_a_value_aside():
    """The other values count."""
    assert check({"StringEqualsIfExists": {"k": ["x", "${aws:username}"]}}, k=["x"])
    assert not check({"StringEqualsIfExists": {"k": ["${aws:username}"]}}, k=["x"])


def test_an_old_policys_variables_are_text():
    """They came with the version of 2012."""
    condition = parse_condition({"StringEquals": {"k": "${aws:username}"}}, "2008-10-17")

    assert holds(condition, {"k": ("${aws:username}",)})
