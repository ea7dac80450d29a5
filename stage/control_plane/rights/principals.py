"""Callers of the emulated AWS as principals of policies."""

from functools import lru_cache

from stage.authorization.principals import ANONYMOUS, Principal
from stage.control_plane.callers import Caller, Kind

# Each task has another session, and with it another principal.
_KEPT = 4096


@lru_cache(maxsize=_KEPT)
def principal_of(caller: Caller, account: str) -> Principal:
    """Principal that a caller is; whoever has the stage's own keys is the account's root user.

    Args:
        caller: Of a call.
        account: Number of the account that the stage is.

    Raises:
        RequestError: It has neither a role nor a user, and is not anonymous.
    """
    match caller.kind:
        case Kind.STAGE:
            return Principal.of(f"arn:aws:iam::{account}:root")
        case Kind.ANONYMOUS:
            return ANONYMOUS
        case _:
            return Principal.of(caller.arn, caller.role_arn)
