import pytest
from openapi_spec_validator import validate

_GUARDED = [
    ("/v1/notifications", "post", {"202", "401", "408", "413", "422", "429", "500", "503"}),
    ("/v1/notifications/batch", "post", {"202", "207", "401", "408", "413", "422", "429", "500", "503"}),
    ("/v1/notifications/{id}", "get", {"200", "401", "404", "429", "500", "503"}),
]
_RATE_LIMIT = {"RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"}


@pytest.fixture
def description(make_app):
    """The description."""
    return make_app().openapi()


def test_is_one(description):
    """The description is valid OpenAPI."""
    validate(description)


async def test_is_served(client, description):
    """Everybody can read it, again and again."""
    for _ in range(2):
        assert description == (await client.get("/openapi.json")).json()


@pytest.mark.parametrize(("path", "method", "statuses"), _GUARDED)
def test_names_every_status(description, path, method, statuses):
    """Every status that can occur is there, and every problem is one of RFC 9457."""
    responses = description["paths"][path][method]["responses"]

    assert statuses == set(responses)
    for status in statuses - {"200", "202", "207"}:
        assert ["application/problem+json"] == list(responses[status]["content"])


@pytest.mark.parametrize(("path", "method", "statuses"), _GUARDED)
def test_names_keys_and_limits(description, path, method, statuses):
    """Guarded routes say that they want a key, and what their answers tell of the limit."""
    operation = description["paths"][path][method]

    assert [{"bearer": []}] == operation["security"]
    for status in statuses:
        headers = set(operation["responses"][status].get("headers", {}))
        assert (headers & _RATE_LIMIT) == (set() if status in {"401", "408"} else _RATE_LIMIT)
    assert "WWW-Authenticate" in operation["responses"]["401"]["headers"]
    assert "Retry-After" in operation["responses"]["429"]["headers"]


def test_says_that_limits_are_per_task(description):
    """Nobody is surprised that several tasks let more through than one."""
    assert "Every task of the service counts for itself" in description["info"]["description"]


def test_knows_no_errors_of_the_framework(description):
    """Its own errors are never answered, so they are not promised."""
    assert "HTTPValidationError" not in description["components"]["schemas"]


@pytest.mark.parametrize(("path", "examples"), [("/v1/notifications", 3), ("/v1/notifications/batch", 1)])
async def test_examples_are_accepted(client, description, path, examples):
    """What the description shows works."""
    shown = description["paths"][path]["post"]["requestBody"]["content"]["application/json"]["examples"]

    assert examples == len(shown)
    for example in shown.values():
        assert 202 == (await client.post(path, json=example["value"])).status_code
