import pytest

from stage.authorization.calls.tags import tags_in


@pytest.mark.parametrize(
    "found",
    [
        {"Application": "notifications", "Empty": ""},
        [{"Key": "Application", "Value": "notifications"}, {"Key": "Empty", "Value": ""}],
        [{"key": "Application", "value": "notifications"}, {"key": "Empty"}],
        [{"TagKey": "Application", "TagValue": "notifications"}, {"TagKey": "Empty", "TagValue": ""}],
        [[{"Key": "Application", "Value": "notifications"}], [{"Key": "Empty"}]],
    ],
)
def test_tags_are_read_in_every_spelling(found):
    """Each service has its own."""
    assert {"Application": "notifications", "Empty": ""} == tags_in(found)


def test_tags_that_are_taken_away_have_no_value():
    """A request then tells their keys alone."""
    assert {"Application": None} == tags_in(["Application"])
    assert {} == tags_in(None)
