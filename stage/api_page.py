"""Page on which a person tries the API of a stage: Swagger UI, served from this machine alone.

It passes requests on to the load balancer, so that for the browser page and API are one origin and the API
need not know of it. The key comes to the page behind the `#` of its URL, which no browser sends to a server.
"""

import socket
import threading
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from importlib.resources import files
from types import TracebackType
from typing import Self
from urllib.parse import quote

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

_TIMEOUT_SECONDS = 30.0
_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
# About one connection, not about the message (RFC 9110 section 7.6.1), or said anew on the next one.
_OF_THE_CONNECTION = {
    *("connection", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade"),
    *("host", "content-length", "content-encoding"),
}
_PAGE = """\
<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <title>Try the API</title>
  <link rel="stylesheet" href="swagger-ui/swagger-ui.css">
</head>
<body>
  <div id="page"></div>
  <script src="swagger-ui/swagger-ui-bundle.js"></script>
  <script>
    const key = new URLSearchParams(location.hash.slice(1)).get("key");
    fetch("openapi.json").then((answer) => answer.json()).then((spec) => {
      const page = SwaggerUIBundle({
        spec,
        dom_id: "#page",
        tryItOutEnabled: true,
        validatorUrl: null,
        onComplete: () => {
          const schemes = (spec.components || {}).securitySchemes || {};
          if (key) Object.keys(schemes).forEach((name) => page.preauthorizeApiKey(name, key));
        },
      });
    });
  </script>
</body>
</html>
"""


def with_key(page: str, key: str) -> str:
    """URL of a page that has the key filled in."""
    return f"{page}#key={quote(key, safe='')}"


class ApiPage:
    """The page as a context manager: served while the context lasts, by a thread of its own.

    Attributes:
        url: URL of the page.

    Args:
        api_url: Where the API answers, with its description at `/openapi.json`.
    """

    def __init__(self, api_url: str) -> None:
        self._api_url = api_url
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}/"
        routes = [
            Route("/", _page),
            Mount("/swagger-ui", StaticFiles(directory=str(files("flask_swagger_ui") / "dist"))),
            Route("/{path:path}", _pass_on, methods=_METHODS),
        ]
        app = Starlette(routes=routes, lifespan=self._with_client)
        # Not uvicorn's own configuration of logging: it is the process's.
        self._server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False))
        self._thread = threading.Thread(
            target=self._server.run, args=([self._socket],), name="api-page", daemon=True
        )

    def __enter__(self) -> Self:
        """Serve it."""
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Serve it no more."""
        self._server.should_exit = True
        self._thread.join(_TIMEOUT_SECONDS)
        self._socket.close()

    @asynccontextmanager
    async def _with_client(self, _app: Starlette) -> AsyncIterator[dict[str, httpx.AsyncClient]]:
        # A person's proxy leads to no loopback address.
        async with httpx.AsyncClient(
            base_url=self._api_url, timeout=_TIMEOUT_SECONDS, trust_env=False
        ) as client:
            yield {"client": client}


async def _page(_request: Request) -> HTMLResponse:
    return HTMLResponse(_PAGE)


async def _pass_on(request: Request) -> Response:
    client: httpx.AsyncClient = request.state.client
    query = f"?{request.url.query}" if request.url.query else ""
    try:
        answer = await client.request(
            request.method,
            f"{request.url.path}{query}",
            headers=_passed_on(request.headers),
            content=await request.body(),
        )
    except httpx.HTTPError as error:
        return PlainTextResponse(f"the load balancer does not answer: {error!r}", 502)
    return Response(answer.content, answer.status_code, _passed_on(answer.headers))


def _passed_on(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name.lower() not in _OF_THE_CONNECTION}
