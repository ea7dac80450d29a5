import hmac
import json
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
from botocore.exceptions import EndpointConnectionError

from stage.control_plane.callers import Caller, Kind
from stage.tasks.credentials import LIFETIME, RENEWED_BEFORE, TaskCredentials

ROLE, OTHER = (f"arn:aws:iam::123456789012:role/{name}" for name in ("api", "sender"))
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
# botocore's own, and those of the other SDKs are no longer.
# https://github.com/boto/botocore/blob/develop/botocore/credentials.py
ADVISORY_REFRESH = timedelta(minutes=15)


class Reports:
    """Takes what one emulated AWS is told."""

    def __init__(self):
        self.sessions, self.ended, self.answers = [], [], True

    def session(self, session):
        """Note a session."""
        if not self.answers:
            raise EndpointConnectionError(endpoint_url="http://127.0.0.1:9")
        self.sessions.append(session)

    def end_sessions(self, session_name):
        """Note an end."""
        if not self.answers:
            raise EndpointConnectionError(endpoint_url="http://127.0.0.1:9")
        self.ended.append(session_name)


class Clock:
    """A clock that is set."""

    now = NOON

    def __call__(self):
        """Tell the time."""
        return self.now


@pytest.fixture
def clock():
    """GIVEN noon."""
    return Clock()


@pytest.fixture
def told():
    """Both emulated AWSs: SQS has one to itself."""
    return Reports(), Reports()


@pytest.fixture
def credentials(told, clock):
    """GIVEN an endpoint without a server."""
    return TaskCredentials("http://127.7.0.1:80", told, now=clock)


@pytest.fixture
def ask(credentials):
    """Asks as an SDK does that finds these variables."""

    def ask(variables, token=None):
        path = urlsplit(variables["AWS_CONTAINER_CREDENTIALS_FULL_URI"]).path
        return credentials.answer(path, token or variables["AWS_CONTAINER_AUTHORIZATION_TOKEN"])

    return ask


def test_a_task_gets_its_role_s_credentials(credentials, ask, told):
    """With what the SDKs read; both emulated AWSs know the key before the task does."""
    status, given = ask(credentials.environment("0a1b", ROLE))

    assert 200 == status
    assert {"AccessKeyId", "SecretAccessKey", "Token", "Expiration", "RoleArn"} == given.keys()
    assert (ROLE, "2026-01-01T12:18:00Z") == (given["RoleArn"], given["Expiration"])
    assert given["AccessKeyId"].startswith("ASIA")
    assert 20 == len(given["AccessKeyId"])
    for reports in told:
        (session,) = reports.sessions
        assert Caller(Kind.TASK, given["AccessKeyId"], ROLE, "0a1b") == session.caller
        assert (given["Token"], (NOON + LIFETIME).timestamp()) == (session.token, session.expires_at)


def test_two_tasks_share_nothing(credentials, ask):
    """Though they have one role."""
    variables = [credentials.environment(task, ROLE) for task in ("0a1b", "2c3d")]

    given = [ask(one)[1] for one in variables]

    for name in ("AccessKeyId", "SecretAccessKey", "Token"):
        assert 2 == len({one[name] for one in given})
    assert 2 == len({one["AWS_CONTAINER_AUTHORIZATION_TOKEN"] for one in variables})


def test_another_task_s_token_opens_nothing(credentials, ask, told):
    """Nor does none; nothing tells whether the task is there."""
    mine, other = (credentials.environment(task, ROLE) for task in ("0a1b", "2c3d"))
    lost = {**mine, "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.7.0.1:80/v2/credentials/lost"}

    refused = [ask(mine, other["AWS_CONTAINER_AUTHORIZATION_TOKEN"]), ask(mine, "none"), ask(lost)]

    assert [(400, "InvalidIdInRequest")] * 3 == [(status, said["code"]) for status, said in refused]
    assert 1 == len({json.dumps(said) for _status, said in refused})
    assert [] == told[0].sessions


