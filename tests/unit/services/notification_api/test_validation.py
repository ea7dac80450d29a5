import asyncio
import json
import re
import time
import tracemalloc

import pytest
from pydantic_core._pydantic_core import list_all_errors

from notification_api.api_keys import _CREDENTIALS
from notification_api.models import Rules
from notification_api.validation import (
    MAX_DETAIL,
    MAX_ERRORS,
    MAX_POINTER,
    InvalidError,
    invalid_fields,
    item_of,
    items_of,
    notification_of,
    read_json,
)

_RULES = Rules()
_ADDRESS = '"recipient":"ada@example.com"'
_WRITTEN = {"recipient": "ada@example.com", "subject": "Hello", "body": "Good morning"}
_BYTES = 900_000


def _unknown(count=90_000):
    return "{" + ",".join(f'"{n:x}":1' for n in range(count)) + "}"


def _bad_data(count=90_000):
    members = ",".join(f'"{n:x}":1.5' for n in range(count))
    return f'{{{_ADDRESS},"template":"welcome","data":{{{members}}}}}'


def _batch(*items):
    return f'{{"notifications":[{",".join(items)}]}}'


_ONE = {
    "unknown members": _unknown(),
    "bad data": _bad_data(),
    "data of objects": _bad_data().replace("1.5", "{}"),
    "long name": json.dumps({**_WRITTEN, "x" * _BYTES: 1}),
    "long names": json.dumps({**_WRITTEN, **dict.fromkeys((f"{n}" + "~/" * 20_000 for n in range(20)), 1)}),
    "long template": json.dumps({"recipient": "ada@example.com", "template": "x" * _BYTES}),
    "long address": json.dumps({**_WRITTEN, "recipient": "a@" * (_BYTES // 2)}),
    "long priority": json.dumps({**_WRITTEN, "priority": "x" * _BYTES}),
    "long everything": json.dumps(dict.fromkeys(_WRITTEN, "x" * (_BYTES // 3))),
    "array": "[" + "[]," * 300_000 + "[]]",
    "deep arrays": "[" * _BYTES,
    "deep objects": '{"a":' * (_BYTES // 5),
    "deep and closed": '{"body":' + "[" * 190 + "]" * 190 + "}",
    "many digits": '{"body":' + "9" * 300_000 + "}",
    "digits in data": f'{{{_ADDRESS},"template":"welcome","data":{{"name":{"9" * 4_000}}}}}',
    "large exponent": '{"body":1e999999}',
    "nan": '{"body":NaN}',
    "infinity": '{"body":-Infinity}',
    "lone surrogate": '{"body":"\\ud800"}',
    "lone surrogate in a name": '{"\\udfff":1}',
    "escapes": '{"body":"' + "\\u0007" * (_BYTES // 6) + '"}',
    "same name": "{" + ",".join(['"body":1'] * 90_000) + "}",
    "nothing but spaces": " " * _BYTES,
}
_SEVERAL = {
    "unknown members": _unknown(),
    "unknown members beside": '{"notifications":[],' + _unknown()[1:],
    "many items": _batch(*["{}"] * 200_000),
    "bad items": _batch(*[_unknown(880)] * 100),
    "bad data": _batch(*[_bad_data(800)] * 100),
    "numbers": _batch(*["7"] * 100),
    "one bad item": _batch(_unknown(80_000)),
    "long names": _batch(*[json.dumps({"x" * 8_000: 1})] * 100),
    "deep": _batch("[" * _BYTES),
}


@pytest.mark.parametrize("content", _ONE.values(), ids=_ONE)
async def test_answer_is_bounded(client, fake_queue, content):
    """However much is wrong, the answer names a few things in a few words, and repeats no value."""
    response = await client.post("/v1/notifications", content=content)

    problem = response.json()
    assert 422 == response.status_code
    assert 1 <= len(problem["errors"]) <= MAX_ERRORS
    assert max(len(error["pointer"]) for error in problem["errors"]) <= MAX_POINTER
    assert max(len(error["detail"]) for error in problem["errors"]) <= MAX_DETAIL
    assert len(response.content) < 15_000
    assert [] == fake_queue.bodies


@pytest.mark.parametrize("content", _SEVERAL.values(), ids=_SEVERAL)
async def test_answer_to_a_batch_is_bounded(client, fake_queue, content):
    """All notifications of a batch together are told a few things more than one each."""
    response = await client.post("/v1/notifications/batch", content=content)

    results = response.json().get("results", [])
    named = [len(result["problem"]["errors"]) for result in results]
    assert response.status_code == (207 if results else 422)
    assert all(named)
    assert sum(named) <= MAX_ERRORS + 100
    assert len(response.content) < 90_000
    assert [] == fake_queue.bodies


async def test_more_is_said_to_be_more(client):
    """A caller is told that there is more wrong than what is named."""
    few, many = [
        (await client.post("/v1/notifications", content=_unknown(count))).json() for count in (5, 1000)
    ]

    assert "The request has 8 invalid fields." == few["detail"]
    assert "The request has more than 20 invalid fields; only the first are named." == many["detail"]


async def test_what_is_needed_is_found_among_what_is_not(client):
    """Members that are there are not called missing, however many others come before them."""
    response = await client.post(
        "/v1/notifications", content=_unknown()[:-1] + "," + json.dumps(_WRITTEN)[1:]
    )

    assert {"Extra inputs are not permitted"} == {error["detail"] for error in response.json()["errors"]}


async def test_too_many_variables_are_one_error(client):
    """Of data that is too much the number is wrong, and nothing else is complained about."""
    response = await client.post("/v1/notifications", content=_bad_data())

    assert [{"pointer": "#/data", "detail": "must have at most 50 items"}] == response.json()["errors"]


async def test_as_much_as_may_be_is_valid(client, fake_queue):
    """What is cut down for validation never concerns a valid notification."""
    data = {f"v{n}": "x" for n in range(49)}
    content = {"recipient": "ada@example.com", "template": "welcome", "data": {**data, "name": "Ada"}}

    alone = await client.post("/v1/notifications", json=content)
    batch = await client.post("/v1/notifications/batch", json={"notifications": [content] * 100})

    assert (202, 202) == (alone.status_code, batch.status_code)
    assert 101 == len(fake_queue.bodies)


def _ignoring(check, *given):
    try:
        return check(*given)
    except InvalidError:
        return None


def _seconds(work, rounds=2):
    """The shortest of a few runs, in CPU time of this thread."""
    taken = []
    for _ in range(rounds):
        began = time.thread_time()
        work()
        taken.append(time.thread_time() - began)
    return min(taken)


@pytest.fixture(scope="module")
def ordinary_seconds():
    """CPU time of reading as many members of any JSON."""
    text = _unknown()
    return _seconds(lambda: json.loads(text))


@pytest.mark.parametrize("content", _ONE.values(), ids=_ONE)
def test_work_is_bounded(ordinary_seconds, content):
    """A hostile body takes at most a few times what reading as many members of any JSON takes."""
    body = content.encode()

    hostile = _seconds(lambda: _ignoring(lambda: notification_of(read_json(body), _RULES)))

    # An array of empty arrays is three bytes an object, which is dearer than a member of six.
    assert hostile < 12 * ordinary_seconds


def _check_batch(body):
    for place, each in enumerate(_ignoring(lambda: items_of(read_json(body))) or ()):
        _ignoring(item_of, each, place, _RULES)


@pytest.mark.parametrize("content", _SEVERAL.values(), ids=_SEVERAL)
def test_work_of_a_batch_is_bounded(ordinary_seconds, content):
    """The same for a batch and all its notifications."""
    body = content.encode()

    assert _seconds(lambda: _check_batch(body)) < 12 * ordinary_seconds


_LARGEST = ("unknown members", "bad data", "array", "many items", "bad items", "one bad item")


@pytest.mark.parametrize("content", [(_ONE | _SEVERAL)[name] for name in _LARGEST], ids=_LARGEST)
async def test_memory_is_bounded(client, content):
    """What a body takes of memory while it is worked on is a multiple of its size that is known."""
    body = content.encode()
    tracemalloc.start()
    try:
        await client.post(
            "/v1/notifications/batch" if body[2:3] == b"n" else "/v1/notifications", content=body
        )
        _, alone = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    # An empty array is 3 bytes on the way and 64 here.
    assert alone < 35 * max(len(body), 100_000)


async def test_others_are_answered_meanwhile(client, make_app, connect):
    """However hostile the bodies are, health is answered after a few of them, not after all."""
    order = []

    async def post():
        await client.post("/v1/notifications", content=_bad_data())
        order.append("hostile")

    async def ask():
        await client.get("/healthz")
        order.append("health")

    await asyncio.gather(*(post() for _ in range(10)), ask())

    assert order.index("health") <= 5


def test_no_word_of_the_inside():
    """No message to callers has a name of Python's or of ours in it, whatever validation finds."""
    inside = re.compile(
        r"instance|dictionar|tuple|\bset\b|\blist\b|none\b|python|pydantic|class|callable|attribut|bytes|"
        r"decimal|uuid|dataclass|constrained|wri?tten|templated|discriminator|_form|tag\b|str\b|\bint\b",
        re.IGNORECASE,
    )
    for error in list_all_errors():
        if error["type"] == "value_error":
            # Its words are our own.
            continue
        found = {
            "type": error["type"],
            "loc": ("written", "body"),
            "msg": error["example_message_python"],
            "ctx": {
                "max_length": 5,
                "min_length": 1,
                "field_type": "List",
                **(error["example_context"] or {}),
            },
        }

        [field] = invalid_fields(_as_error(found), skip=1).errors
        assert not inside.search(field.detail), error["type"]
        assert "#/body" == field.pointer


def _as_error(found):
    """Something with this validation error."""

    class Error:
        def errors(self, **_):
            return [found]

    return Error()


@pytest.mark.parametrize("value", [1.5, True, None, [], {}, "x" * 10_001, 2**63, -(2**63) - 1])
async def test_bad_variable_is_one_error_at_its_place(client, value):
    """A variable is pointed at once, whatever kinds it may have."""
    content = {"recipient": "ada@example.com", "template": "welcome", "data": {"name": value}}

    response = await client.post("/v1/notifications", json=content)

    assert [
        {
            "pointer": "#/data/name",
            "detail": "must be a string of at most 10000 characters or a 64-bit integer",
        }
    ] == response.json()["errors"]


@pytest.mark.parametrize("value", ["", "Ada", 0, -1, 2**63 - 1, -(2**63)])
async def test_good_variable(client, fake_queue, value):
    """Texts and whole numbers that every program can read are put in as they are."""
    content = {"recipient": "ada@example.com", "template": "welcome", "data": {"name": value}}

    assert 202 == (await client.post("/v1/notifications", json=content)).status_code
    assert f"Hello {value}," in json.loads(fake_queue.bodies[0])["body"]


@pytest.mark.parametrize("value", [7, "x", [], None, True, 1.5])
async def test_item_that_is_no_object(client, value):
    """A notification of another kind is told what it must be, in the words of JSON, alone and in a batch."""
    batch = await client.post("/v1/notifications/batch", json={"notifications": [value]})
    alone = await client.post("/v1/notifications", content=json.dumps(value))

    [result] = batch.json()["results"]
    assert [{"pointer": "#/notifications/0", "detail": "must be an object"}] == result["problem"]["errors"]
    assert [{"pointer": "#", "detail": "must be an object"}] == alone.json()["errors"]


@pytest.mark.parametrize("name", ["written", "template", "notifications", "0", ""])
async def test_member_named_like_ours(client, name):
    """Pointers are the caller's own, also to a member that is called like a form of ours."""
    batch = await client.post("/v1/notifications/batch", json={"notifications": [_WRITTEN], name: 1})
    alone = await client.post("/v1/notifications", json={**_WRITTEN, name: {}})

    # A form of its own, whose members are others.
    if name == "notifications":
        assert [{"pointer": "#/notifications", "detail": "must be an array"}] == batch.json()["errors"]
    else:
        assert f"#/{name}" in {error["pointer"] for error in batch.json()["errors"]}
    assert f"#/{name}" in {error["pointer"] for error in alone.json()["errors"]}


async def test_last_of_two_members_counts(client, fake_queue):
    """Alone and in a batch, the last of several members of one name is the one that counts."""
    text = '{"recipient":"ada@example.com","subject":"a","body":"b","subject":"last"}'

    await client.post("/v1/notifications", content=text)
    await client.post("/v1/notifications/batch", content=_batch(text))

    assert ["last"] * 2 == [json.loads(body)["subject"] for body in fake_queue.bodies]


@pytest.mark.parametrize(
    "text",
    [
        "Bearer" + " " * 50_000,
        "Bearer a." + "k" * 50_000,
        "Bearer " + "a." * 25_000,
        "Bearer " + "a-" * 25_000,
        "bearer" * 8_000,
    ],
)
def test_credentials_are_read_in_linear_time(text):
    """Sixteen times as long a header takes at most some sixteen times as long to be refused."""
    short, long = text[: len(text) // 16], text

    assert _CREDENTIALS.fullmatch(long) is None
    once = _seconds(lambda: [_CREDENTIALS.fullmatch(short) for _ in range(200)])
    assert _seconds(lambda: [_CREDENTIALS.fullmatch(long) for _ in range(200)]) < 64 * once


def test_what_nobody_thought_of_is_not_valid():
    """An error of a kind that callers' words were not found for says at least where it is."""
    found = {"type": "some_new_kind", "loc": ("body",), "msg": "Input should be a _Model", "ctx": {}}

    [field] = invalid_fields(_as_error(found)).errors

    assert ("#/body", "is not valid") == (field.pointer, field.detail)
