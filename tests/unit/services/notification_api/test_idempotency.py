from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from notification_api.idempotency import Repeats, is_of, new_id
from shared.message import NotificationMessage
from shared.sqs.errors import QueueUnavailableError

from .conftest import OTHER_KEY

_ID_KEY = bytes(range(32))


def test_same_key_same_id_for_ever():
    """The id of a client's key never changes, not even with a release: this is one that was given out."""
    assert "737522c4-5b39-5bcd-b07b-81b5383620c2-fecf21e0db39" == new_id(_ID_KEY, "team-a", "order-1042")


@pytest.mark.parametrize(
    "other",
    [("team-b", "order-1042"), ("team-a", "order-1043"), ("team-ao", "rder-1042")],
)
def test_other_client_or_key_other_id(other):
    """Clients do not share keys, however their names and keys are joined."""
    assert new_id(_ID_KEY, "team-a", "order-1042")[:36] != new_id(_ID_KEY, *other)[:36]


def test_no_key_no_repetition():
    """Without a key every notification is a new one."""
    ids = {new_id(_ID_KEY, "team-a", None) for _ in range(100)}

    assert 100 == len(ids)
    assert all(UUID(each[:36]).version == 4 and str(UUID(each[:36])) == each[:36] for each in ids)
    # Digits that mean something, one after the other: their place in a UUID's text is fixed.
    assert {"4"} == {each[14] for each in ids}
    assert set("89ab") == {each[19] for each in ids}


@pytest.mark.parametrize("key", [None, "order-1042"])
def test_knows_its_own_ids(key):
    """An id is its client's alone, and that of whoever signs with the same key."""
    given = new_id(_ID_KEY, "team-a", key)

    assert is_of(_ID_KEY, "team-a", given)
    assert not is_of(_ID_KEY, "team-b", given)
    assert not is_of(bytes(32), "team-a", given)


@pytest.mark.parametrize("place", range(49))
def test_knows_no_made_up_ids(place):
    """Whatever is changed in an id, it is nobody's."""
    given = new_id(_ID_KEY, "team-a", "order-1042")
    other = "0" if given[place] != "0" else "1"

    assert not is_of(_ID_KEY, "team-a", given[:place] + other + given[place + 1 :])


@pytest.mark.parametrize("made_up", ["", "x", "0b9f5a9e-6a0d-4c1f-8f56-3f1a9f0c2d11", "é" * 49])
def test_knows_nothing_of_another_form(made_up):
    """What is no id at all is nobody's."""
    assert not is_of(_ID_KEY, "team-a", made_up)


def test_fits_the_message():
    """The queue's contract takes it."""
    given = new_id(_ID_KEY, "team-a", "x" * 256)

    assert (
        given
        == NotificationMessage(
            id=given, recipient="a@b.de", subject="s", body="b", accepted_at="2026-11-01T12:00:00Z"
        ).id
    )


_WRITTEN = {"recipient": "ada@example.com", "subject": "Hello", "body": "Good morning"}
_OTHER = {**_WRITTEN, "body": "Good night"}
_ONE, _TWO = "1" * 64, "2" * 64


async def _post(client, content, key="a"):
    return await client.post("/v1/notifications", json=content, headers={"Idempotency-Key": key})


async def test_same_key_with_another_body_is_422(client, fake_queue):
    """A key that was used is refused for another notification, before the queue gets it."""
    first, other = await _post(client, _WRITTEN), await _post(client, _OTHER)

    assert (202, 422) == (first.status_code, other.status_code)
    assert "application/problem+json" == other.headers["content-type"]
    assert "The Idempotency-Key was used for another notification." == other.json()["detail"]
    assert [{"pointer": "Idempotency-Key", "detail": "was used with different content"}] == other.json()[
        "errors"
    ]
    assert 1 == len(fake_queue.bodies)


async def test_same_key_with_the_same_body_is_a_repeat(client, fake_queue):
    """However often it comes, also after a refusal: 202 with the same id."""
    answers = [await _post(client, content) for content in (_WRITTEN, _OTHER, _WRITTEN, _WRITTEN)]

    assert [202, 422, 202, 202] == [answer.status_code for answer in answers]
    assert 1 == len({answers[place].json()["id"] for place in (0, 2, 3)})
    assert 3 == len(fake_queue.bodies)


