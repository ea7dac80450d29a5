"""Users and roles that somebody has made by IAM and STS, found by their access keys.

moto keeps both in the process that answers IAM and STS; the one that has SQS to itself asks there.
"""

from datetime import UTC, datetime

from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.iam.models import iam_backends
from moto.sts.models import sts_backends

from stage.control_plane.callers import Caller, CallRefusedError, Kind, LookUp, Refusal, Session
from stage.control_plane.reports import Reporter

_PARTITION = "aws"


def in_moto(access_key_id: str, _token: str) -> Session | None:
    """Session of a key that this process's STS or IAM has given; None if neither has."""
    for _account, _partition, backend in sts_backends.iter_backends():
        taken = backend.get_assumed_role_from_access_key(access_key_id)
        if taken is not None:
            caller = Caller(Kind.ROLE, access_key_id, taken.role_arn, taken.session_name)
            return Session(caller, taken.session_token, _unix(taken.expiration))
    for user in list(iam_backends[DEFAULT_ACCOUNT_ID][_PARTITION].users.values()):
        if any(key.access_key_id == access_key_id for key in user.access_keys):
            return Session(Caller(Kind.USER, access_key_id, user_arn=user.arn), "")
    return None


def at(endpoint_url: str) -> LookUp:
    """Look-up at another emulated AWS, by its reports."""
    reporter = Reporter(endpoint_url)

    def look_up(access_key_id: str, token: str) -> Session | None:
        found = reporter.session_of(access_key_id, token)
        if isinstance(found, Refusal):
            raise CallRefusedError(found)
        return found

    return look_up


def _unix(moment: datetime) -> float:
    """Seconds since the Unix epoch; moto's times are UTC and say nothing of it."""
    return moment.replace(tzinfo=UTC).timestamp()
