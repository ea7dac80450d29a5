import pytest

from tests.load.readme_table import EVERYWHERE, PLACE, README, table
from tests.marked import with_text
from verify.discovery import discovered


def test_the_table_is_that_of_the_scenarios_that_there_are():
    """Write it with `.tox/unit/bin/python -m tests.load.readme_table --write`."""
    text = README.read_text("utf-8")

    assert with_text(text, PLACE, table()) == text


def test_each_scenario_has_a_row_with_what_it_shows_and_its_checks():
    """In the order in which they run."""
    rows, _, always = table().rpartition("\n\n")

    for row, (name, scenario) in zip(rows.splitlines()[2:], discovered().items(), strict=True):
        own = [rule for rule in scenario.rules if rule not in EVERYWHERE]
        assert all(part in row for part in (name, scenario.sentence, *own))
        assert scenario.default == ("by default" in row)
    assert all(f"`{rule}`" in always for rule in EVERYWHERE)


def test_a_document_without_a_place_is_said():
    """Nothing is written to where nobody looks."""
    with pytest.raises(ValueError, match="lacks"):
        with_text("# Verify\n", PLACE, table())
