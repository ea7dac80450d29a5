"""A route of the same shape that does nothing: what HTTP and validation alone cost."""

import sys
from typing import Annotated

from fastapi import Header, Response

from notification_api.models import Notification
from tests.bench.rivals.fastapi_server import application, run

app = application()


@app.post("/v1/notifications", status_code=202)
async def accept(
    notification: Notification, idempotency_key: Annotated[str | None, Header()] = None
) -> Response:
    """Take a notification and forget it."""
    del notification, idempotency_key
    # A model would be validated and serialised for half as much again; ours writes its answer out, too.
    return Response(
        '{"id":"0b9f5a9e-6a0d-4c1f-8f56-3f1a9f0c2d11"}', status_code=202, media_type="application/json"
    )


if __name__ == "__main__":
    sys.exit(run(app))
