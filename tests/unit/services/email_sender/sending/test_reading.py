import pytest

from email_sender.sending.reading import unknown_version


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("2", "2"),
        ("0", "0"),
        ("-1", "-1"),
        # JSON has one kind of number (RFC 8259, 6): whoever writes 2.0 or 2e0 means 2.
        ("2.0", "2"),
        ("2e0", "2"),
        ("9" * 5000, "9" * 5000),
        ("1", None),
        ("1.0", None),
        ("1.5", None),
        ("1e999", None),
        ("NaN", None),
        ("true", None),
        ("false", None),
        ("null", None),
        ('"2"', None),
        ("[2]", None),
        ("{}", None),
    ],
)
def test_only_whole_numbers_are_versions(said, expected):
    """The contract counts versions; what is no count is malformed for every sender."""
    assert expected == unknown_version(f'{{"schema_version": {said}, "anything": {{"else": 1}}}}')


@pytest.mark.parametrize(
    "body", ["", "{", "2", "[2]", '"2"', "null", "{}", '{"schema_version": 2', "[" * 100_000, "\ud800"]
)
def test_what_is_no_object_has_no_version(body):
    """Broken, deep and other JSON is malformed, and breaks nothing."""
    assert unknown_version(body) is None


def test_last_of_two_versions_counts():
    """As it does for who reads the rest of the message."""
    assert "3" == unknown_version('{"schema_version": 1, "schema_version": 3}')
