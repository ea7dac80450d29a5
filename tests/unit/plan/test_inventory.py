import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tests.plan.inventory import Inventory, expected, mismatches, write

KEYS = st.sampled_from(["a", "b", "c"])
LEAVES = st.integers(0, 3) | st.booleans() | st.lists(st.integers(0, 2), min_size=1, max_size=2)
TREES = st.recursive(LEAVES, lambda below: st.dictionaries(KEYS, below, max_size=3), max_leaves=8)
VALUES = st.dictionaries(
    st.sampled_from(["x.one", "x.two"]), st.dictionaries(KEYS, TREES, max_size=3), max_size=2
)


def _inventory(values, **counts):
    return Inventory(values, {}, counts, complete=True)


def _store(folder, name, **content):
    (folder / f"{name}.yaml").write_text(yaml.safe_dump(content))


def _lines(folder, name, found):
    return [f"{one.address} {one}" for one in mismatches(expected(name, folder), found)]


@pytest.fixture
def base(tmp_path):
    """A folder with the inventory of one queue."""
    found = Inventory({"q.this": {"delay": 0, "tags": {"a": "b"}}}, {"url": "u"}, {"q": 1}, complete=True)
    write("base", found, tmp_path)
    return tmp_path


def test_what_is_written_is_expected(base):
    """A plan matches the inventory that was written from it."""
    found = Inventory({"q.this": {"delay": 0, "tags": {"a": "b"}}}, {"url": "u"}, {"q": 1}, complete=True)
    assert [] == _lines(base, "base", found)


def test_the_file_names_the_command_that_writes_it(base):
    """Whoever opens it learns how it came about."""
    first = (base / "base.yaml").read_text().splitlines()[0]
    assert "python -m pytest tests/plan/test_inventories.py --write base" in first


def test_values_outputs_and_counts_are_held_against_the_plan(base):
    """Each of the three is compared."""
    found = Inventory({"q.this": {"delay": 1, "tags": {"a": "b"}}}, {"url": "v"}, {"q": 2}, complete=True)
    assert [
        "q.this delay: expected 0, planned 1",
        'url expected "u", planned "v"',
        "counts q: expected 1, planned 2",
    ] == _lines(base, "base", found)


def test_a_part_is_enough_where_the_file_is_not_complete(tmp_path):
    """What an incomplete inventory does not list may be anything."""
    _store(tmp_path, "part", values={"q.this": {"delay": 0}})
    assert [] == _lines(tmp_path, "part", _inventory({"q.this": {"delay": 0, "more": 1}, "q.other": {}}))


def test_absence_can_be_asserted(tmp_path):
    """Of an argument, and of a resource."""
    _store(tmp_path, "part", absent=["q.this / tags / a", "q.other"])
    found = _inventory({"q.this": {"tags": {"a": "b"}}, "q.other": {"c": 1}})
    assert [
        'q.other expected nothing, planned {"c": 1}',
        'q.this tags.a: expected nothing, planned "b"',
    ] == _lines(tmp_path, "part", found)
    assert [] == _lines(tmp_path, "part", _inventory({"q.this": {"tags": {"b": "c"}}}))


def test_a_base_is_renamed(base):
    """Another environment differs by name, and only what differs otherwise is listed."""
    _store(base, "other", base="base.yaml", renamed={"b": "z"}, values={"q.this": {"delay": 9}})
    assert {"q.this": {"delay": 9, "tags": {"a": "z"}}} == expected("other", base).values


def test_a_written_inventory_keeps_its_base(base):
    """Only the difference is written."""
    _store(base, "other", base="base.yaml")
    found = Inventory({"q.this": {"delay": 0}, "q.more": {"x": 1}}, {"url": "u"}, {"q": 2}, complete=True)
    write("other", found, base)
    assert {
        "base": "base.yaml",
        "counts": {"q": 2},
        "absent": ["q.this / tags"],
        "values": {"q.more": {"x": 1}},
    } == yaml.safe_load((base / "other.yaml").read_text())
    assert [] == _lines(base, "other", found)


@given(first=VALUES, second=VALUES)
def test_base_and_difference_make_the_plan(tmp_path_factory, first, second):
    """Whatever two plans hold, the second is its difference laid over the first."""
    folder = tmp_path_factory.mktemp("inventories")
    write("first", _inventory(first), folder)
    _store(folder, "second", base="first.yaml")
    write("second", _inventory(second), folder)
    assert expected("second", folder).values == second
    assert [] == mismatches(expected("second", folder), _inventory(second))


def test_an_output_that_the_base_has_may_be_absent(base):
    """A part that is switched off takes its outputs with it."""
    found = Inventory({"q.this": {"delay": 0, "tags": {"a": "b"}}}, {}, {"q": 1}, complete=True)
    _store(base, "without", base="base.yaml")
    write("without", found, base)
    assert ["outputs / url"] == yaml.safe_load((base / "without.yaml").read_text())["absent"]
    assert [] == _lines(base, "without", found)

    found.outputs["url"] = "u"
    assert [
        'url expected nothing, planned "u"',
        'outputs url: expected nothing, planned "u"',
    ] == _lines(base, "without", found)
