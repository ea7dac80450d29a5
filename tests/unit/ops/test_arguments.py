"""Arguments that commands have in common."""

from pathlib import Path

import pytest

from ops import __main__ as command_line

LINES = [["drift"], ["release", "--status"]]


@pytest.mark.parametrize("line", LINES, ids=lambda line: line[0])
@pytest.mark.parametrize(
    ("variable", "given", "folder"),
    [
        (None, (), None),
        ("", (), None),
        ("stage", (), Path("stage")),
        ("stage", ("--folder", "other"), Path("other")),
    ],
)
def test_a_folder_is_the_variables_unless_it_is_given(monkeypatch, line, variable, given, folder):
    """Where a pipeline is rehearsed on a stage, none of its commands names it."""
    monkeypatch.delenv("OPS_FOLDER", raising=False)
    if variable is not None:
        monkeypatch.setenv("OPS_FOLDER", variable)

    options = command_line.parser().parse_args([*line, "--environment", "staging", *given])

    assert folder == options.folder
