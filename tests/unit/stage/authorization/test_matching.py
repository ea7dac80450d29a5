import pytest

from stage.authorization.errors import PolicyError
from stage.authorization.matching import parse_actions, parse_resources

NEW = "2012-10-17"


@pytest.mark.parametrize(
    "pattern", ["SendMessage", "sqs:", "sqs:Send Message", ":SendMessage", "s*s:SendMessage", ""]
)
def test_what_is_no_action_is_refused(pattern):
    """It is named."""
    with pytest.raises(PolicyError, match="is no action"):
        parse_actions(pattern, excluded=False)


def test_an_action_matches_as_a_whole():
    """Of several patterns each is one."""
    found = parse_actions(["sqs:Send", "sqs:Get*"], excluded=False)

    assert found.concern("SQS:getqueueurl")
    assert not found.concern("sqs:SendMessage")
    assert parse_actions(["sqs:Send"], excluded=True).concern("sqs:SendMessage")


@pytest.mark.parametrize("pattern", ["*", "arn:aws:s3:::box", "arn:aws:logs:*", "arn:aws:sqs:eu-west-1:*"])
def test_resources_are_arns_and_asterisks(pattern):
    """An asterisk may stand for all that follows."""
    assert (pattern,) == parse_resources(pattern, NEW, excluded=False).patterns


@pytest.mark.parametrize(
    "pattern",
    ["box", "arn:aws", "arn:aws:*:::box", "arn:aws:s?s:eu-west-1:1:a", "arn:${aws:PrincipalTag/a}:s3:::box"],
)
def test_what_is_no_resource_is_refused(pattern):
    """It is named."""
    with pytest.raises(PolicyError, match="is no resource"):
        parse_resources(pattern, NEW, excluded=False)


@pytest.mark.parametrize("element", [5, ["*", None], {"Ref": "a"}])
def test_what_is_no_text_is_refused(element):
    """An action and a resource are texts."""
    with pytest.raises(PolicyError, match="is no text"):
        parse_resources(element, NEW, excluded=False)


def test_a_not_resource_with_a_variable_without_a_value_is_about_nothing():
    """All but nobody knows what is nothing; a match beside it still counts."""
    found = parse_resources(["arn:aws:s3:::${aws:username}", "arn:aws:s3:::box"], NEW, excluded=True)

    assert not found.concern("arn:aws:s3:::other", {})
    assert found.concern("arn:aws:s3:::other", {"aws:username": ("carlos",)})
    assert not found.concern("arn:aws:s3:::carlos", {"aws:username": ("carlos",)})


def test_a_resource_with_a_variable_without_a_value_leaves_the_others():
    """Each is for itself."""
    found = parse_resources(
        ["arn:aws:s3:::${aws:username}", "arn:aws:s3:::${aws:PrincipalTag/a}"], NEW, excluded=False
    )

    assert found.concern("arn:aws:s3:::x", {"aws:principaltag/a": ("x",)})
