"""Every way in which a call can fail, each by a server that fails so, over a real socket."""

import asyncio
import gzip

import pytest
from botocore.credentials import ReadOnlyCredentials
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionClosedError,
    CredentialRetrievalError,
    EndpointConnectionError,
    HTTPClientError,
    ProxyConnectionError,
    ReadTimeoutError,
    SSLError,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.aws_client import TimeLimits
from shared.aws_client.answer import UnreadableAnswerError
from tests.unit.services.raw_server import HANGS_UP, SILENT, RawServer, http
from tests.unit.services.shared.aws_client.conftest import KEYS
from tests.waiting import SOON

_BRIEF = TimeLimits(answer_seconds=SOON, call_seconds=0.2)
_OK = b"HTTP/1.1 200 OK\r\n"


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        pytest.param(http("<html>sign in</html>"), UnreadableAnswerError, id="not JSON"),
        pytest.param(http(""), UnreadableAnswerError, id="nothing"),
        pytest.param(http("[]"), UnreadableAnswerError, id="a list"),
        pytest.param(http("7"), UnreadableAnswerError, id="a number"),
        pytest.param(http("null"), UnreadableAnswerError, id="null"),
        pytest.param(http('{"a": NaN'), UnreadableAnswerError, id="half an object"),
        pytest.param(http(b"\xff\xfe{}"), UnreadableAnswerError, id="not UTF-8"),
        pytest.param(http("[" * 100_000), UnreadableAnswerError, id="deep"),
        pytest.param(http('{"a":' * 100_000), UnreadableAnswerError, id="deep objects"),
        pytest.param(http('{"a": ' + "9" * 5000 + "}"), UnreadableAnswerError, id="a huge number"),
        pytest.param(http("", "204 No Content"), UnreadableAnswerError, id="no content"),
        pytest.param(http(gzip.compress(b"{}"), Content_Encoding="gzip"), UnreadableAnswerError, id="gzip"),
        pytest.param(http(b"{}", Content_Encoding="nonsense"), None, id="an encoding that is none"),
        pytest.param(http("no", "302 Found", Location="http://[::"), ClientError, id="redirected nowhere"),
        pytest.param(http("[" * 100_000, "400 Bad Request"), ClientError, id="a deep refusal"),
        pytest.param(http(b"\xff", "400 Bad Request"), ClientError, id="a refusal that is not UTF-8"),
        pytest.param(_OK + b"Content-Length: 99\r\n\r\n{", ConnectionClosedError, id="truncated"),
        pytest.param(
            _OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\n{", ConnectionClosedError, id="truncated chunk"
        ),
        pytest.param(_OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n", HTTPClientError, id="no chunk"),
        pytest.param(_OK + b"Content-Length: -1\r\n\r\n{}", HTTPClientError, id="negative length"),
        pytest.param(
            _OK + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}", HTTPClientError, id="two lengths"
        ),
        pytest.param(_OK + b"A: " + b"a" * 100_000 + b"\r\n\r\n", HTTPClientError, id="a long header"),
        pytest.param(b"nonsense\r\n\r\n", HTTPClientError, id="not HTTP"),
        pytest.param(b"HTTP/1.1 999999 OK\r\n\r\n", HTTPClientError, id="no status"),
        pytest.param(b"\x15\x03\x01\x00\x02\x02\x46", HTTPClientError, id="TLS"),
        pytest.param(b"HTTP/1.1 100 Continue\r\n\r\n", HTTPClientError, id="continue and no more"),
        pytest.param(b"HTTP/1.1 101 Switching\r\n\r\n", None, id="another protocol"),
        pytest.param(HANGS_UP, ConnectionClosedError, id="hangs up"),
    ],
)
async def test_an_answer_that_is_none_is_an_error_of_botocore_s(call, raw_server, answer, kind):
    """Whatever comes back, callers see botocore's errors, which are all that they know."""
    raw_server.answers, raw_server.closes = [answer], kind is not UnreadableAnswerError
    send = await call()
    if kind is None:
        try:
            await asyncio.wait_for(send(QueueUrl="u"), SOON)
        except (BotoCoreError, ClientError):
            return
    else:
        with pytest.raises(kind):
            await asyncio.wait_for(send(QueueUrl="u"), SOON)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.one_of(
        st.binary(max_size=200),
        st.binary(max_size=200).map(http),
        st.tuples(st.binary(max_size=60), st.sampled_from([200, 204, 301, 400, 403, 429, 500, 503, 999])).map(
            lambda drawn: http(drawn[0], f"{drawn[1]} Said")
        ),
        st.tuples(st.text(max_size=30), st.binary(max_size=60)).map(
            lambda drawn: http(drawn[1], x_amzn_query_error=drawn[0])
        ),
    )
)
def test_no_bytes_raise_anything_else(answer):
    """Of an answer of any bytes there comes a dictionary, or one of botocore's errors."""
    assert asyncio.run(_asked(answer)) in {dict, BotoCoreError, ClientError}


