import pytest

from .conftest import KEY

_NOTIFICATIONS, _BATCH, _STATUS = "/v1/notifications", "/v1/notifications/batch", "/v1/notifications/x"


@pytest.mark.parametrize(
    "path", ["/healthz", "/readyz", "/openapi.json", _STATUS, "/nowhere", _NOTIFICATIONS]
)
async def test_head_is_get_without_content(client, path):
    """HEAD has the status and the headers of GET, and no content, wherever GET may be used."""
    asked, head = await client.get(path), await client.head(path)

    assert head.status_code == asked.status_code
    assert b"" == head.content
    varying = {"ratelimit-remaining", "ratelimit-reset"}
    lengths = {} if "trace_id" in asked.text else {"content-length": asked.headers["content-length"]}
    assert {name for name in head.headers if name not in varying} == {
        name for name in asked.headers if name not in varying
    }
    assert lengths.items() <= dict(head.headers).items()


async def test_head_of_readiness_tells_the_same(client, stop):
    """HEAD is as good a question as GET."""
    stop.set()

    assert 503 == (await client.head("/readyz")).status_code


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/healthz", "GET, HEAD"),
        ("/readyz", "GET, HEAD"),
        (_NOTIFICATIONS, "POST"),
        (_BATCH, "POST"),
        (_STATUS, "GET, HEAD"),
    ],
)
@pytest.mark.parametrize("method", ["OPTIONS", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND", "QUERY"])
async def test_other_methods_are_405(client, path, allowed, method):
    """A method that a path does not have is 405 with those that it has."""
    response = await client.request(method, path)

    assert 405 == response.status_code
    assert "application/problem+json" == response.headers["content-type"]
    assert allowed == response.headers["Allow"]


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER", "bEaReR", "Bearer  ", "BEARER    "])
async def test_scheme_in_any_case(make_app, connect, scheme):
    """The scheme's case does not matter, and there may be several spaces behind it (RFC 9110, 11)."""
    async with connect(make_app(), f"{scheme} team-a.{KEY}") as client:
        assert 404 == (await client.get(_STATUS)).status_code


@pytest.mark.parametrize(
    "values",
    [
        [f"Bearer team-a.{KEY}", f"Bearer team-a.{KEY}"],
        [f"Bearer team-a.{KEY}", "Basic eDp5"],
        ["Basic eDp5", f"Bearer team-a.{KEY}"],
        [f"Bearer team-a.{KEY}", ""],
        ["", f"Bearer team-a.{KEY}"],
    ],
)
async def test_two_credentials_are_none(make_app, connect, values):
    """Which of two credentials was meant is not guessed."""
    async with connect(make_app(), None) as client:
        response = await client.get(_STATUS, headers=[("Authorization", value) for value in values])

    assert 401 == response.status_code
