import sys

import pytest

from ops.errors import UsageError
from ops.github.access import Access, GitHubError

GIVEN = {
    "GITHUB_TOKEN": "ghs_secret",
    "GITHUB_REPOSITORY": "example/notifications",
    "GITHUB_API_URL": "https://api.github.com",
}


@pytest.fixture
def given(monkeypatch):
    """Access with some variables of the environment changed."""

    def given(**changed):
        for name, value in (GIVEN | changed).items():
            monkeypatch.setenv(name, value) if value is not None else monkeypatch.delenv(name, raising=False)
        return Access.given()

    return given


def test_what_github_actions_sets_is_all_it_takes(given):
    """The address has no slash at its end, wherever GitHub is."""
    access = given(GITHUB_API_URL="https://github.example.com/api/v3/")

    assert Access("ghs_secret", "example/notifications", "https://github.example.com/api/v3") == access


def test_the_token_is_not_shown(given):
    """Not even by a traceback."""
    assert "ghs_secret" not in repr(given())


@pytest.mark.parametrize("value", [None, "", " "])
@pytest.mark.parametrize("name", GIVEN)
def test_what_is_missing_is_named(given, name, value):
    """In one line."""
    with pytest.raises(UsageError, match=f"^{name} is not set: "):
        given(**{name: value})


def test_all_that_is_missing_is_named_at_once(given):
    """Nobody wants to find out one after the other."""
    with pytest.raises(UsageError, match=r"GITHUB_TOKEN, GITHUB_REPOSITORY are not set"):
        given(GITHUB_TOKEN=None, GITHUB_REPOSITORY=None)


@pytest.mark.parametrize("wrong", ["notifications", "/x", "x/", "a/b/c"])
def test_a_repository_is_an_owner_and_a_name(given, wrong):
    """Else another address would be asked."""
    with pytest.raises(UsageError, match=r"give OWNER/NAME"):
        given(GITHUB_REPOSITORY=wrong)


def test_an_address_is_one(given):
    """Its scheme is often forgotten."""
    with pytest.raises(UsageError, match=r"GITHUB_API_URL is api\.github\.com: give"):
        given(GITHUB_API_URL="api.github.com")


def test_a_library_that_is_not_installed_is_named(given, monkeypatch):
    """And what installs it."""
    monkeypatch.delitem(sys.modules, "ops.github.repository", raising=False)
    monkeypatch.setitem(sys.modules, "github", None)

    with pytest.raises(GitHubError, match=r"PyGithub is not installed: tox run"):
        given().repository_there()