async def _asked(answer):
    import aiohttp  # noqa: PLC0415 - for this test alone

    from shared.aws_client.answer import read_object, read_refusal  # noqa: PLC0415
    from shared.aws_client.transport import Transport  # noqa: PLC0415

    server = RawServer([answer], closes=True)
    await server.start()
    try:
        async with aiohttp.ClientSession(auto_decompress=False) as session:
            reply = await Transport(session, server.url, {}).post(b"{}", {}, SOON)
            if reply.status_code == 200:
                return type(read_object(reply.body, server.url))
            return type(read_refusal(reply, "SendMessageBatch"))
    except BotoCoreError:
        return BotoCoreError
    finally:
        await server.stop()


async def test_nobody_listens(call, monkeypatch, pauses):
    """A refused connection is botocore's error as well, after a second attempt."""
    monkeypatch.setenv("AWS_ENDPOINT_URL_SQS", "http://127.0.0.1:9")
    send = await call()
    with pytest.raises(EndpointConnectionError, match=r"127\.0\.0\.1:9"):
        await send(QueueUrl="u")
    assert 1 == len(pauses)


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("http://nowhere.invalid", EndpointConnectionError),
        ("http://127.0.0.1:9", EndpointConnectionError),
        ("https://127.0.0.1:{port}", SSLError),
    ],
)
async def test_an_endpoint_that_cannot_be_reached(call, raw_server, monkeypatch, url, kind):
    """No name, no listener, no TLS."""
    raw_server.greeting = b"HTTP/1.1 400 No TLS\r\n\r\n"
    monkeypatch.setenv("AWS_ENDPOINT_URL_SQS", url.format(port=raw_server.port))
    send = await call()
    with pytest.raises(kind):
        await asyncio.wait_for(send(QueueUrl="u"), SOON)


@pytest.mark.parametrize(
    ("proxy", "answer"),
    [
        ("http://127.0.0.1:9", None),
        ("http://nowhere.invalid:3128", None),
        ("{server}", http("no", "407 Proxy Authentication Required")),
        ("{server}", http("no", "502 Bad Gateway")),
        ("{server}", HANGS_UP),
        ("http://[::", None),
    ],
)
async def test_a_proxy_in_trouble(call, raw_server, monkeypatch, proxy, answer):
    """A proxy that is not there, or opens no tunnel, is an error of botocore's that hides its password."""
    raw_server.answers, raw_server.closes = [answer], True
    monkeypatch.setenv("AWS_ENDPOINT_URL_SQS", "https://sqs.example.invalid")
    monkeypatch.setenv("https_proxy", proxy.format(server=raw_server.url.replace("//", "//user:hidden@")))
    monkeypatch.delenv("no_proxy", raising=False)
    with pytest.raises(BotoCoreError) as raised:
        await asyncio.wait_for((await call())(QueueUrl="u"), SOON)
    assert "hidden" not in str(raised.value)


