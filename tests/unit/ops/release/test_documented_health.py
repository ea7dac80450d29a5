"""What a release asks of the health check is what the Notification API answers."""

import asyncio

import httpx
from fastapi import FastAPI

from notification_api.health import Readiness, health_routes
from ops.release.health_probe import MEDIA_TYPE, PATH, STATUS


async def test_it_is_what_the_api_answers():
    """Whoever changes the one changes the other."""
    routes = health_routes(Readiness(asyncio.Event(), None, None))
    transport = httpx.ASGITransport(FastAPI(routes=routes.routes))
    async with httpx.AsyncClient(transport=transport, base_url="http://api") as client:
        answer = await client.get(PATH)

    assert STATUS == answer.status_code
    assert MEDIA_TYPE == answer.headers["content-type"].partition(";")[0]
