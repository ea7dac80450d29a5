"""Burst: many notifications at once, by the API's route for batches."""

import json
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

from verify.content import Notification, traceparent
from verify.plan import RECIPIENT
from verify.record import Request
from verify.target import Target

# The API takes no more in one request (services/notification_api/models.py).
BATCH = 100
# Each task of the API at its minimum works at two of them.
_CONNECTIONS = 4
# As long as a load balancer waits for a target by default
# (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html).
_TIMEOUT_SECONDS = 60.0
# One client's share is used up, or the queue does not confirm: both are over some time.
_NOT_NOW = frozenset({429, 503})
# The answer to a batch of which only a part is refused says no time.
_PAUSE_SECONDS = 5.0


def send_burst(target: Target, count: int, seconds: float = 0.0) -> Sequence[Request]:
    """Ask for so many notifications as fast as they are accepted, in full batches.

    The API takes only so much at a time of one client, and then says when to come again: as many are asked
    for anew then. They are other ones, since what was refused with 503 may be in the queue all the same.

    Args:
        target: The system under test.
        count: Notifications that are to be accepted.
        seconds: Real seconds in which those that are refused for now are asked for anew.

    Returns:
        One record a notification, in the order of the batches; those of a batch share its trace.
    """
    deadline = time.monotonic() + seconds
    requests: list[Request] = []
    with ThreadPoolExecutor(_CONNECTIONS, thread_name_prefix="burst") as threads:
        while missing := count - sum(request.accepted for request in requests):
            sizes = [min(BATCH, missing - begun) for begun in range(0, missing, BATCH)]
            asked = [one for batch in threads.map(lambda size: _send(target, size), sizes) for one in batch]
            requests += asked
            wait = _wait_seconds(asked)
            if wait is None or time.monotonic() + wait > deadline:
                break
            time.sleep(wait)
    return requests


def _wait_seconds(asked: Sequence[Request]) -> float | None:
    """Real seconds until what was refused may be asked for again; None if nothing was, or some for good."""
    refused = [request for request in asked if not request.accepted]
    if not refused or any(request.status not in _NOT_NOW for request in refused):
        return None
    told = [float(request.retry_after) for request in refused if request.retry_after.isdigit()]
    return max(told, default=_PAUSE_SECONDS)


def _send(target: Target, size: int) -> Sequence[Request]:
    trace = uuid4()
    notifications = [Notification.numbered(uuid4(), RECIPIENT) for _ in range(size)]
    begun = time.time()
    asked = [
        replace(one.request(begun, target.api_key.partition(".")[0]), trace_id=trace.hex)
        for one in notifications
    ]
    status, results, error, retry_after = _post(target, trace, [one.body for one in notifications])
    finished = time.time()
    if len(results) != size:
        return [
            replace(one, finished_at=finished, status=status, error=error, retry_after=retry_after)
            for one in asked
        ]
    return [
        replace(one, finished_at=finished, status=result["status"], id=result.get("id") or "")
        for one, result in zip(asked, results, strict=True)
    ]


def _post(
    target: Target, trace: UUID, bodies: Sequence[dict[str, Any]]
) -> tuple[int, Sequence[dict[str, Any]], str, str]:
    """Status of a batch, what it says of each notification, what went wrong, and when to come again."""
    request = urllib.request.Request(  # noqa: S310 - the target's own address
        f"{target.url.rstrip('/')}/v1/notifications/batch",
        data=json.dumps({"notifications": bodies}).encode(),
        headers={
            "Authorization": f"Bearer {target.api_key}",
            "Content-Type": "application/json",
            "traceparent": traceparent(trace.hex),
        },
    )
    # The caller's proxies would be a second load balancer.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=_TIMEOUT_SECONDS) as answer:
            return answer.status, json.load(answer)["results"], "", ""
    except urllib.error.HTTPError as refused:
        return refused.code, (), f"HTTP {refused.code}", refused.headers.get("Retry-After") or ""
    except (OSError, ValueError, KeyError) as error:
        return 0, (), repr(error), ""
