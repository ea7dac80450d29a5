"""`POST /v1/notifications`."""

import re
from time import perf_counter

from starlette.responses import Response
from starlette.types import Receive, Scope

from notification_api.acceptance import IDEMPOTENCY_KEY, Acceptance
from notification_api.caller import caller_of
from notification_api.documents import notification, read_json
from notification_api.invalid_fields import InvalidError
from notification_api.models import InvalidField
from notification_api.problems import answer, invalid
from notification_api.request_parts import headers, read_body
from shared.metrics import Metrics

_IDEMPOTENCY_KEY = IDEMPOTENCY_KEY.lower().encode()
_IS_IDEMPOTENCY_KEY = re.compile(r"[\x21-\x7e]{1,256}")


class AcceptOne:
    """Accepts a notification: 202 means that the queue has it, not that it was sent.

    Args:
        acceptance: Hands it to its queue.
        metrics: Takes how long it took.
    """

    def __init__(self, acceptance: Acceptance, metrics: Metrics) -> None:
        self._acceptance = acceptance
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive) -> Response:
        """Answer one request."""
        began = perf_counter()
        body = await read_body(receive)
        await self._acceptance.turns.wait(body)
        try:
            given = notification(read_json(body), self._acceptance.rules)
            key = _idempotency_key(scope)
        except InvalidError as error:
            return answer(invalid(error.errors, more=error.more))
        try:
            submitted = self._acceptance.submit(given, key, caller_of(scope))
        except Exception as error:  # noqa: BLE001 - what it cannot explain, it raises again
            return answer(self._acceptance.not_accepted(error))
        try:
            await submitted.confirmed
        except Exception as error:  # noqa: BLE001 - what it cannot explain, it raises again
            return answer(self._acceptance.not_accepted(error, submitted))
        self._acceptance.accepted(submitted)
        self._metrics.observe("AcceptDuration", (perf_counter() - began) * 1000, "Milliseconds")
        return Response(f'{{"id":"{submitted.id}"}}', 202, media_type="application/json")


def _idempotency_key(scope: Scope) -> str | None:
    """The key, or None if there is none.

    Raises:
        InvalidError: It is none, or there are several.
    """
    keys = headers(scope, _IDEMPOTENCY_KEY)
    if not keys:
        return None
    if len(keys) > 1:
        raise InvalidError([InvalidField(pointer=IDEMPOTENCY_KEY, detail="must be there once at most")])
    if _IS_IDEMPOTENCY_KEY.fullmatch(keys[0]) is None:
        detail = "must have 1 to 256 visible ASCII characters"
        raise InvalidError([InvalidField(pointer=IDEMPOTENCY_KEY, detail=detail)])
    return keys[0]
