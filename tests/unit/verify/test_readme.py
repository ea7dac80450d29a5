import pytest

from tests.load.readme_table import README, table, with_table
from verify.discovery import discovered


def test_the_table_is_that_of_the_scenarios_that_there_are():
    """Write it with `.tox/unit/bin/python -m tests.load.readme_table --write`."""
    text = README.read_text("utf-8")

    assert with_table(text) == text


def test_each_scenario_has_a_row_with_what_it_shows_and_its_checks():
    """In the order in which they run."""
    rows = table().splitlines()[2:]

    for row, (name, scenario) in zip(rows, discovered().items(), strict=True):
        assert all(part in row for part in (name, scenario.sentence, *scenario.rules))


def test_a_document_without_a_place_is_said():
    """Nothing is written to where nobody looks."""
    with pytest.raises(ValueError, match="lacks"):
        with_table("# Verify\n")
