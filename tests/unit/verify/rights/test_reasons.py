import pytest

from verify.errors import LoadError
from verify.rights.reasons import FILE, Reason, Reasons, name_of, read

ROLE = "arn:aws:iam::111122223333:role/system/staging-operators"


@pytest.fixture
def reasons(tmp_path):
    """Reads a file with such a text."""

    def read_text(text):
        file = tmp_path / "reasons.yaml"
        file.write_text(text)
        return read(file)

    return read_text


def test_the_file_of_the_repository_can_be_read():
    """It is what the command takes."""
    assert isinstance(read(FILE), Reasons)


def test_an_entry_has_its_line_role_and_reason(reasons):
    """Actions and resources, and what is refused."""
    found = reasons(
        """unused:
  - role: "*-operators"
    action: dynamodb:*
    reason: An incident's.
  - {role: "*", resource: "arn:aws:s3:::bucket", reason: None.}
refused:
  - {role: a, action: sqs:PurgeQueue, reason: A test's.}
"""
    )

    assert (
        Reason("reasons.yaml:2", "*-operators", "An incident's.", action="dynamodb:*"),
        Reason("reasons.yaml:5", "*", "None.", resource="arn:aws:s3:::bucket"),
    ) == found.unused
    assert (Reason("reasons.yaml:7", "a", "A test's.", action="sqs:PurgeQueue"),) == found.refused


def test_an_entry_may_name_several_actions(reasons):
    """Each is a reason of its own, in its own line: one that nobody grants is told alone."""
    found = reasons(
        "unused:\n  - role: a\n    reason: Rare.\n    action:\n      - sqs:Tag*\n      - kms:Tag*\n"
    )

    assert (
        Reason("reasons.yaml:5", "a", "Rare.", action="sqs:Tag*"),
        Reason("reasons.yaml:6", "a", "Rare.", action="kms:Tag*"),
    ) == found.unused


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "reasons.yaml:1: it has two lists"),
        ("- a", "reasons.yaml:1: it has two lists"),
        ("a: [", "reasons.yaml is no YAML"),
        ("unused: []\nkept: []", "reasons.yaml:2: there is no list 'kept'"),
        ("unused: 1", "reasons.yaml:1: unused must be a list"),
        ("unused:\n  - a", "reasons.yaml:2: an entry has role, reason"),
        ("unused:\n  - {role: a, reason: b}", "reasons.yaml:2: an entry names an action or a resource"),
        (
            "unused:\n  - {role: a, reason: b, action: c, resource: d}",
            "reasons.yaml:2: an entry names an action or a resource",
        ),
        ("unused:\n  - {role: a, action: c}", "reasons.yaml:2: an entry has role and reason"),
        ("unused:\n  - {role: a, action: c, reason: b, until: d}", "reasons.yaml:2: an entry has role and"),
        ("unused:\n  - role: a\n    action: c\n    reason: ''", "reasons.yaml:4: reason must be a text"),
        ("unused:\n  - {role: [a], action: c, reason: b}", "reasons.yaml:2: role must be a text"),
        ("unused:\n  - {role: a, action: [[c]], reason: b}", "reasons.yaml:2: action must be a text"),
        (
            "refused:\n  - {role: a, resource: c, reason: b}",
            "reasons.yaml:2: an entry for what is refused names an action",
        ),
    ],
)
def test_what_is_wrong_is_named_with_its_line(reasons, text, problem):
    """A reason that nobody reads excuses nothing."""
    with pytest.raises(LoadError, match=problem):
        reasons(text)


def test_a_file_that_is_not_there_is_named(tmp_path):
    """It is no file without reasons."""
    with pytest.raises(LoadError, match=r"none\.yaml cannot be read"):
        read(tmp_path / "none.yaml")


@pytest.mark.parametrize(
    ("principal", "name"),
    [
        (ROLE, "staging-operators"),
        ("arn:aws:iam::111122223333:user/ann", "arn:aws:iam::111122223333:user/ann"),
        ("sns.amazonaws.com", "sns.amazonaws.com"),
    ],
)
def test_a_role_is_called_by_its_name(principal, name):
    """Without its path, which tells nothing."""
    assert name == name_of(principal)


@pytest.mark.parametrize(
    ("resource", "covered"),
    [
        ("arn:aws:logs:eu-central-1:111122223333:log-group:/ecs/staging/mesh:*", True),
        ("arn:aws:logs:eu-central-1:111122223333:log-group:/ecs/staging/api:*", False),
    ],
)
def test_a_resource_may_be_any_regions_and_accounts(resource, covered):
    """A wildcard of the statement is covered by that of the entry."""
    resources = "arn:aws:logs:*:log-group:/ecs/*/mesh:*"
    entry = Reason("reasons.yaml:1", "*-execution", "None.", resource=resources)

    assert covered == entry.covers_resource("arn:aws:iam::111122223333:role/staging-api-execution", resource)
