"""Each mistake about an account, and the sentence that Terraform answers it with."""

import pytest

from tests.plan.account import ACCOUNT

NAME = "name must be 2 to 13 lower-case letters, digits and dashes"
RESERVED = "name must not begin with what AWS keeps to itself"
AMONG = "environments must be among development, staging and production."
OWNER = "github.owner must be a user's or an organisation's login"
REPOSITORY = "github.repository must be the repository's name without its owner"
NUMBERS = "github.owner_id and github.repository_id must be GitHub's numbers, not names."
BRANCH = "github.main_branch must be one branch's name"
ZONE = "hosted_zone_ids must be ids of Route 53 hosted zones"
ZONE_OF = "hosted_zone_ids must be given by the names of environments."
DAYS = "state_history_days must be a whole number of days, at least 30."

# One plan a round; in each, every mistake is about another variable or another rule.
ROUNDS = {
    "low": (
        {
            "name": "n",
            "environments": [],
            "aws_region": "Frankfurt",
            "aws_account_id": "12345678901",
            "github": {"owner": "*", "owner_id": "example", "repository": "a/b", "repository_id": "1"},
            "state_history_days": 29,
        },
        [
            NAME,
            "environments must name at least one environment.",
            "aws_region must be a region's code, such as eu-central-1.",
            "aws_account_id must be 12 digits",
            OWNER,
            REPOSITORY,
            NUMBERS,
            DAYS,
        ],
    ),
    "high": (
        {
            "name": "notifications2",
            "environments": ["staging", "prod"],
            "aws_account_id": "1234567890123",
            "github": {
                "owner": "a" * 40,
                "owner_id": "1",
                "repository": "a" * 101,
                "repository_id": "0",
                "main_branch": "*",
            },
            "state_history_days": 30.5,
        },
        [NAME, AMONG, "aws_account_id must be 12 digits", OWNER, REPOSITORY, NUMBERS, BRANCH, DAYS],
    ),
    "beyond": ({"hosted_zone_ids": {"prod": "example.com"}}, [ZONE, ZONE_OF]),
    "named": (
        {
            "name": "ssm-mail",
            "github": {
                "owner": "a b",
                "owner_id": "01",
                "repository": "notifications.git",
                "repository_id": "1",
                "main_branch": "release/1..2",
            },
        },
        [RESERVED, OWNER, REPOSITORY, NUMBERS, BRANCH],
    ),
    "of another kind": (
        {
            "name": "sthree-mail",
            "github": {
                "owner": "-example",
                "owner_id": "1",
                "repository": "..",
                "repository_id": "1",
                "main_branch": "main.lock",
            },
        },
        [RESERVED, OWNER, REPOSITORY, BRANCH],
    ),
}
# The edge of what is allowed, and the longest of everything.
EDGE = {
    "name": "notifications",
    "environments": ["development", "staging", "production"],
    "github": {
        "owner": "a" * 39,
        "owner_id": "1",
        "repository": "A.b_c-" + "d" * 94,
        "repository_id": "9",
        "main_branch": "release/1.x",
    },
    "state_history_days": 30,
}
# A managed user's repository, with the names that a fork may have, in a region beside the commercial ones.
MANAGED = {
    "aws_region": "us-gov-west-1",
    "github": {
        "owner": "mona_example",
        "owner_id": "1",
        "repository": ".github",
        "repository_id": "9",
        "main_branch": "_next/v2+fix@2026#1",
    },
}


@pytest.mark.parametrize("name", ROUNDS)
def test_mistakes_are_refused(offline, name):
    """Terraform names every one of them."""
    wrong, messages = ROUNDS[name]
    said = offline.refused_values(name, ACCOUNT | wrong, "bootstrap")
    assert [] == [message for message in messages if message not in said]
    assert said.count("Error: Invalid value for variable") == len(messages)


def test_the_edge_is_accepted(offline):
    """What is just within the rules plans."""
    assert "" == offline.refusals_standalone("bootstrap", "edge", ACCOUNT | EDGE)


def test_managed_users_are_accepted(offline):
    """Logins with an underscore and branches with git's other characters take the roles like others."""
    assert "" == offline.refusals_standalone("bootstrap", "managed", ACCOUNT | MANAGED)
