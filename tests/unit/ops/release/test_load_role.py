"""The role that makes the load beside a bake."""

from botocore.exceptions import ClientError

from ops.release.load_command import LoadCommand
from ops.release.load_role import credentials

ROLE = "arn:aws:iam::123456789012:role/load"
GIVEN = {"AccessKeyId": "its id", "SecretAccessKey": "its key", "SessionToken": "its token"}


class Sts:
    """Gives credentials of the one role that there is."""

    def __init__(self):
        self.asked = []

    def client(self, name):
        """The client of STS."""
        assert "sts" == name
        return self

    def assume_role(self, **asked):
        """As STS does."""
        self.asked.append(asked)
        if asked["RoleArn"] != ROLE:
            raise ClientError({"Error": {"Code": "AccessDenied", "Message": "not authorized"}}, "AssumeRole")
        return {"Credentials": GIVEN}


def test_its_credentials_are_found_by_every_client_of_aws():
    """In the variables that all of them read, for as long as AWS gives a role to a role."""
    sts = Sts()

    found = credentials(sts, ROLE)

    assert {
        "AWS_ACCESS_KEY_ID": "its id",
        "AWS_SECRET_ACCESS_KEY": "its key",
        "AWS_SESSION_TOKEN": "its token",
    } == found
    assert [3600] == [one["DurationSeconds"] for one in sts.asked]


def test_a_role_that_cannot_be_taken_speaks_against_the_candidate(tmp_path):
    """It was baked without a load."""
    other = "arn:aws:iam::123456789012:role/other"
    with LoadCommand("true", tmp_path / "load.log", lambda: credentials(Sts(), other)) as load:
        (reason,) = load.against()

    assert "its role cannot be taken" in reason
    assert "AccessDenied" in reason
