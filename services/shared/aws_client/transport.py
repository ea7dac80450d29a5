"""A POST to AWS and its answer; whatever goes wrong on the way becomes one of botocore's errors."""

import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache

import aiohttp
from botocore.exceptions import (
    BotoCoreError,
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    HTTPClientError,
    InvalidProxiesConfigError,
    ProxyConnectionError,
    ReadTimeoutError,
    SSLError,
)
from botocore.httpsession import ProxyConfiguration, get_cert_path, mask_proxy_url
from botocore.utils import get_environ_proxies

CONNECT_SECONDS = 2.0
# Less than a load balancer of AWS keeps a connection that nobody uses; aiobotocore does the same.
_KEPT_SECONDS = 12.0
# The first that fits: some of aiohttp's errors are of several kinds.
_NAMES: tuple[tuple[type[Exception], type[BotoCoreError]], ...] = (
    (aiohttp.ClientSSLError, SSLError),
    (aiohttp.ConnectionTimeoutError, ConnectTimeoutError),
    (TimeoutError, ReadTimeoutError),
    (aiohttp.ClientConnectorError, EndpointConnectionError),
    (aiohttp.ClientConnectionError, ConnectionClosedError),
    (aiohttp.ClientPayloadError, ConnectionClosedError),
)


@cache
def _timeout(answer_seconds: float) -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_SECONDS, sock_read=answer_seconds)


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer as it came, in the form that botocore's rules of retrying look at.

    Attributes:
        status_code: HTTP status.
        headers: By their names, whose case is all one.
        body: Bytes as they came.
    """

    status_code: int
    headers: Mapping[str, str]
    body: bytes

    @property
    async def content(self) -> bytes:
        """The body, as an awaitable: botocore's rules read it from there."""
        return self.body


class Transport:
    """Sends requests to one endpoint, through the proxy that the environment names.

    Args:
        http: Keeps connections.
        url: Where requests go.
        proxies: As botocore finds them in `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`.

    Raises:
        InvalidProxiesConfigError: The proxy's address is none.
    """

    def __init__(self, http: aiohttp.ClientSession, url: str, proxies: Mapping[str, str]) -> None:
        self._http = http
        # What is signed has a path, and through a proxy the whole address is told.
        self._url = url.rstrip("/") + "/"
        configured = ProxyConfiguration(proxies)
        self._proxy: str | None = configured.proxy_url_for(url)
        try:
            self._proxy_headers = configured.proxy_headers_for(self._proxy) if self._proxy else None
        except ValueError as error:
            raise InvalidProxiesConfigError(error=error) from error

    async def post(self, body: bytes, headers: Mapping[str, str], answer_seconds: float) -> Reply:
        """Send one request, and follow nobody who answers that it belongs elsewhere.

        Args:
            body: As it was signed.
            headers: The same.
            answer_seconds: Maximum silence of the service.

        Raises:
            BotoCoreError: There is no answer, or none that is one of HTTP; the type says why.
        """
        try:
            async with self._http.post(
                self._url,
                data=body,
                headers=headers,
                allow_redirects=False,
                timeout=_timeout(answer_seconds),
                proxy=self._proxy,
                proxy_headers=self._proxy_headers,
            ) as response:
                return Reply(response.status, response.headers, await response.read())
        except Exception as error:
            raise self._named(error) from error

    def _named(self, error: Exception) -> BotoCoreError:
        """The error as botocore names it."""
        if isinstance(error, (aiohttp.ClientProxyConnectionError, aiohttp.ClientHttpProxyError)):
            return ProxyConnectionError(proxy_url=mask_proxy_url(str(self._proxy)), error=error)
        for kind, named in _NAMES:
            if isinstance(error, kind):
                return named(endpoint_url=self._url, error=error)
        # An address or a header that cannot be, an answer that is not HTTP, a defect in between.
        return HTTPClientError(error=error)


@asynccontextmanager
async def open_transport(url: str, *, ca_bundle: str | None, connections: int) -> AsyncIterator[Transport]:
    """A transport to one endpoint, closed when the block ends.

    Args:
        url: Of the endpoint.
        ca_bundle: File with the certificates to trust, as `AWS_CA_BUNDLE` names it; None for botocore's own.
        connections: Maximum requests in flight at once.

    Raises:
        ssl.SSLError: The file holds no certificates.
        InvalidProxiesConfigError: The proxy's address is none.
    """
    # What goes to an emulator is not encrypted, and reading the certificates takes a hundredth of a second.
    encrypted = url.startswith("https:")
    trust = ssl.create_default_context(cafile=ca_bundle or get_cert_path(verify=True)) if encrypted else True
    connector = aiohttp.TCPConnector(limit=connections, ssl=trust, keepalive_timeout=_KEPT_SECONDS)
    async with aiohttp.ClientSession(
        connector=connector, cookie_jar=aiohttp.DummyCookieJar(), auto_decompress=False
    ) as http:
        yield Transport(http, url, get_environ_proxies(url))
