import pytest

from stage.authorization.principals import Principal, PrincipalType
from stage.control_plane.callers import Caller, Callers, CallRefusedError, Kind, Refusal, Session

KEY, TOKEN, ROLE, TASK = "ASIAEXAMPLEEXAMPLE22", "token", "arn:aws:iam::123456789012:role/api", "0a1b"
CALLER = Caller(Kind.TASK, KEY, ROLE, TASK)
STAGE = Caller(Kind.STAGE, "stage")


class Clock:
    """A clock that is set."""

    seconds = 1000.0

    def __call__(self):
        """Tell the seconds since the Unix epoch."""
        return self.seconds


@pytest.fixture
def clock():
    """GIVEN a clock at 1000."""
    return Clock()


@pytest.fixture
def callers(clock):
    """GIVEN callers with one task, whose key expires at 2000."""
    callers = Callers(now=clock)
    callers.begin(Session(CALLER, TOKEN, 2000.0))
    return callers


def refusal(callers, key, token):
    """Why a call is refused."""
    with pytest.raises(CallRefusedError) as refused:
        callers.of(key, token)
    return refused.value.reason


def test_a_call_is_its_task_s(callers):
    """By access key and session token."""
    assert CALLER == callers.of(KEY, TOKEN)
    assert callers.of(KEY, TOKEN).is_of_task


def test_the_stage_s_own_key_is_always_known(callers):
    """Whatever session token a person's environment adds to it."""
    assert [STAGE, STAGE] == [callers.of("stage", token) for token in ("", "somebody's")]
    assert not STAGE.is_of_task


def test_an_owner_s_key_may_be_called_otherwise():
    """The containers of other tests have a key of their own."""
    callers = Callers(own_keys=["123456789012"])

    assert Kind.STAGE is callers.of("123456789012", "").kind
    assert Refusal.UNKNOWN_KEY is refusal(callers, "stage", "")


@pytest.mark.parametrize("key", ["ASIAEXAMPLEEXAMPLE23", "task", "test"])
def test_a_key_that_nobody_has_is_refused(callers, key):
    """Tasks once had the key `task`."""
    assert Refusal.UNKNOWN_KEY is refusal(callers, key, TOKEN)


@pytest.mark.parametrize("token", ["", "another's"])
def test_a_task_s_key_goes_with_its_token(callers, token):
    """A key alone is nothing, and so is one with a token of another."""
    assert Refusal.WRONG_TOKEN is refusal(callers, KEY, token)


def test_a_key_is_refused_from_its_expiry_on(callers, clock):
    """To the second, by the machine's own clock."""
    clock.seconds = 1999.0
    before = callers.of(KEY, TOKEN)
    clock.seconds = 2000.0

    assert CALLER == before
    assert Refusal.EXPIRED is refusal(callers, KEY, TOKEN)


def test_earlier_keys_of_a_task_last_until_their_own_expiry(callers, clock):
    """A call that is signed before a renewal may come after it."""
    callers.begin(Session(Caller(Kind.TASK, "ASIANEW", ROLE, TASK), "new", 3000.0))

    assert {KEY, "ASIANEW"} == {
        callers.of(KEY, TOKEN).access_key_id,
        callers.of("ASIANEW", "new").access_key_id,
    }


def test_all_keys_of_a_task_end_with_it(callers):
    """Those of its execution role too; other tasks keep theirs."""
    callers.begin(Session(Caller(Kind.AGENT, "ASIAAGENT", ROLE, TASK), "agent's", 3000.0))
    callers.begin(Session(Caller(Kind.TASK, "ASIAOTHER", ROLE, "other"), "other's", 3000.0))
    callers.end(TASK)

    assert Refusal.UNKNOWN_KEY is refusal(callers, KEY, TOKEN)
    assert Refusal.UNKNOWN_KEY is refusal(callers, "ASIAAGENT", "agent's")
    assert "other" == callers.of("ASIAOTHER", "other's").session_name


def test_whoever_took_a_role_under_a_task_s_name_keeps_its_key(callers):
    """Anybody may name a session so; it is none of the task's."""
    taken = Caller(Kind.ROLE, "ASIAROLE", ROLE, TASK)
    callers.begin(Session(taken, "t", 3000.0))
    callers.end(TASK)

    assert taken == callers.of("ASIAROLE", "t")


def test_a_key_that_expired_long_ago_is_forgotten(callers, clock):
    """A stage that is up for days gives out thousands."""
    clock.seconds = 2000.0 + 3600.0
    callers.begin(Session(Caller(Kind.TASK, "ASIANEW", ROLE, TASK), "new", 9000.0))

    assert Refusal.UNKNOWN_KEY is refusal(callers, KEY, TOKEN)
    assert STAGE == callers.of("stage", "")


def test_whom_it_does_not_know_it_looks_up(clock):
    """Once while a session lasts; users have no sessions, and may be gone at the next call."""
    role, user = Caller(Kind.ROLE, "ASIAROLE", ROLE, "ops"), Caller(Kind.USER, "AKIAUSER", user_arn="arn")
    looked_up = []

    def look_up(key, token):
        looked_up.append((key, token))
        return {"ASIAROLE": Session(role, "t", 2000.0), "AKIAUSER": Session(user, "")}.get(key)

    callers = Callers(look_up=look_up, now=clock)

    assert [role, role] == [callers.of("ASIAROLE", "t") for _ in range(2)]
    assert [user, user] == [callers.of("AKIAUSER", "") for _ in range(2)]
    assert Refusal.WRONG_TOKEN is refusal(callers, "AKIAUSER", "t")
    assert Refusal.UNKNOWN_KEY is refusal(callers, "ASIALOST", "t")
    assert [("ASIAROLE", "t"), ("AKIAUSER", ""), ("AKIAUSER", "")] == looked_up[:3]


def test_a_session_shows_no_token():
    """Neither in a log nor in a traceback."""
    assert TOKEN not in repr(Session(CALLER, TOKEN, 2000.0))


@pytest.mark.parametrize(
    ("caller", "arn"),
    [
        (CALLER, "arn:aws:sts::123456789012:assumed-role/api/0a1b"),
        (
            Caller(Kind.TASK, KEY, "arn:aws:iam::123456789012:role/path/api", TASK),
            "arn:aws:sts::123456789012:assumed-role/api/0a1b",
        ),
        (
            Caller(Kind.USER, "AKIAUSER", user_arn="arn:aws:iam::123456789012:user/u"),
            "arn:aws:iam::123456789012:user/u",
        ),
        (STAGE, ""),
    ],
)
def test_a_caller_has_the_arn_that_policies_and_errors_name(caller, arn):
    """A session's has no path, and the stage is nobody of the account's."""
    assert arn == caller.arn


@pytest.mark.parametrize(
    ("caller", "kind"),
    [
        (CALLER, PrincipalType.SESSION),
        (Caller(Kind.USER, "AKIAUSER", user_arn="arn:aws:iam::123456789012:user/u"), PrincipalType.USER),
    ],
)
def test_whoever_decides_on_a_call_can_be_asked_about_its_caller(caller, kind):
    """Its two ARNs are all that it takes."""
    principal = Principal.of(caller.arn, caller.role_arn)

    assert (kind, "123456789012") == (principal.type, principal.account)
