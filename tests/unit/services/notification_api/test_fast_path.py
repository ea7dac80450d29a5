from typing import Annotated

import httpx
import pytest
from fastapi import APIRouter, Body, Depends, FastAPI, HTTPException, Request
from fastapi.routing import APIRoute
from pydantic import BaseModel
from starlette.responses import PlainTextResponse

from notification_api.fast_path import FastPath
from notification_api.models import Rules
from tests.bench.rivals import api_ways

_WRITTEN = {"recipient": "ada@example.com", "subject": "Hello", "body": "Good morning"}


class Answer(BaseModel):
    """A model with a member that may be missing."""

    said: str
    more: str | None = None


def _application(route_class):
    router = APIRouter(route_class=route_class)

    @router.post("/model", status_code=202, response_model_exclude_none=True)
    async def model(request: Request) -> Answer:
        return Answer(said=(await request.body()).decode())

    @router.get("/response", response_model=Answer)
    async def response(_: Request):
        return PlainTextResponse("late", 207, {"Retry-After": "5"})

    @router.get("/error")
    async def error(_: Request) -> Answer:
        raise HTTPException(404, "nowhere")

    app = FastAPI()
    app.include_router(router)
    return app


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("POST", "/model", 202), ("GET", "/response", 207), ("GET", "/error", 404), ("GET", "/model", 405)],
)
async def test_answers_as_fastapi_does(method, path, status):
    """A model, a response and an error are answered like FastAPI's own routes answer them."""
    answers = []
    for route_class in (FastPath, APIRoute):
        transport = httpx.ASGITransport(_application(route_class))
        async with httpx.AsyncClient(transport=transport, base_url="http://api") as client:
            answer = await client.request(method, path, content=b"hello")
        answers.append((answer.status_code, answer.headers, answer.content))

    assert answers[0] == answers[1]
    assert status == answers[0][0]


def test_is_described_as_fastapi_does():
    """The OpenAPI document is the same with either class."""
    assert _application(FastPath).openapi() == _application(APIRoute).openapi()


async def test_dependencies_are_for_the_document_alone():
    """What a route declares to take is described, and never read by the framework."""

    async def takes(answer: Annotated[Answer, Body()]) -> None:
        raise AssertionError(answer)

    router = APIRouter(route_class=FastPath)

    @router.post("/", dependencies=[Depends(takes)])
    async def read(request: Request) -> Answer:
        return Answer(said=(await request.body()).decode())

    app = FastAPI()
    app.include_router(router)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://api") as client:
        answer = await client.post("/", content=b"no JSON")

    assert {"said": "no JSON"} == answer.json()
    body = app.openapi()["paths"]["/"]["post"]["requestBody"]["content"]["application/json"]
    assert "#/components/schemas/Answer" == body["schema"]["$ref"]


@pytest.mark.parametrize(
    ("content", "status"),
    [(_WRITTEN, 202), ({**_WRITTEN, "recipient": "ada"}, 422), ({"body": "€" * 400_000}, 413)],
)
@pytest.mark.parametrize("way", ["dependencies", "starlette", "bypass"])
async def test_fast_path_is_only_fast(monkeypatch, make_app, connect, way, content, status):
    """The answer is the same in every way to the route that is measured beside ours."""
    headers = {"Idempotency-Key": "a", "traceparent": "00-" + "1" * 32 + "-" + "2" * 16 + "-01"}
    answers = []
    for made in ("ours", way):
        with monkeypatch.context() as patch:
            if made in api_ways.ROUTES:
                patch.setattr("notification_api.app.notification_routes", api_ways.ROUTES[made])
            app = make_app(**({"make": api_ways.bypassed, "rules": Rules()} if made == "bypass" else {}))
        async with connect(app) as client:
            answer = await client.post("/v1/notifications", json=content, headers=headers)
        names = {name for name in answer.headers if name != "ratelimit-remaining"}
        answers.append((answer.status_code, answer.json(), names))

    assert answers[0] == answers[1]
    assert status == answers[0][0]
