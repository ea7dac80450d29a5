import pytest

from notification_api.priority_queues import PriorityQueues
from shared.message import NotificationMessage
from shared.sqs.errors import EntryRefusedError, QueueUnavailableError
from shared.sqs.micro_batcher import BatchLimits

from .conftest import KEY, key_entry

_WRITTEN = {"recipient": "ada@example.com", "subject": "Hello", "body": "Good morning"}
_TEMPLATED = {"recipient": "ada@example.com", "template": "welcome", "data": {"name": "Ada"}}


async def _post(client, *items, **headers):
    return await client.post("/v1/notifications/batch", json={"notifications": items}, headers=headers)


async def test_all_are_accepted(client, fake_queue):
    """202 means that the queue has every notification, under the id that is answered for its place."""
    response = await _post(client, *({**_WRITTEN, "body": f"{n}"} for n in range(100)))

    assert 202 == response.status_code
    results = response.json()["results"]
    assert [(n, 202) for n in range(100)] == [(result["index"], result["status"]) for result in results]
    ids = {message.body: message.id for message in map(NotificationMessage.from_json, fake_queue.bodies)}
    assert [ids[f"{n}"] for n in range(100)] == [result["id"] for result in results]
    assert all("problem" not in result for result in results)


async def test_shares_calls_to_the_queue(make_app, connect):
    """A batch of a hundred is ten calls, not a hundred."""
    sizes = []

    class Queue:
        async def send(self, messages):
            sizes.append(len(messages))
            return [None] * len(messages)

    async with connect(
        make_app(priority_queues=PriorityQueues(Queue(), None, BatchLimits(wait_seconds=60)))
    ) as client:
        await _post(client, *[_WRITTEN] * 100)

    assert [10] * 10 == sizes


async def test_each_is_checked_for_itself(client, fake_queue):
    """An invalid notification keeps no other from being accepted; what is wrong with it is pointed at."""
    response = await _post(
        client,
        _WRITTEN,
        {**_WRITTEN, "recipient": "ada"},
        7,
        {"template": "x"},
        _TEMPLATED,
        {**_TEMPLATED, "data": {}},
        {**_WRITTEN, "recipient": "jörg@example.com"},
    )

    assert 207 == response.status_code
    results = response.json()["results"]
    assert [202, 422, 422, 422, 202, 422, 422] == [result["status"] for result in results]
    assert ["#/notifications/1/recipient"] == [error["pointer"] for error in results[1]["problem"]["errors"]]
    assert "#/notifications/2" == results[2]["problem"]["errors"][0]["pointer"]
    assert "#/notifications/3/recipient" == results[3]["problem"]["errors"][0]["pointer"]
    assert "#/notifications/5/data/name" == results[5]["problem"]["errors"][0]["pointer"]
    assert "#/notifications/6/recipient" == results[6]["problem"]["errors"][0]["pointer"]
    assert all("id" not in result for result in results[1:4])
    assert 2 == len(fake_queue.bodies)
    assert "Retry-After" not in response.headers


async def test_template_problem_is_the_items(client):
    """A variable that is missing is a problem of its notification alone."""
    response = await _post(client, {**_TEMPLATED, "data": {}}, _TEMPLATED)

    assert [422, 202] == [result["status"] for result in response.json()["results"]]


async def test_each_has_its_own_key(client):
    """A notification's key gives it the id that it would have alone."""
    alone = await client.post("/v1/notifications", json=_WRITTEN, headers={"Idempotency-Key": "a"})
    response = await _post(client, {**_WRITTEN, "idempotency_key": "a"}, {**_WRITTEN, "idempotency_key": "b"})

    first, second = [result["id"] for result in response.json()["results"]]
    assert first == alone.json()["id"]
    assert first != second


@pytest.mark.parametrize("key", ["", "a b", "a" * 257])
async def test_key_that_is_no_key_is_refused(client, key):
    """An item's key is held to the same rules as the header."""
    response = await _post(client, {**_WRITTEN, "idempotency_key": key})

    [result] = response.json()["results"]
    assert "#/notifications/0/idempotency_key" == result["problem"]["errors"][0]["pointer"]


