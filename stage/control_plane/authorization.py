"""Authorization of every call: it is carried out if the policies that are there allow it.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

import logging
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from functools import lru_cache
from http import HTTPStatus

from moto.core.models import DEFAULT_ACCOUNT_ID

from stage.authorization.calls.authorize import requests
from stage.authorization.calls.call import Call
from stage.authorization.decision import Decision
from stage.authorization.errors import PolicyError, RequestError
from stage.authorization.evaluate import evaluate
from stage.control_plane.authentication import CALLER, SERVICE, Environ, StartResponse, Wsgi
from stage.control_plane.callers import Caller, Kind
from stage.control_plane.rights import denied
from stage.control_plane.rights.beside import BESIDE, Beside
from stage.control_plane.rights.calls import call_of
from stage.control_plane.rights.policies import InMoto, Source
from stage.control_plane.rights.principals import principal_of
from stage.control_plane.rights.record import RECORD, Record
from stage.control_plane.rights.world import MotoWorld

ENFORCED = frozenset(Kind) - {Kind.STAGE}
"""Callers whose calls are refused: everybody but the stage itself, also who signs nothing."""

_log = logging.getLogger(__name__)


class Authorization:
    """Decides on calls whose callers are known, and records the decisions.

    The stage itself, and whoever has its environment, is an administrator whom no policy limits.

    Args:
        source: Place that policies are known from.
        record: Of the decisions.
        enforced: Kinds of callers whose calls are refused.
        beside: Roles that are tried beside those that call; their decisions are recorded too.
    """

    def __init__(
        self,
        source: Source | None = None,
        record: Record = RECORD,
        enforced: Collection[Kind] = ENFORCED,
        beside: Beside = BESIDE,
    ) -> None:
        self._source = source or InMoto()
        self._record = record
        self._enforced = enforced
        self._beside = beside

    def answer(self, environ: Environ, start_response: StartResponse, application: Wsgi) -> Iterable[bytes]:
        """Answer one call as the application does, or refuse it."""
        caller: Caller = environ[CALLER]
        if caller.kind is Kind.STAGE:
            return application(environ, start_response)
        for role in self._beside.tried_on(caller.role_arn):
            self._against(environ, replace(caller, role_arn=role), to_the_end=True)
        message = self._against(environ, caller)
        if message and caller.kind in self._enforced:
            status, headers, body = denied.answer(environ[SERVICE], message, environ)
            start_response(f"{status} {HTTPStatus(status).phrase}", list(headers.items()))
            return [body]
        return application(environ, start_response)

    def _against(self, environ: Environ, caller: Caller, *, to_the_end: bool = False) -> str:
        """Sentence with which AWS would refuse a call; "" for one that is allowed.

        What cannot be decided is not allowed, and the sentence says what has to be written down where.

        Args:
            environ: The call.
            caller: Whoever makes it, or would.
            to_the_end: Whether everything that the call takes is decided on after a refusal too.
        """
        decisions = []
        try:
            for one in self._decided(call_of(environ, environ[SERVICE], DEFAULT_ACCOUNT_ID), caller):
                decisions.append(one)
                if not (one.allowed or to_the_end):
                    break
        except (RequestError, PolicyError) as error:
            _log.warning("a call of %s cannot be decided: %s", caller.arn, error)
            return f"the stage cannot decide whether this is allowed: {error}"
        for one in decisions:
            self._record.note(one)
        return next((one.message for one in decisions if not one.allowed), "")

    def _decided(self, call: Call, caller: Caller) -> Iterator[Decision]:
        """Decisions on all that a call takes."""
        principal = principal_of(caller, call.account)
        rights = self._source.rights_of(caller)
        for request in requests(call, principal, _world(call.account, call.region, call.partition)):
            yield evaluate(request, self._source.policies_on(request, rights))


@lru_cache
def _world(account: str, region: str, partition: str) -> MotoWorld:
    return MotoWorld(account, region, partition)