@pytest.mark.parametrize(
    "change",
    [{"recipient": "eve@example.com"}, {"subject": "Bye"}, {"body": "Good night"}, {"priority": "high"}],
)
async def test_every_part_counts(client, change):
    """Whatever is another in the mail makes it another."""
    await _post(client, _WRITTEN)

    assert 422 == (await _post(client, {**_WRITTEN, **change})).status_code


async def test_template_is_compared_as_filled_in(client):
    """What the mail says counts, however the caller had it written."""
    content = {"recipient": "ada@example.com", "template": "welcome", "data": {"name": "Ada"}}

    statuses = [
        (await _post(client, {**content, "data": {**content["data"], **more}})).status_code
        for more in ({}, {"unused": 1}, {"name": "Eve"})
    ]

    assert [202, 202, 422] == statuses


async def test_keys_are_the_clients_own(client, make_app, connect):
    """Another client's key, and another key, have nothing to do with it; no key at all neither."""
    app = make_app()
    async with connect(app) as one, connect(app, f"Bearer team-b.{OTHER_KEY}") as other:
        await _post(one, _WRITTEN)
        assert 202 == (await _post(other, _OTHER)).status_code
        assert 202 == (await _post(one, _OTHER, key="b")).status_code
        assert 202 == (await one.post("/v1/notifications", json=_OTHER)).status_code


async def test_what_was_not_accepted_does_not_count(client, fake_queue):
    """A key whose notification the queue did not confirm may come with another one."""
    fake_queue.error = QueueUnavailableError("down")
    refused = await _post(client, _WRITTEN)
    fake_queue.error = None

    assert 503 == refused.status_code
    assert 202 == (await _post(client, _OTHER)).status_code
    assert 422 == (await _post(client, _WRITTEN)).status_code


async def test_failed_repeat_does_not_undo_the_first(client, fake_queue):
    """What was accepted once stays known when a repeat of it fails."""
    await _post(client, _WRITTEN)
    fake_queue.error = QueueUnavailableError("down")
    await _post(client, _WRITTEN)
    fake_queue.error = None

    assert 422 == (await _post(client, _OTHER)).status_code


async def test_items_of_a_batch(client, fake_queue):
    """In a batch the notification is refused whose key came with another, there or before."""
    await _post(client, _WRITTEN)
    items = [{**_OTHER, "idempotency_key": "a"}, {**_WRITTEN, "idempotency_key": "a"}]
    items += [{**_WRITTEN, "idempotency_key": "b"}, {**_OTHER, "idempotency_key": "b"}, _OTHER]

    response = await client.post("/v1/notifications/batch", json={"notifications": items})

    results = response.json()["results"]
    assert 207 == response.status_code
    assert [422, 202, 202, 422, 202] == [result["status"] for result in results]
    pointers = [results[place]["problem"]["errors"][0]["pointer"] for place in (0, 3)]
    assert ["#/notifications/0/idempotency_key", "#/notifications/3/idempotency_key"] == pointers
    assert 4 == len(fake_queue.bodies)


def test_memory_is_bounded(now):
    """However many keys come, only so many are remembered, and the latest are."""
    repeats = Repeats(max_entries=10, now=now)
    for n in range(1000):
        repeats.remember(f"{n}", _ONE)
        assert len(repeats) <= 10

    assert all(repeats.is_conflict(f"{n}", _TWO) for n in range(995, 1000))
    assert not repeats.is_conflict("0", _TWO)


@pytest.mark.parametrize("seconds", [86_400, 200_000])
def test_memory_has_an_age(now, seconds):
    """What is older than a day counts no more; what is younger than half a day does."""
    repeats = Repeats(now=now)
    repeats.remember("a", _ONE)
    now.time += 43_000
    assert repeats.is_conflict("a", _TWO)

    now.time += seconds - 43_000
    assert not repeats.is_conflict("a", _TWO)
    assert 0 == len(repeats)


