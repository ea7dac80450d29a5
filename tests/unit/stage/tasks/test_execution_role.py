"""Clients that act in the execution role of a task."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from stage.control_plane.aws import Aws
from stage.errors import StageError
from stage.tasks.credentials import LIFETIME, Credentials
from stage.tasks.execution_role import ExecutionRole

AWS = Aws("http://127.0.0.1:1", "http://127.0.0.1:2", "eu-central-1")
ROLE = "arn:aws:iam::123456789012:role/api-execution"


class Sessions:
    """Begins sessions that are told apart by their numbers; the first ones last for so long."""

    def __init__(self, *lasting):
        self._lasting = [*lasting]
        self.count = 0

    def __call__(self):
        """Begin one."""
        self.count += 1
        lasts = self._lasting.pop(0) if self._lasting else LIFETIME
        return Credentials(
            f"ASIA{self.count}", "secret", f"token{self.count}", datetime.now(UTC) + lasts, ROLE
        )


def signed_with(client):
    """Access key and session token of a client's next call."""
    url = client.generate_presigned_url("list_tags_for_resource", {"resourceArn": "arn"})
    asked = parse_qs(urlsplit(url).query)
    return asked["X-Amz-Credential"][0].partition("/")[0], asked["X-Amz-Security-Token"][0]


@pytest.fixture
def sessions():
    """GIVEN a role none of whose sessions has begun."""
    return Sessions()


def test_clients_act_in_the_role_at_the_same_aws(sessions):
    """With a key of its session."""
    logs = ExecutionRole(AWS, ROLE, sessions).clients("log driver awslogs").logs

    assert ("ASIA1", "token1") == signed_with(logs)
    assert AWS.logs.meta.endpoint_url == logs.meta.endpoint_url


def test_a_task_has_one_session_and_each_client_once(sessions):
    """Whatever it is for."""
    role = ExecutionRole(AWS, ROLE, sessions)
    first, second = role.clients("secrets"), role.clients("log driver awslogs")

    assert first.logs is second.logs
    assert signed_with(first.logs) == signed_with(second.ecr)
    assert 1 == sessions.count


def test_a_session_begins_with_the_first_call(sessions):
    """A task that needs none has none."""
    assert ExecutionRole(AWS, ROLE, sessions).clients("log driver awslogs").logs
    assert 0 == sessions.count


def test_a_session_is_renewed_before_it_ends():
    """A client goes on shipping for as long as its task runs."""
    logs = ExecutionRole(AWS, ROLE, Sessions(timedelta(minutes=9))).clients("log driver awslogs").logs

    assert [("ASIA1", "token1"), ("ASIA2", "token2"), ("ASIA2", "token2")] == [
        signed_with(logs) for _ in range(3)
    ]


@pytest.mark.parametrize("feature", ["ECR images", "log driver awslogs"])
def test_a_task_without_the_role_is_told_what_it_needs_it_for(sessions, feature):
    """In the words with which ECS would not even have taken its task definition."""
    with pytest.raises(StageError, match=f"task definition to have execution role ARN to support {feature}."):
        ExecutionRole(AWS, "", sessions).clients(feature)