@pytest.mark.parametrize("path", ["/", "/v2/credentials/", "/v3/metadata"])
def test_a_request_for_no_task_is_refused(credentials, path):
    """In the words of ECS's agent."""
    assert (400, "NoIdInRequest") == (
        credentials.answer(path, "any")[0],
        credentials.answer(path, "any")[1]["code"],
    )


def test_the_same_is_given_until_it_is_renewed(credentials, ask, clock):
    """All SDK clients of a task have one key; a renewal is another, with a time of its own."""
    variables = credentials.environment("0a1b", ROLE)
    first = ask(variables)[1]
    clock.now = NOON + LIFETIME - RENEWED_BEFORE - timedelta(seconds=1)
    second = ask(variables)[1]
    clock.now += timedelta(seconds=1)
    third = ask(variables)[1]

    assert first == second
    assert first["AccessKeyId"] != third["AccessKeyId"]
    assert "2026-01-01T12:20:00Z" == third["Expiration"]


def test_an_sdk_never_gets_what_it_would_renew_at_once():
    """It would ask again at every call; and it asks within minutes, which a rehearsal sees."""
    assert RENEWED_BEFORE > ADVISORY_REFRESH
    assert timedelta(minutes=1) < LIFETIME - ADVISORY_REFRESH < timedelta(minutes=5)


def test_expiry_is_told_to_the_second_it_is(credentials, ask, clock, told):
    """What is written has whole seconds: a key must not end before."""
    clock.now = NOON + timedelta(microseconds=999_999)
    given = ask(credentials.environment("0a1b", ROLE))[1]

    assert "2026-01-01T12:18:00Z" == given["Expiration"]
    assert (NOON + LIFETIME).timestamp() == told[0].sessions[0].expires_at


def test_a_stopped_task_gets_nothing_more(credentials, ask, told):
    """And both emulated AWSs are told, once."""
    variables = credentials.environment("0a1b", ROLE)
    ask(variables)
    for _ in range(2):
        credentials.end("0a1b")

    assert (400, "InvalidIdInRequest") == (ask(variables)[0], ask(variables)[1]["code"])
    assert (["0a1b"], ["0a1b"]) == (told[0].ended, told[1].ended)


def test_a_request_that_meets_the_end_gets_nothing(credentials, ask, told, monkeypatch):
    """A session that began then would never be ended."""
    variables = credentials.environment("0a1b", ROLE)
    monkeypatch.setattr(hmac, "compare_digest", lambda *_: credentials.end("0a1b") is None)

    status, _said = ask(variables)

    assert (400, []) == (status, told[0].sessions)


def test_a_task_that_never_asked_ends_all_the_same(credentials, told):
    """Whoever asks later gets nothing; there is nothing to be told of."""
    credentials.environment("0a1b", ROLE)
    credentials.end("0a1b")
    credentials.end("of no role")

    assert [] == told[0].ended


def test_one_that_does_not_answer_keeps_nothing_from_the_other(credentials, ask, told):
    """A task's end is told to whoever is there."""
    ask(credentials.environment("0a1b", ROLE))
    told[0].answers = False
    credentials.end("0a1b")

    assert ["0a1b"] == told[1].ended


def test_a_key_that_nobody_knows_of_is_not_given(credentials, ask, told):
    """An SDK tries again after a 500."""
    variables = credentials.environment("0a1b", ROLE)
    told[1].answers = False
    failed = ask(variables)
    told[1].answers = True
    status, given = ask(variables)

    assert (500, "InternalServerError") == (failed[0], failed[1]["code"])
    assert (200, given["AccessKeyId"]) == (status, told[1].sessions[0].caller.access_key_id)


def test_the_agent_acts_in_the_execution_role(credentials, told):
    """With a session of its own, that ends with the task."""
    given = credentials.of_agent("0a1b", OTHER)
    credentials.end("0a1b")

    (session,) = told[0].sessions
    assert Caller(Kind.AGENT, given.access_key_id, OTHER, "0a1b") == session.caller
    assert ["0a1b"] == told[0].ended


def test_credentials_show_no_secret(credentials):
    """Neither in a log nor in a traceback."""
    given = credentials.of_agent("0a1b", ROLE)

    assert given.secret_access_key not in repr(given)
    assert given.token not in repr(given)