def test_remembering_again_is_no_first_time(now):
    """Who remembers a content hears whether it was new, also when it is about to be forgotten."""
    repeats = Repeats(now=now)

    assert repeats.remember("a", _ONE)
    assert not repeats.remember("a", _ONE)
    now.time += 43_201
    assert not repeats.is_conflict("a", _ONE)
    assert not repeats.remember("a", _ONE)
    repeats.forget("a")
    assert repeats.remember("a", _TWO)


_FULL = {
    "html": "<p>Good morning</p>",
    "from_name": "Ada's Bücher",
    "reply_to": "help@bücher.example",
    "list_unsubscribe": "https://example.com/u?token=1",
}


async def _sent(client, content=None, **headers):
    return await client.post("/v1/notifications", json=content or _WRITTEN, headers=headers)


def _in(**time):
    return (datetime.now(UTC) + timedelta(**time)).isoformat()


async def test_repeat_with_the_same_key_has_the_same_id(client):
    """An Idempotency-Key decides the id; another key gets another one."""
    first, repeat, other = [
        (await _sent(client, **{"Idempotency-Key": key})).json()["id"] for key in ("a", "a", "b" * 256)
    ]

    assert first == repeat
    assert first != other
    assert 5 == UUID(first[:36]).version


async def test_clients_do_not_share_keys(client, make_app, connect):
    """The same Idempotency-Key of another client is another notification."""
    async with connect(make_app(), f"Bearer team-b.{OTHER_KEY}") as other_client:
        other = await _sent(other_client, **{"Idempotency-Key": "a"})

    assert other.json()["id"] != (await _sent(client, **{"Idempotency-Key": "a"})).json()["id"]


async def test_fingerprint_tells_a_repeat_from_another_body(make_app, connect, fake_queue):
    """The sender sees whether the same key came with the same content, at whatever task."""
    changes = ({}, {}, {"body": "Good night"}, {"subject": "Bye"}, {"recipient": "eve@example.com"})
    for change in changes:
        async with connect(make_app()) as client:
            await _sent(client, {**_WRITTEN, **change}, **{"Idempotency-Key": "a"})

    messages = [NotificationMessage.from_json(body) for body in fake_queue.bodies]
    assert 1 == len({message.id for message in messages})
    assert messages[0].fingerprint == messages[1].fingerprint
    assert len({message.fingerprint for message in messages}) == len(changes) - 1


async def test_fingerprint_is_of_the_parts(client, fake_queue):
    """Words that move from the subject to the body are another content."""
    await _sent(client, {**_WRITTEN, "subject": "anormal:", "body": "b"})
    await _sent(client, {**_WRITTEN, "subject": "a", "body": "normal:b"})

    one, other = [NotificationMessage.from_json(body).fingerprint for body in fake_queue.bodies]
    assert one != other


async def test_fingerprint_stays_what_it_was(client, fake_queue):
    """A repeat that reaches a task of another version has the fingerprint that this one gave."""
    await _sent(client)
    await _sent(client, {**_WRITTEN, "recipient": "ada@bücher.example", "priority": "normal"})

    assert [
        "e48f3f984b07727eb9b91b235ed77cbe7882cd72657d0a55778ac62a950fbb87",
        "fd9b91090378afc9f3057c59d3dfd37c2e16cee6840b385083fc26c235e4acbd",
    ] == [NotificationMessage.from_json(body).fingerprint for body in fake_queue.bodies]


async def test_fingerprint_is_of_everything_that_is_sent(client, fake_queue):
    """Another HTML, name, address or URL is another content; another end is the same one, tried again."""
    other = {"html": "<p>Bye</p>", "from_name": "Eve", "reply_to": "b@example.com"}
    other["list_unsubscribe"] = "https://example.com/v"
    changes = [{}, *({name: value} for name, value in _FULL.items()), _FULL]
    changes += [{**_FULL, name: value} for name, value in other.items()]
    for change in changes:
        await _sent(client, {**_WRITTEN, **change})
        await _sent(client, {**_WRITTEN, **change, "expires_at": _in(hours=len(fake_queue.bodies) + 1)})

    prints = [NotificationMessage.from_json(body).fingerprint for body in fake_queue.bodies]
    assert prints[::2] == prints[1::2]
    assert len(changes) == len(set(prints))