async def test_a_proxy_that_refuses_is_named(call, raw_server, monkeypatch):
    """A refused tunnel says that it is the proxy's doing."""
    raw_server.answers, raw_server.closes = [http("no", "403 Forbidden")], True
    monkeypatch.setenv("AWS_ENDPOINT_URL_SQS", "https://sqs.example.invalid")
    monkeypatch.setenv("https_proxy", raw_server.url)
    monkeypatch.delenv("no_proxy", raising=False)
    send = await call()
    with pytest.raises(ProxyConnectionError):
        await asyncio.wait_for(send(QueueUrl="u"), SOON)


async def test_silence(call, raw_server):
    """A service that does not answer in time is given up, after the second attempt."""
    raw_server.answers = [SILENT]
    send = await call(limits=TimeLimits(answer_seconds=0.05, call_seconds=SOON))
    with pytest.raises(ReadTimeoutError):
        await asyncio.wait_for(send(QueueUrl="u"), SOON)
    assert 2 == len(raw_server.asked)


async def test_a_call_ends_in_time_whatever_takes_it(call, raw_server):
    """Silence shorter than an attempt's limit, again and again, is longer than the call's."""
    raw_server.answers = [SILENT]
    send = await call(limits=_BRIEF)
    with pytest.raises(ReadTimeoutError):
        await asyncio.wait_for(send(QueueUrl="u"), SOON)


async def test_a_drop_at_a_time(call, raw_server):
    """An answer that never ends is no answer."""
    raw_server.answers = [_OK + b"Content-Length: 99\r\n\r\n{"]
    send = await call(limits=_BRIEF)
    with pytest.raises(ReadTimeoutError):
        await asyncio.wait_for(send(QueueUrl="u"), SOON)


async def test_slow_credentials_are_in_the_limit(call, raw_server, credentials):
    """A credentials endpoint that says nothing does not hold a call for longer."""
    send = await call(limits=_BRIEF)
    credentials.keys = [asyncio.Event()]
    with pytest.raises(ReadTimeoutError):
        await asyncio.wait_for(send(QueueUrl="u"), SOON)
    assert [] == raw_server.asked


async def test_waiting_for_a_connection_is_in_the_limit(call, raw_server):
    """With every connection taken, a call ends in time all the same."""
    raw_server.answers = [SILENT]
    send = await call(limits=_BRIEF, connections=1)
    results = await asyncio.wait_for(
        asyncio.gather(*(send(QueueUrl="u") for _ in range(3)), return_exceptions=True), SOON
    )
    assert [ReadTimeoutError] * 3 == [type(result) for result in results]


@pytest.mark.parametrize(
    ("keys", "kind"),
    [
        (CredentialRetrievalError(provider="container", error_msg="500"), CredentialRetrievalError),
        (KeyError("Expiration"), HTTPClientError),
        (OSError(5, "broken"), HTTPClientError),
        (TimeoutError(), ReadTimeoutError),
        (ReadOnlyCredentials("AKID", "secret", "a\r\nb: c"), HTTPClientError),
    ],
)
async def test_credentials_in_trouble(call, raw_server, credentials, keys, kind):
    """A source of credentials may fail with whatever it likes; nothing is sent."""
    send = await call()
    credentials.keys = [keys]
    with pytest.raises(kind):
        await send(QueueUrl="u")
    assert [] == raw_server.asked


async def test_a_client_that_was_closed(call, raw_server):
    """A call after the end is an error of botocore's, not of whatever is underneath."""
    send = await call()
    await send._endpoint.transport._http.close()  # noqa: SLF001 - nobody else can
    with pytest.raises(HTTPClientError):
        await send(QueueUrl="u")


async def test_parameters_that_cannot_be_written(call):
    """What is no JSON is told before anything is sent; it is the caller's defect and no outage."""
    send = await call()
    with pytest.raises(Exception, match="serialize"):
        await send(QueueUrl=object())


async def test_keys_stay_valid_after_failures(call, raw_server, credentials):
    """One failure of the credentials leaves nothing behind."""
    send = await call()
    credentials.keys = [KeyError("Expiration"), KEYS]
    with pytest.raises(HTTPClientError):
        await send(QueueUrl="u")
    assert "Successful" in await send(QueueUrl="u")
