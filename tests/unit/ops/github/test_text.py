import pytest

from ops.github.text import MAX_BODY, body
from tests.workflows import github_api

MARKER = "<!-- ops x: staging -->"
RUN = {
    "GITHUB_SERVER_URL": "https://github.com",
    "GITHUB_REPOSITORY": "example/notifications",
    "GITHUB_RUN_ID": "42",
}


@pytest.fixture(autouse=True)
def of_no_run(monkeypatch):
    """A person's own terminal."""
    for name in RUN:
        monkeypatch.delenv(name, raising=False)


def test_a_text_begins_with_its_marker():
    """By which it is found again."""
    assert f"{MARKER}\n**x**\n" == body(MARKER, "**x**\n\n")


@pytest.mark.parametrize("missing", [None, *RUN])
def test_a_run_is_named_where_it_is_known(monkeypatch, missing):
    """Its log and its summary have more."""
    for name, value in RUN.items():
        monkeypatch.setenv(name, "" if name == missing else value)

    told = "\n\nFrom [run 42](https://github.com/example/notifications/actions/runs/42)."
    assert f"{MARKER}\nx{'' if missing else told}\n" == body(MARKER, "x")


@pytest.mark.parametrize("length", [MAX_BODY - 30, MAX_BODY, MAX_BODY * 3])
def test_what_github_does_not_take_is_cut_and_says_so(monkeypatch, length):
    """Marker and run stay."""
    for name, value in RUN.items():
        monkeypatch.setenv(name, value)
    made = body(MARKER, "| row |\n" * (length // 8))

    assert len(made) <= MAX_BODY == github_api.MAX_BODY
    assert len(made) > MAX_BODY - 10
    assert made.startswith(MARKER)
    assert "| row |\n\nThe rest is left out, since GitHub takes no more than 65,536 characters: " in made
    assert made.endswith("/runs/42).\n")
