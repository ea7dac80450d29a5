import pytest

_WRITTEN = {"recipient": "ada@example.com", "subject": "Hello", "body": "Good morning"}


async def _errors(client, content):
    response = await client.post("/v1/notifications", json=content)
    assert 422 == response.status_code
    assert "application/problem+json" == response.headers["content-type"]
    problem = response.json()
    assert (422, "about:blank") == (problem["status"], problem["type"])
    return {error["pointer"]: error["detail"] for error in problem["errors"]}


@pytest.mark.parametrize(
    ("change", "pointer", "detail"),
    [
        ({"recipient": "ada"}, "#/recipient", "not a valid email address"),
        ({"recipient": "ada@example.com\nBcc: eve@example.com"}, "#/recipient", "not a valid email address"),
        ({"subject": "Hello\r\nBcc: eve@example.com"}, "#/subject", "must be one line"),
        ({"subject": "Hello\u2028Bcc: eve"}, "#/subject", "must be one line"),
        ({"subject": ""}, "#/subject", "at least 1 character"),
        ({"subject": "x" * 256}, "#/subject", "at most 255 characters"),
        ({"body": "\x07"}, "#/body", "must not contain control characters"),
        ({"body": "x" * 100_001}, "#/body", "at most 100000 characters"),
        ({"priority": "urgent"}, "#/priority", "Input should be 'normal' or 'high'"),
        ({"cc": "eve@example.com"}, "#/cc", "Extra inputs are not permitted"),
        ({"a/b~c": 1}, "#/a~1b~0c", "Extra inputs are not permitted"),
    ],
)
async def test_invalid_field_is_pointed_at(client, fake_queue, change, pointer, detail):
    """Every invalid field is named by a JSON pointer with what is wrong; nothing is queued."""
    errors = await _errors(client, {**_WRITTEN, **change})

    assert [pointer] == list(errors)
    assert detail in errors[pointer]
    assert [] == fake_queue.bodies


async def test_every_invalid_field_is_named(client):
    """A caller mends everything at once."""
    assert {"#/recipient", "#/subject", "#/body"} == set(await _errors(client, {"recipient": "ada"}))


async def test_either_text_or_template(client):
    """A body beside a template is a mistake, not silently dropped."""
    errors = await _errors(client, {**_WRITTEN, "template": "welcome"})

    assert {"#/subject", "#/body"} == set(errors)


async def test_unknown_template_names_the_known_ones(client):
    """A misspelt template is answered with the list."""
    errors = await _errors(client, {"recipient": "ada@example.com", "template": "wellcome"})

    assert "welcome" in errors["#/template"]


async def test_injection_through_template_data(client):
    """A line break in data that ends up in the subject is refused like one in a subject."""
    data = {"name": "Ada\r\nBcc: eve@example.com"}

    errors = await _errors(client, {"recipient": "ada@example.com", "template": "welcome", "data": data})

    assert {"#/data": "the subject must be one line without control characters"} == errors


@pytest.mark.parametrize("content", [b"{", b"", b"\xff", b'"\\ud800"', b'{"body":"\\udfff"}'])
async def test_what_is_no_json(client, content):
    """A body that is no JSON, or none at all, is a problem with the whole document."""
    response = await client.post(
        "/v1/notifications", content=content, headers={"content-type": "application/json"}
    )

    assert 422 == response.status_code
    assert "#" == response.json()["errors"][0]["pointer"]


@pytest.mark.parametrize("content", [[], "text", 7, None])
async def test_json_that_is_no_object(client, content):
    """JSON of another kind is refused, not a crash."""
    response = await client.post("/v1/notifications", json=content)

    assert 422 == response.status_code


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/nowhere", 404), ("POST", "/v1/notifications/", 404), ("GET", "/v1/notifications", 405)],
)
async def test_framework_errors_are_problems(client, method, path, status):
    """What the framework answers by itself has the same media type."""
    response = await client.request(method, path)

    assert status == response.status_code
    assert "application/problem+json" == response.headers["content-type"]
    assert status == response.json()["status"]
