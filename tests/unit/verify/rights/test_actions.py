import pytest

from verify.rights.actions import all_but, meant_by


@pytest.mark.parametrize(
    ("pattern", "actions"),
    [
        ("sqs:SendMessage", {"sqs:SendMessage"}),
        ("SQS:sendmessage", {"sqs:SendMessage"}),
        ("ecr:BatchGet*", {"ecr:BatchGetImage", "ecr:BatchGetRepositoryScanningConfiguration"}),
        ("sqs:?urgeQueue", {"sqs:PurgeQueue"}),
        ("sqs:SendMesage", {"sqs:SendMesage"}),
        ("nothing:Send", {"nothing:Send"}),
        ("nothing:*", set()),
        ("sqs:Nothing*", set()),
    ],
)
def test_a_pattern_stands_for_actions_of_the_reference(pattern, actions):
    """What is written out stands for itself, known or not."""
    assert actions == meant_by(pattern)


def test_an_asterisk_is_every_action_of_every_service():
    """As in an administrator's policy."""
    assert {"sqs:SendMessage", "iam:PassRole", "ec2:RunInstances"} <= meant_by("*")
    assert meant_by("*:*") == meant_by("*")


def test_all_but_some_are_all_others():
    """NotAction grants more than anybody reads."""
    found = all_but(["iam:*", "sqs:SendMessage"])

    assert meant_by("*") - meant_by("iam:*") - {"sqs:SendMessage"} == found
    assert "sqs:PurgeQueue" in found
