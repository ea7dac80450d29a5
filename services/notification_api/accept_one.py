"""`POST /v1/notifications`."""

import re
from time import perf_counter

from pydantic import ValidationError
from starlette.responses import Response
from starlette.types import Receive, Scope

from notification_api.acceptance import Acceptance
from notification_api.caller import caller_of
from notification_api.models import NOTIFICATION, InvalidField
from notification_api.problems import answer, invalid, invalid_fields
from notification_api.request_parts import header, read_body
from observability.metrics import Metrics

IDEMPOTENCY_KEY = "Idempotency-Key"
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
        try:
            notification = NOTIFICATION.validate_json(body, context=self._acceptance.rules)
        except ValidationError as error:
            return answer(invalid(invalid_fields(error)))
        key = header(scope, _IDEMPOTENCY_KEY)
        if key is not None and _IS_IDEMPOTENCY_KEY.fullmatch(key) is None:
            detail = "must have 1 to 256 visible ASCII characters"
            return answer(invalid([InvalidField(pointer=IDEMPOTENCY_KEY, detail=detail)]))
        try:
            notification_id, confirmed = self._acceptance.submit(notification, key, caller_of(scope))
            await confirmed
        except Exception as error:  # noqa: BLE001 - what it cannot explain, it raises again
            return answer(self._acceptance.not_accepted(error))
        self._acceptance.accepted()
        self._metrics.observe("AcceptDuration", (perf_counter() - began) * 1000, "Milliseconds")
        return Response(f'{{"id":"{notification_id}"}}', 202, media_type="application/json")
