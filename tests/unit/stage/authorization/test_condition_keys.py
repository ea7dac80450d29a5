import pytest

from stage.authorization.condition_keys import GLOBAL, MULTIVALUED, OF_TAGS, is_among

NAMES = frozenset(
    {"aws:RequestTag/${TagKey}", "kms:EncryptionContext:${Key}", "s3:Tag/<key>", "sm:Tag/tag-key"}
)


@pytest.mark.parametrize(
    "key",
    [
        "aws:requesttag/Team",
        "kms:EncryptionContext:aws:s3:arn",
        "s3:Tag/a/b",
        "sm:Tag/any",
        "AWS:RequestTag/x",
    ],
)
def test_a_key_is_known_whatever_its_place_is_filled_in_with(key):
    """AWS writes such places in three ways."""
    assert is_among(key, NAMES)


@pytest.mark.parametrize(
    "key", ["aws:RequestTag/", "aws:RequestTag", "aws:RequestTags/a", "xaws:RequestTag/a", ""]
)
def test_a_key_is_known_as_a_whole(key):
    """A place is never empty."""
    assert not is_among(key, NAMES)


def test_no_key_is_among_none():
    """Not even an empty one."""
    assert not is_among("", frozenset())


def test_a_key_may_have_several_values_only_if_there_is_one():
    """The names are the same in both lists."""
    assert set() == MULTIVALUED - GLOBAL - OF_TAGS