async def test_header_key_is_refused(client, fake_queue):
    """A key for the whole batch would be lost in silence, or would make one mail of all."""
    response = await _post(client, _WRITTEN, **{"Idempotency-Key": "a"})

    assert 422 == response.status_code
    assert 'its own "idempotency_key"' in response.json()["errors"][0]["detail"]
    assert [] == fake_queue.bodies


async def test_each_has_its_own_priority(client, fake_queue, fake_high_queue):
    """A batch may go to both queues."""
    response = await _post(client, {**_WRITTEN, "priority": "high"}, _WRITTEN)

    assert 202 == response.status_code
    assert (1, 1) == (len(fake_high_queue.bodies), len(fake_queue.bodies))


async def test_unconfirmed_are_told_when_to_come_back(client, fake_queue, counted):
    """What the queue did not confirm is 503 for its notifications only."""
    fake_queue.error = QueueUnavailableError("down")

    response = await _post(client, _WRITTEN, {**_WRITTEN, "priority": "high"})

    assert (207, "5") == (response.status_code, response.headers["Retry-After"])
    assert [503, 202] == [result["status"] for result in response.json()["results"]]
    assert 1 == counted("NotificationsNotConfirmed")


async def test_more_than_fit_are_told_when_to_come_back(make_app, connect, fake_queue):
    """When the batcher is full in the middle of a batch, the rest of it comes back later."""
    priority_queues = PriorityQueues(fake_queue, None, BatchLimits(capacity=3, wait_seconds=0.001))
    async with connect(make_app(priority_queues=priority_queues)) as client:
        response = await _post(client, *[_WRITTEN] * 5)

    assert [202, 202, 202, 503, 503] == [result["status"] for result in response.json()["results"]]
    assert 3 == len(fake_queue.bodies)


async def test_refused_by_the_queue(client, fake_queue):
    """A message that the queue refuses is a defect that keeps no other from being accepted."""
    fake_queue.error = EntryRefusedError("secret")

    response = await _post(client, _WRITTEN, {**_WRITTEN, "priority": "high"})

    assert [500, 202] == [result["status"] for result in response.json()["results"]]
    assert "secret" not in response.text


@pytest.mark.parametrize(
    ("content", "pointer"),
    [
        ({"notifications": []}, "#/notifications"),
        ({"notifications": [_WRITTEN] * 101}, "#/notifications"),
        ({"notifications": _WRITTEN}, "#/notifications"),
        ({}, "#/notifications"),
        ({"notifications": [_WRITTEN], "priority": "high"}, "#/priority"),
        ([_WRITTEN], "#"),
    ],
)
async def test_what_is_no_batch(client, fake_queue, content, pointer):
    """1 to 100 notifications under one name, and nothing else."""
    response = await client.post("/v1/notifications/batch", json=content)

    assert 422 == response.status_code
    assert [pointer] == [error["pointer"] for error in response.json()["errors"]]
    assert [] == fake_queue.bodies


@pytest.fixture
async def poor_client(secret, api_keys, now, make_app, connect):
    """A client that may send ten at once and one a second."""
    secret.clients[0] = key_entry("team-a", KEY, requests_per_second=1, burst=10)
    now.time += 5
    await api_keys.find_new(f"Bearer team-a.{'x' * 43}")
    async with connect(make_app()) as client:
        yield client


async def test_costs_as_many_tokens_as_it_has_items(poor_client, fake_queue):
    """A batch is no way around the limit, and one that is refused costs nothing."""
    accepted = await _post(poor_client, *[_WRITTEN] * 6)
    refused = await _post(poor_client, *[_WRITTEN] * 6)
    rest = await _post(poor_client, *[_WRITTEN] * 4)

    assert [202, 429, 202] == [answer.status_code for answer in (accepted, refused, rest)]
    assert ["4", "4", "0"] == [answer.headers["RateLimit-Remaining"] for answer in (accepted, refused, rest)]
    assert "2" == refused.headers["Retry-After"]
    assert 10 == len(fake_queue.bodies)


async def test_batch_that_can_never_pass_is_no_429(poor_client):
    """Waiting would not help a batch that is larger than the burst, so it is told to be smaller."""
    response = await _post(poor_client, *[_WRITTEN] * 11)

    assert 422 == response.status_code
    assert ("this API key may send 10 notifications at once: send smaller batches") == response.json()[
        "errors"
    ][0]["detail"]
