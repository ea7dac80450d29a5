"""Credentials of tasks: short-lived keys of their roles, each task's its own.

A task finds them by two variables, as the SDKs of AWS do in any container:
https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html
"""

import hmac
import logging
import secrets
import string
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from threading import Lock
from typing import Any, Protocol

from botocore.exceptions import BotoCoreError, ClientError

from stage.control_plane.callers import Caller, Kind, Session
from stage.tasks.decide import severity

# On AWS they last six hours. botocore renews them when a quarter of an hour is left, so what lasts for less
# is asked for with every call (measured: 648 requests for 645 calls, at 14 minutes). With three minutes more,
# each client of a task asks once in three minutes (measured: 9 requests of 3 clients in 9 minutes, at 20
# calls a second each), and a rehearsal of some minutes sees every task renew them.
LIFETIME = timedelta(minutes=18)
"""Time from the start of credentials to their expiry, by this machine's clock, which the SDKs go by."""
# A minute more than the SDKs leave, so that none is given what it would renew at once.
RENEWED_BEFORE = timedelta(minutes=16)
"""Time before the expiry from which on new ones are given; those before go on until their own."""

_PATH = "/v2/credentials/"
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
_PREFIX, _ALPHABET, _LENGTH = "ASIA", string.ascii_uppercase + "234567", 16

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Credentials:
    """Credentials of a role's session.

    Attributes:
        access_key_id: The key.
        secret_access_key: Its secret.
        token: Session token.
        expires_at: When they end; whole seconds.
        role_arn: The role's.
    """

    access_key_id: str
    secret_access_key: str = field(repr=False)
    token: str = field(repr=False)
    expires_at: datetime
    role_arn: str

    def document(self) -> dict[str, str]:
        """JSON object that the SDKs read.

        https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html
        """
        return {
            "RoleArn": self.role_arn,
            "AccessKeyId": self.access_key_id,
            "SecretAccessKey": self.secret_access_key,
            "Token": self.token,
            "Expiration": self.expires_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        }


class Reports(Protocol):
    """An emulated AWS as far as it is told of sessions."""

    def session(self, session: Session, /) -> None:
        """Say that a key is valid from now on."""

    def end_sessions(self, session_name: str, /) -> None:
        """Say that none of a task's keys is valid any more."""


class TaskCredentials:
    """Gives tasks the credentials of their roles, and tells the emulated AWS of them.

    Args:
        url: Where tasks ask for them.
        reports: Every process of the emulated AWS.
        lifetime: Time from start to expiry.
        now: The machine's clock.
    """

    def __init__(
        self,
        url: str,
        reports: Sequence[Reports],
        *,
        lifetime: timedelta = LIFETIME,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._url = url
        self._reports = reports
        self._lifetime = lifetime
        self._now = now
        self._tasks: dict[str, _Task] = {}
        self._lock = Lock()

    def environment(self, task_id: str, role_arn: str) -> dict[str, str]:
        """Variables by which a task finds its role's credentials; none for a task without a role."""
        if not role_arn:
            return {}
        task = self._task(task_id)
        task.role_arn = role_arn
        return {
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{self._url}{_PATH}{task_id}",
            "AWS_CONTAINER_AUTHORIZATION_TOKEN": task.authorization,
        }

    def of_agent(self, task_id: str, role_arn: str) -> Credentials:
        """Credentials of a task's execution role, for what is done so that the task can start.

        Raises:
            ClientError, BotoCoreError: The emulated AWS could not be told of them.
        """
        task = self._task(task_id)
        with task.lock:
            return self._begin(task, Caller(Kind.AGENT, _key_id(), role_arn, task_id))

    def answer(self, path: str, authorization: str) -> tuple[HTTPStatus, dict[str, Any]]:
        """Status and document that a request is answered with.

        Errors are those of ECS's agent:
        https://github.com/aws/amazon-ecs-agent/tree/master/ecs-agent/tmds/handlers/v2

        Args:
            path: What is asked for.
            authorization: The header of that name.
        """
        task_id = path.removeprefix(_PATH)
        if not path.startswith(_PATH) or not task_id:
            return _refusal(HTTPStatus.BAD_REQUEST, "NoIdInRequest", "No ID in the request")
        task = self._tasks.get(task_id)
        unknown = _refusal(HTTPStatus.BAD_REQUEST, "InvalidIdInRequest", "Credentials not found")
        if task is None or not hmac.compare_digest(task.authorization.encode(), authorization.encode()):
            return unknown
        with task.lock:
            if task.has_ended:
                return unknown
            try:
                return HTTPStatus.OK, self._current(task, task_id).document()
            except (ClientError, BotoCoreError) as error:
                _LOG.warning("no credentials for task %s: %s", task_id, error)
                return _refusal(HTTPStatus.INTERNAL_SERVER_ERROR, "InternalServerError", "try again")

    def end(self, task_id: str) -> None:
        """End all of a task's sessions; it gets no credentials any more."""
        with self._lock:
            task = self._tasks.pop(task_id, None)
        if task is None:
            return
        with task.lock:
            task.has_ended = True
            if not task.has_sessions:
                return
            for reports in self._reports:
                try:
                    reports.end_sessions(task_id)
                except (ClientError, BotoCoreError) as error:
                    _LOG.log(severity(error), "the end of task %s is not told: %s", task_id, error)

    def _task(self, task_id: str) -> "_Task":
        with self._lock:
            return self._tasks.setdefault(task_id, _Task())

    def _current(self, task: "_Task", task_id: str) -> Credentials:
        if task.current is None or task.current.expires_at - self._now() <= RENEWED_BEFORE:
            task.current = self._begin(task, Caller(Kind.TASK, _key_id(), task.role_arn, task_id))
        return task.current

    def _begin(self, task: "_Task", caller: Caller) -> Credentials:
        """Begin a session: whoever gets its key can call with it at once."""
        expires_at = (self._now() + self._lifetime).replace(microsecond=0)
        # As long as AWS's are: they go with every call, and are signed.
        token, secret = secrets.token_urlsafe(600), secrets.token_urlsafe(30)
        task.has_sessions = True
        for reports in self._reports:
            reports.session(Session(caller, token, expires_at.timestamp()))
        return Credentials(caller.access_key_id, secret, token, expires_at, caller.role_arn)


@dataclass
class _Task:
    """Authorization of one task, and what it was given.

    Attributes:
        authorization: What it authorizes itself with.
        role_arn: Its task role's; empty if it has none.
        current: What it was given last.
        has_sessions: Whether the emulated AWS may know any of its keys.
        has_ended: Whether it gets nothing any more.
        lock: Held while a session begins or ends, so that none begins after the end.
    """

    authorization: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)
    role_arn: str = ""
    current: Credentials | None = None
    has_sessions: bool = False
    has_ended: bool = False
    lock: Lock = field(default_factory=Lock)


def _key_id() -> str:
    return _PREFIX + "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))


def _refusal(status: HTTPStatus, code: str, why: str) -> tuple[HTTPStatus, dict[str, Any]]:
    return status, {"code": code, "message": f"CredentialsV2Request: {why}", "HTTPErrorCode": int(status)}
