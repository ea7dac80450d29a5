import pytest

from ops.github.access import Access


@pytest.fixture
def repository(api):
    """The repository, asked through PyGithub."""
    return Access.given().repository_there()
