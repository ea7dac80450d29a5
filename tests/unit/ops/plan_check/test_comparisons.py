import pytest

from ops.plan_check.comparisons import (
    below,
    changed,
    fewer,
    from_one_of,
    lowered,
    one_of,
    raised,
    removed,
    shortened,
    to_zero,
    turned_off,
    turned_on,
)
from ops.plan_check.values import UNKNOWN


@pytest.mark.parametrize(
    ("worse", "before", "after"),
    [
        (turned_off, True, False),
        (turned_off, True, None),
        (turned_off, "Enabled", "Suspended"),
        (turned_off, "true", "false"),
        (turned_on, False, True),
        (turned_on, None, True),
        (lowered, 2, 1),
        (lowered, "15", "0"),
        (raised, 1, 2),
        (to_zero, 3, 0),
        (to_zero, None, 0),
        (shortened, 90, 30),
        (shortened, 0, 30),
        (shortened, None, 30),
        (removed, "a", ""),
        (removed, "a", None),
        (removed, [1], []),
        (fewer, ["a", "b"], ["b"]),
        (fewer, ["a"], None),
        (changed, "a", "b"),
        (changed, "a", None),
        (one_of("x"), "a", "x"),
        (from_one_of("x"), "x", "a"),
        (from_one_of("x"), "x", None),
        (below(("low",), ("high",)), "high", "low"),
    ],
)
def test_what_is_worse(worse, before, after):
    """And not the other way round, unless any other value is."""
    assert worse(before, after)
    assert not worse(after, before) or worse is changed


@pytest.mark.parametrize(
    ("worse", "before", "after"),
    [
        (turned_off, False, False),
        (turned_off, False, None),
        (turned_on, True, True),
        (lowered, 1, 1),
        (lowered, "1", 1),
        (lowered, None, 1),
        (lowered, 1, None),
        (lowered, True, False),
        (lowered, "a", "b"),
        (to_zero, 0, 0),
        (shortened, 30, 0),
        (shortened, 30, None),
        (shortened, 30, 30),
        (removed, "", None),
        (fewer, ["a"], ["b", "a"]),
        (fewer, "a", []),
        (fewer, ["a"], [UNKNOWN]),
        (one_of("x"), "x", "x"),
        (from_one_of("x"), "a", "b"),
        (below(("low",), ("high",)), "other", "low"),
        (below(("low",), ("high",)), "high", ["low"]),
    ],
)
def test_what_is_not_worse(worse, before, after):
    """As good as before, or of another kind altogether."""
    assert not worse(before, after)


@pytest.mark.parametrize("value", [True, "Enabled", 3, ["a"], "x", "high"])
@pytest.mark.parametrize(
    "worse",
    [
        turned_off,
        turned_on,
        lowered,
        raised,
        to_zero,
        shortened,
        removed,
        fewer,
        changed,
        one_of("x"),
        from_one_of("x"),
        below(("low",), ("high",)),
    ],
)
def test_nobody_knows_whether_the_unknown_is_worse(worse, value):
    """Nor whether something is worse than it."""
    assert not worse(value, UNKNOWN)
    assert not worse(UNKNOWN, value)
