import pytest
import structlog

from .conftest import KEY, OTHER_KEY, key_entry

_WRITTEN = {"recipient": "ada@example.com", "subject": "Hello", "body": "Good morning"}
_TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736"
_TRACEPARENT = f"00-{_TRACE_ID}-00f067aa0ba902b7-01"
_NEW_KEY = "n" * 43


@pytest.fixture
async def limit(secret, api_keys, now):
    """Give team-a other limits."""

    async def change(**limits):
        secret.clients[0] = key_entry("team-a", KEY, **limits)
        now.time += 5
        await api_keys.find_new(f"Bearer team-a.{_NEW_KEY}")

    return change


@pytest.mark.parametrize(
    "authorization",
    [None, "Bearer x", f"Bearer team-a.{OTHER_KEY}", f"Bearer team-c.{KEY}", f"Basic team-a.{KEY}"],
)
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/v1/notifications"),
        ("POST", "/v1/notifications/batch"),
        ("GET", "/v1/notifications/x"),
        ("GET", "/v1/nowhere"),
    ],
)
async def test_nobody_gets_in_without_a_key(
    make_app, connect, fake_queue, counted, method, path, authorization
):
    """Everything below /v1/ is 401 with a challenge, whatever it would be with a key."""
    async with connect(make_app(), authorization) as client:
        response = await client.request(method, path, json=_WRITTEN)

    assert 401 == response.status_code
    assert 'Bearer realm="notifications"' == response.headers["WWW-Authenticate"]
    assert "application/problem+json" == response.headers["content-type"]
    assert "Authorization: Bearer <client id>.<key>" in response.json()["detail"]
    assert [] == fake_queue.bodies
    assert 1 == counted("RequestsUnauthorized")


async def test_large_body_of_nobody_is_not_read(make_app, connect):
    """Who may not call cannot fill the task's memory either."""

    async def chunks():
        raise AssertionError("read")
        yield b""

    async with connect(make_app(), None) as client:
        assert 401 == (await client.post("/v1/notifications", content=chunks())).status_code


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/openapi.json"])
async def test_what_everybody_may_ask(make_app, connect, path):
    """Health and the description need no key and count against nobody."""
    async with connect(make_app(), None) as client:
        response = await client.get(path)

    assert 200 == response.status_code
    assert not [name for name in response.headers if name.startswith("ratelimit")]


async def test_rotated_key_works_without_a_restart(make_app, connect, secret, now):
    """A key that was just added gets in, and one that was taken out does not, soon after."""
    app = make_app()
    secret.clients[0] = key_entry("team-a", _NEW_KEY)
    now.time += 5
    async with connect(app, f"Bearer team-a.{_NEW_KEY}") as client:
        assert 202 == (await client.post("/v1/notifications", json=_WRITTEN)).status_code
    async with connect(app) as client:
        assert 401 == (await client.post("/v1/notifications", json=_WRITTEN)).status_code


async def test_too_many_requests(client, limit, now, fake_queue, counted):
    """Without a token a request is 429 and told when there is one; then it passes."""
    await limit(requests_per_second=0.5, burst=2)

    statuses = [(await client.post("/v1/notifications", json=_WRITTEN)).status_code for _ in range(2)]
    refused = await client.post("/v1/notifications", json=_WRITTEN)
    assert [202, 202] == statuses
    assert 429 == refused.status_code
    assert "application/problem+json" == refused.headers["content-type"]
    assert "2" == refused.headers["Retry-After"]
    assert 2 == len(fake_queue.bodies)
    assert 1 == counted("RequestsThrottled")

    now.time += int(refused.headers["Retry-After"])
    assert 202 == (await client.post("/v1/notifications", json=_WRITTEN)).status_code


async def test_clients_do_not_share_tokens(client, limit, make_app, connect):
    """A client that asks too much takes nothing from another."""
    await limit(requests_per_second=1, burst=1)
    await client.get("/v1/notifications/x")

    assert 429 == (await client.get("/v1/notifications/x")).status_code
    async with connect(make_app(), f"Bearer team-b.{OTHER_KEY}") as other:
        assert 404 == (await other.get("/v1/notifications/x")).status_code


