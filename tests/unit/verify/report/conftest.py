import pytest

from tests.unit.verify.report import eventful


@pytest.fixture(scope="session")
def eventful_session():
    """A session with a run in which everything happens."""
    return eventful.session()
