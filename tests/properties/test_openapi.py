"""The description and the service agree, whatever anybody sends: 1,000 generated requests.

A layer of its own, since generating them takes more time than all unit tests of the Notification API. They
are the same in every run, and go to the application in this process, on queues that confirm.
"""

import asyncio
import io
from collections import Counter
from datetime import UTC, datetime

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.openapi import from_dict

from notification_api.api_keys import ApiKeys
from notification_api.app import create_app
from notification_api.health import Readiness
from notification_api.idempotency import new_id
from notification_api.priority_queues import PriorityQueues
from shared.metrics import Metrics
from shared.sqs.micro_batcher import BatchLimits
from shared.status import DeliveryStatus, TimelineEvent
from tests.unit.services.notification_api.conftest import KEY, FakeQueue, FakeSecret, key_entry

_ACCEPT, _BATCH, _STATUS = "/v1/notifications", "/v1/notifications/batch", "/v1/notifications/{id}"
_KEY = f"Bearer team-a.{KEY}"

load_all_checks()
_CHECKS = [
    CHECKS.get_one(name)
    for name in (
        "not_a_server_error",
        "status_code_conformance",
        "content_type_conformance",
        "response_headers_conformance",
        "response_schema_conformance",
    )
]


class HalfKnown:
    """Has seen every other notification."""

    async def status(self, notification_id, _):
        if int(notification_id[0], 16) % 2:
            return None
        timeline = [TimelineEvent(at=datetime.now(UTC), event="sent", attempt=1)]
        return DeliveryStatus(id=notification_id, state="sent", attempts=1, timeline=timeline)


class Service:
    """The application, for those who know no event loop."""

    def __init__(self) -> None:
        self._runner = asyncio.Runner()
        secret = FakeSecret()
        secret.clients = [key_entry("team-a", KEY, burst=10**9)]
        self._keys = ApiKeys(secret.read, secret="api-keys", every_seconds=60)
        self._runner.run(self._keys.load(asyncio.Event()))
        priority_queues = PriorityQueues(FakeQueue(), FakeQueue(), BatchLimits(wait_seconds=0))
        app = create_app(
            priority_queues=priority_queues,
            api_keys=self._keys,
            deliveries=HalfKnown(),
            readiness=Readiness(asyncio.Event(), priority_queues, self._keys),
            metrics=Metrics("notification-api", "test", stream=io.StringIO()),
        )
        self.description = app.openapi()
        self._client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://api")

    def new_id(self):
        """An id that was given to the client."""
        return new_id(self._keys.id_key, "team-a", None)

    def answer(self, case):
        """The answer to a request."""
        request = case.as_transport_kwargs(base_url="http://api")
        if not isinstance(request.get("data", {}), dict):
            request["content"] = request.pop("data")
        del request["cookies"]
        return self._runner.run(self._client.request(**request))

    def close(self) -> None:
        """Close what is open."""
        self._runner.run(self._client.aclose())
        self._runner.close()


@pytest.fixture(scope="module")
def service():
    """The application, on queues that confirm and a client with no limit to speak of."""
    service = Service()
    yield service
    service.close()


@pytest.mark.parametrize(
    ("path", "mode", "key", "cases", "statuses"),
    [
        (_ACCEPT, GenerationMode.POSITIVE, _KEY, 250, {202, 422}),
        (_ACCEPT, GenerationMode.NEGATIVE, _KEY, 250, {422}),
        (_BATCH, GenerationMode.POSITIVE, _KEY, 200, {202, 207}),
        (_BATCH, GenerationMode.NEGATIVE, _KEY, 150, {207, 422}),
        (_STATUS, GenerationMode.POSITIVE, _KEY, 50, {404}),
        ("own ids", GenerationMode.POSITIVE, _KEY, 50, {200}),
        (_ACCEPT, GenerationMode.POSITIVE, "Bearer nobody", 50, {401}),
    ],
)
def test_answers_as_described(service, path, mode, key, cases, statuses):
    """No request makes the service fail or answer what is not described, in status, headers or body."""
    operations = from_dict(service.description)
    own = path == "own ids"
    operation = operations[_STATUS if own else path]["GET" if own or path == _STATUS else "POST"]
    seen = Counter()

    @settings(
        max_examples=cases,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(operation.as_strategy(generation_mode=mode))
    def send(case):
        case.headers["Authorization"] = key
        if own:
            case.path_parameters["id"] = service.new_id()
        response = service.answer(case)
        seen[response.status_code] += 1
        case.validate_response(response, checks=_CHECKS)

    send()

    assert cases <= seen.total()
    assert statuses <= set(seen)