@pytest.mark.parametrize(
    ("method", "path", "content", "status"),
    [
        ("POST", "/v1/notifications", _WRITTEN, 202),
        ("POST", "/v1/notifications", {}, 422),
        ("POST", "/v1/notifications", {"body": "x" * 1024 * 1024}, 413),
        ("PUT", "/v1/notifications", {}, 405),
        ("GET", "/v1/notifications/x", None, 404),
        ("GET", "/v1/nowhere", None, 404),
    ],
)
async def test_every_answer_tells_what_is_left(client, limit, method, path, content, status):
    """The limits are in every answer to a client, good or bad."""
    await limit(requests_per_second=2, burst=10)

    response = await client.request(method, path, json=content)

    assert status == response.status_code
    names = ("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset")
    assert ["10", "9", "1"] == [response.headers[name] for name in names]


async def test_trace_goes_on_into_the_message(client, fake_queue, is_traceparent):
    """The caller's trace is the message's, with a span of our own."""
    await client.post("/v1/notifications", json=_WRITTEN, headers={"traceparent": _TRACEPARENT})

    [message] = fake_queue.messages
    assert is_traceparent(message.traceparent)
    assert message.traceparent.startswith(f"00-{_TRACE_ID}-")
    assert "00f067aa0ba902b7" not in message.traceparent


@pytest.mark.parametrize(
    "headers", [{}, {"traceparent": "nonsense"}, {"traceparent": "00-" + "0" * 32 + "-00f067aa0ba902b7-01"}]
)
async def test_trace_begins_where_there_is_none(client, fake_queue, is_traceparent, headers):
    """A request without a trace of the W3C's form begins one."""
    for _ in range(2):
        await client.post("/v1/notifications", json=_WRITTEN, headers=headers)

    one, other = [message.traceparent for message in fake_queue.messages]
    assert is_traceparent(one)
    assert one.split("-")[1] != other.split("-")[1]


async def test_problem_has_the_trace_of_its_log_lines(client):
    """A person who has the problem finds what was logged for it."""
    response = await client.post("/v1/notifications", json={}, headers={"traceparent": _TRACEPARENT})

    assert _TRACE_ID == response.json()["trace_id"]


async def test_log_lines_have_the_trace(make_app, connect, fake_queue, priority_queues, monkeypatch):
    """What is logged while a request is answered can be found by its trace."""
    seen = []
    submit = priority_queues.submit

    def noted(*arguments):
        seen.append(structlog.contextvars.get_contextvars())
        return submit(*arguments)

    monkeypatch.setattr(priority_queues, "submit", noted)
    async with connect(make_app()) as client:
        await client.post("/v1/notifications", json=_WRITTEN, headers={"traceparent": _TRACEPARENT})

    assert [_TRACE_ID] == [variables["trace_id"] for variables in seen]


async def test_two_traces_are_none(client, fake_queue):
    """Two traceparent headers begin a new trace, and the state of either is dropped."""
    other = _TRACEPARENT.replace("4bf9", "5bf9")
    for pair in ((_TRACEPARENT, other), (_TRACEPARENT, _TRACEPARENT), (_TRACEPARENT, "")):
        headers = [*(("traceparent", value) for value in pair), ("tracestate", "congo=t61rcWkgMzE")]
        await client.post("/v1/notifications", json=_WRITTEN, headers=headers)

    for message in fake_queue.messages:
        assert "4bf92f3577b34da6a3ce929d0e0e4736"[1:] not in message.traceparent
        assert "" == message.tracestate


async def test_state_of_a_trace_goes_on_into_the_message(client, fake_queue):
    """What other systems keep in the trace is the message's as well, from as many headers as there are."""
    headers = [("traceparent", _TRACEPARENT), ("tracestate", "rojo=1"), ("tracestate", "congo=2")]

    await client.post("/v1/notifications", json=_WRITTEN, headers=headers)

    assert ["rojo=1,congo=2"] == [message.tracestate for message in fake_queue.messages]


async def test_keys_that_are_too_old_are_503(client, secret, now, api_keys, counted):
    """When nobody can say whether a key is still valid, a caller is told to come back, not to go away."""
    secret.error = TypeError("broken")
    now.time += 20 * 60 + 1

    response = await client.post("/v1/notifications", json=_WRITTEN)

    assert (503, "5") == (response.status_code, response.headers["Retry-After"])
    assert "application/problem+json" == response.headers["content-type"]
    assert 0 == counted("RequestsUnauthorized")
    assert 200 == (await client.get("/healthz")).status_code

    secret.error = None
    now.time += 5
    assert 202 == (await client.post("/v1/notifications", json=_WRITTEN)).status_code
