import json

import pytest

from stage.control_plane import identities
from stage.control_plane.callers import CALLERS, OWN_KEYS, Caller, Callers, CallRefusedError, Kind, Refusal
from tests.unit.stage.emulated import reporting

ROLE = "arn:aws:iam::123456789012:role/ops"
_TRUST = json.dumps({"Version": "2012-10-17", "Statement": []})


@pytest.fixture
def taken(client):
    """Credentials of a role that somebody has taken."""
    client("iam").create_role(RoleName="ops", AssumeRolePolicyDocument=_TRUST)
    return client("sts").assume_role(RoleArn=ROLE, RoleSessionName="load")["Credentials"]


@pytest.fixture
def elsewhere(client):
    """The look-up of another process, which has neither STS nor IAM."""
    CALLERS.configure(OWN_KEYS, identities.in_moto)
    with reporting() as reporter:
        yield identities.at(reporter.endpoint_url)
    CALLERS.configure(OWN_KEYS, lambda *_: None)


def test_whoever_took_a_role_is_known_by_it(taken):
    """With the session's name, its token, and its end."""
    session = identities.in_moto(taken["AccessKeyId"], "")

    assert Caller(Kind.ROLE, taken["AccessKeyId"], ROLE, "load") == session.caller
    assert (taken["SessionToken"], int(taken["Expiration"].timestamp())) == (
        session.token,
        int(session.expires_at),
    )


def test_a_user_is_known_by_each_of_its_keys(client):
    """Until the key is deleted; a user's key has no session token."""
    iam = client("iam")
    arn = iam.create_user(UserName="u")["User"]["Arn"]
    key = iam.create_access_key(UserName="u")["AccessKey"]["AccessKeyId"]

    session = identities.in_moto(key, "")

    assert (Caller(Kind.USER, key, user_arn=arn), "", None) == (
        session.caller,
        session.token,
        session.expires_at,
    )
    iam.delete_access_key(UserName="u", AccessKeyId=key)
    assert identities.in_moto(key, "") is None


def test_a_key_that_aws_has_not_given_is_nobody_s(taken):
    """Whatever it looks like."""
    assert identities.in_moto("ASIAEXAMPLEEXAMPLE22", taken["SessionToken"]) is None


def test_the_process_that_has_sqs_asks_the_other(taken, elsewhere):
    """With the token, which is not told."""
    callers = Callers(look_up=elsewhere)

    assert (Kind.ROLE, ROLE) == (
        callers.of(taken["AccessKeyId"], taken["SessionToken"]).kind,
        callers.of(taken["AccessKeyId"], taken["SessionToken"]).role_arn,
    )


@pytest.mark.parametrize(("lost", "reason"), [(True, Refusal.UNKNOWN_KEY), (False, Refusal.WRONG_TOKEN)])
def test_what_the_other_refuses_is_refused(taken, elsewhere, lost, reason):
    """For the other's reason."""
    with pytest.raises(CallRefusedError) as refused:
        Callers(look_up=elsewhere).of("ASIALOST" if lost else taken["AccessKeyId"], "other")

    assert reason is refused.value.reason
