import pytest

from verify.rights.patterns import matches, without_variables


@pytest.mark.parametrize(
    ("pattern", "text", "is_so"),
    [
        ("arn:aws:s3:::bucket/*", "arn:aws:s3:::bucket/a/b", True),
        ("arn:aws:s3:::bucket/*", "arn:aws:s3:::bucket", False),
        ("arn:aws:s3:::b?cket", "arn:aws:s3:::bucket", True),
        ("arn:aws:s3:::b?cket", "arn:aws:s3:::bcket", False),
        ("arn:aws:s3:::Bucket", "arn:aws:s3:::bucket", False),
        ("group[a]", "group[a]", True),
        ("group[a]", "groupa", False),
        ("*", "anything", True),
    ],
)
def test_wildcards_are_iams(pattern, text, is_so):
    """An asterisk goes over slashes, and a bracket is a bracket."""
    assert is_so == matches(pattern, text)


def test_a_variable_may_have_any_value():
    """The caller fills it in."""
    assert "home/*/box/*" == without_variables("home/${aws:username}/box/${aws:PrincipalTag/box, 'none'}")
