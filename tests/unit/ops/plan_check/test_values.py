import pytest

from ops.plan_check.values import UNKNOWN, differences, known


def told(before, after, marks=None):
    """Differences as a person reads them."""
    return {one.attribute: (one.before, one.after) for one in differences(before, after, marks, marks)}


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({"a": 1}, {"a": 1}, {}),
        ({"a": 1}, {"a": 2}, {"a": (1, 2)}),
        ({"a": 1}, {}, {"a": (1, None)}),
        ({"a": {"b": 1}}, {"a": {"b": 2}}, {"a.b": (1, 2)}),
        ({"a": [1, 2]}, {"a": [2, 1]}, {"a": ([1, 2], [2, 1])}),
        ({"a": [{"b": 1}]}, {"a": [{"b": 2}]}, {"a[0].b": (1, 2)}),
        ({"a": [{"b": 1}]}, {"a": []}, {"a[0].b": (1, None)}),
        ({"a": [{"b": 1}]}, {"a": None}, {"a[0].b": (1, None)}),
        ({"a": []}, {"a": None}, {}),
        ({"a": [{"b": 1}]}, {"a": UNKNOWN}, {"a": ([{"b": 1}], UNKNOWN)}),
    ],
)
def test_a_difference_is_told_where_it_is(before, after, expected):
    """As deep as it lies, and nothing else."""
    assert expected == told(before, after)


def test_blocks_that_have_names_are_compared_by_them():
    """The provider writes a set in whatever order."""
    before = {"setting": [{"name": "a", "value": "1"}, {"name": "b", "value": "2"}]}
    after = {"setting": [{"name": "b", "value": "3"}, {"name": "a", "value": "1"}]}

    assert {'setting["b"].value': ("2", "3")} == told(before, after)


def test_an_only_block_is_the_same_under_another_name():
    """Nothing else could be meant."""
    assert {"rule[0].id": ("a", "b")} == told(
        {"rule": [{"id": "a", "days": 1}]}, {"rule": [{"id": "b", "days": 1}]}
    )


def test_of_many_blocks_without_names_nobody_knows_which_is_gone():
    """Rather nothing is told than something wrong."""
    assert {} == told({"a": [{"b": 1}, {"b": 2}]}, {"a": [{"b": 2}]})


def test_a_pattern_has_no_indexes():
    """Rules are written for any of the blocks."""
    (one,) = differences(
        {"a": [{"name": "x", "b": [{"c": 1}]}]}, {"a": [{"name": "x", "b": [{"c": 2}]}]}, None, None
    )

    assert "a.x.b.c" == one.pattern


@pytest.mark.parametrize(
    ("marks", "hidden"),
    [
        (None, False),
        (True, True),
        ({"a": True}, True),
        ({"a": [{"b": True}]}, True),
        ({"a": [{"c": True}]}, False),
    ],
)
def test_what_terraform_marks_as_sensitive_is_hidden(marks, hidden):
    """Wherever on the way to it the mark is."""
    (one,) = differences({"a": [{"b": 1}]}, {"a": [{"b": 2}]}, marks, None)

    assert hidden == one.hidden


@pytest.mark.parametrize(
    ("after", "unknown", "expected"),
    [
        ({"a": 1}, {}, {"a": 1}),
        ({"a": 1}, {"b": True}, {"a": 1, "b": UNKNOWN}),
        ({"a": 1}, {"b": {}, "c": [], "d": False}, {"a": 1}),
        ({"a": {"b": 1}}, {"a": {"c": True}}, {"a": {"b": 1, "c": UNKNOWN}}),
        ({"a": [{"b": 1}]}, {"a": [{"c": True}]}, {"a": [{"b": 1, "c": UNKNOWN}]}),
        ({"a": ["x", None]}, {"a": [False, True]}, {"a": ["x", UNKNOWN]}),
        ({"a": []}, {"a": [True]}, {"a": [UNKNOWN]}),
        (None, True, UNKNOWN),
    ],
)
def test_the_unknown_is_put_where_it_belongs(after, unknown, expected):
    """`after_unknown` has the shape of `after`."""
    assert expected == known(after, unknown)
