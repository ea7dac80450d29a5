import pytest

from tests.integration.followed import follow, followed, forget, ids_in


@pytest.fixture(autouse=True)
def nothing_followed():
    """No test before this one, and none after it."""
    forget()
    yield
    forget()


def test_each_notification_is_followed_once():
    """In the order in which they were asked for."""
    follow("n-1")
    follow("n-2", "n-1")

    assert ["n-1", "n-2"] == followed()


@pytest.mark.parametrize(
    ("answer", "ids"),
    [
        ('{"id": "n-1", "status": "accepted"}', ["n-1"]),
        ('{"results": [{"id": "n-1", "status": 202}, {"status": 422, "problem": {}}]}', ["n-1"]),
        ('{"title": "Unauthorized"}', []),
        ("[1]", []),
        ("ok", []),
        ('{"results": 3}', []),
    ],
)
def test_an_answer_names_what_it_accepted(answer, ids):
    """One notification or a batch; anything else is about none."""
    assert ids == ids_in(answer)
