"""Callers of the emulated AWS, told apart by the access key and the session token of their calls."""

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from threading import Lock
from typing import Any, Self

OWN_KEYS = ("stage",)
"""Access keys of the stage, and of whoever has its environment: Terraform, `ops` and `verify` among them."""

# For so long a key is told from one that never was, though nobody can call with it any more.
_KEPT_SECONDS = 3600.0


class Kind(StrEnum):
    """Kind of a caller."""

    STAGE = "stage"
    """The stage itself, and whoever has its environment."""
    TASK = "task"
    """A task, in its task role."""
    AGENT = "agent"
    """ECS on behalf of a task, in the task's execution role."""
    ROLE = "role"
    """Whoever took a role by STS."""
    USER = "user"
    """An IAM user."""
    ANONYMOUS = "anonymous"
    """Whoever signs nothing, as AssumeRoleWithWebIdentity wants it."""


_OF_TASKS = frozenset({Kind.TASK, Kind.AGENT})


@dataclass(frozen=True, slots=True)
class Caller:
    """Whoever makes a call, as far as the emulated AWS knows.

    Attributes:
        kind: Kind of caller.
        access_key_id: What the call is signed with; empty if it is not signed.
        role_arn: ARN of the role that the caller has taken; empty for none.
        session_name: Name of the role's session: a task's id, as on ECS.
        user_arn: ARN of the IAM user.
    """

    kind: Kind
    access_key_id: str = ""
    role_arn: str = ""
    session_name: str = ""
    user_arn: str = ""

    @property
    def is_of_task(self) -> bool:
        """Whether the call is a task's, or made so that a task can start."""
        return self.kind in _OF_TASKS

    @property
    def arn(self) -> str:
        """ARN as policies and errors name it; empty for who is nobody of the account's.

        https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-role-session
        """
        if not self.role_arn:
            return self.user_arn
        account, _, role = self.role_arn.removeprefix("arn:aws:iam::").partition(":role/")
        return f"arn:aws:sts::{account}:assumed-role/{role.rpartition('/')[2]}/{self.session_name}"


ANONYMOUS = Caller(Kind.ANONYMOUS)


@dataclass(frozen=True, slots=True)
class Session:
    """Session in which an access key is valid.

    Attributes:
        caller: Whoever has the key.
        token: Session token that goes with it; empty for a user, who has none; None where none is looked at.
        expires_at: When it ends, in seconds since the Unix epoch; None for never.
    """

    caller: Caller
    token: str | None = field(repr=False)
    expires_at: float | None = None

    def facts(self) -> dict[str, Any]:
        """All of it, as JSON has it."""
        return asdict(self)

    @classmethod
    def read(cls, facts: Mapping[str, Any]) -> Self:
        """A session of its facts.

        Raises:
            KeyError: One of them is missing.
        """
        caller = Caller(**{**facts["caller"], "kind": Kind(facts["caller"]["kind"])})
        return cls(caller, facts["token"], facts["expires_at"])


class Refusal(StrEnum):
    """Reason for which a call is refused before it is looked at what it asks for."""

    UNKNOWN_KEY = "unknown key"
    WRONG_TOKEN = "wrong token"  # noqa: S105 - a reason
    EXPIRED = "expired"


class CallRefusedError(Exception):
    """A call is not its caller's.

    Attributes:
        reason: Why.
    """

    def __init__(self, reason: Refusal) -> None:
        super().__init__(str(reason))
        self.reason = reason


LookUp = Callable[[str, str], Session | None]


def _nobody(_access_key_id: str, _token: str) -> Session | None:
    return None


class Callers:
    """Sessions that are valid now; safe to share between threads.

    Args:
        own_keys: Access keys of the stage.
        look_up: Finds, by access key and token, the session of somebody that nobody has reported; None if
            there is none. It may raise CallRefusedError.
        now: The machine's clock, in seconds since the Unix epoch.
    """

    def __init__(
        self,
        own_keys: Iterable[str] = OWN_KEYS,
        look_up: LookUp = _nobody,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._now = now
        self._lock = Lock()
        self.configure(own_keys, look_up)

    def configure(self, own_keys: Iterable[str], look_up: LookUp) -> None:
        """Forget all sessions, and have other keys of the stage's own and another look-up."""
        self._look_up = look_up
        self._sessions: dict[str, Session] = {key: Session(Caller(Kind.STAGE, key), None) for key in own_keys}

    def begin(self, session: Session) -> None:
        """Take a session's key from now on; earlier keys of its caller last until their own expiry."""
        forgotten = self._now() - _KEPT_SECONDS
        with self._lock:
            kept = {
                key: one
                for key, one in self._sessions.items()
                if one.expires_at is None or one.expires_at > forgotten
            }
            self._sessions = {**kept, session.caller.access_key_id: session}

    def end(self, session_name: str) -> None:
        """Take none of a task's keys any more.

        Args:
            session_name: The task's id.
        """
        with self._lock:
            self._sessions = {
                key: one
                for key, one in self._sessions.items()
                if not (one.caller.is_of_task and one.caller.session_name == session_name)
            }

    def of(self, access_key_id: str, token: str) -> Caller:
        """Caller of a call that is signed with this key.

        Args:
            access_key_id: The key.
            token: Session token of the call; empty if it has none.

        Raises:
            CallRefusedError: Nobody has the key, it has expired, or another token goes with it.
        """
        return self.session(access_key_id, token).caller

    def session(self, access_key_id: str, token: str) -> Session:
        """Session of a call that is signed with this key.

        Raises:
            CallRefusedError: As for `of`.
        """
        session = self._sessions.get(access_key_id) or self._looked_up(access_key_id, token)
        if session.token is not None and session.token != token:
            raise CallRefusedError(Refusal.WRONG_TOKEN)
        if session.expires_at is not None and session.expires_at <= self._now():
            raise CallRefusedError(Refusal.EXPIRED)
        return session

    def _looked_up(self, access_key_id: str, token: str) -> Session:
        session = self._look_up(access_key_id, token)
        if session is None:
            raise CallRefusedError(Refusal.UNKNOWN_KEY)
        if session.expires_at is not None:
            # What does not end by itself may be deleted, and is looked up again.
            self.begin(session)
        return session


CALLERS = Callers()
"""Those of this process."""
