import pytest

from stage.authorization.errors import RequestError
from stage.authorization.principals import ANONYMOUS as NOBODY
from stage.authorization.principals import Principal, PrincipalType
from stage.control_plane.callers import ANONYMOUS, Caller, Kind
from stage.control_plane.rights.principals import principal_of
from tests.unit.stage.control_plane.rights.written import ACCOUNT, ROLE, STAGE


@pytest.mark.parametrize("kind", [Kind.TASK, Kind.AGENT, Kind.ROLE])
def test_a_session_is_one_of_its_role(kind):
    """With the role's path, which the session's own ARN leaves out."""
    principal = principal_of(Caller(kind, "ASIA", ROLE, "0a1b"), ACCOUNT)

    assert Principal.of(f"arn:aws:sts::{ACCOUNT}:assumed-role/sender/0a1b", ROLE) == principal


def test_the_stage_is_the_accounts_root_user():
    """An administrator."""
    principal = principal_of(STAGE, ACCOUNT)

    assert (PrincipalType.ROOT, ACCOUNT) == (principal.type, principal.account)


def test_a_user_is_itself():
    """By its ARN."""
    arn = f"arn:aws:iam::{ACCOUNT}:user/people/u"

    assert Principal.of(arn) == principal_of(Caller(Kind.USER, "AKIA", user_arn=arn), ACCOUNT)


def test_whoever_signs_nothing_is_anonymous():
    """And has no account."""
    assert NOBODY is principal_of(ANONYMOUS, ACCOUNT)


def test_a_caller_without_a_role_is_none():
    """A task without a task role has no credentials to call with."""
    with pytest.raises(RequestError):
        principal_of(Caller(Kind.TASK, "ASIA", "", "0a1b"), ACCOUNT)
