import http.client
import json
import re
import socket
import threading
from concurrent.futures import ThreadPoolExecutor

import boto3
import pytest

from tests.unit.services.notification_api.conftest import KEY, OTHER_KEY, key_entry
from tests.waiting import SOON, START, eventually

_TASK = {
    "SERVICE_NAME": "notification-api",
    "ENVIRONMENT": "test",
    "PORT": "0",
    "QUEUE_NAME": "notifications",
    "API_KEYS_SECRET": "api-keys-hostile",
    "AWS_REGION": "eu-central-1",
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
}
_CONTENT = json.dumps({"recipient": "ada@example.com", "subject": "Hello", "body": "Hi"}).encode()
_AUTHORIZATION = f"Authorization: Bearer team-a.{KEY}\r\n".encode()
_HEAD = b"POST /v1/notifications HTTP/1.1\r\nHost: api\r\n" + _AUTHORIZATION
_LENGTH = b"Content-Length: %d\r\n" % len(_CONTENT)


@pytest.fixture
def service(start_service, held_sqs, moto_url):
    """The service, with the keys of team-a and team-b, and an SQS that confirms when it is let."""
    client = boto3.client(
        "secretsmanager",
        endpoint_url=moto_url,
        region_name="eu-central-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
    clients = [key_entry("team-a", KEY), key_entry("team-b", OTHER_KEY)]
    text = json.dumps({"id_key": "ab" * 32, "clients": clients})
    client.create_secret(Name=_TASK["API_KEYS_SECRET"], SecretString=text)
    urls = {"AWS_ENDPOINT_URL_SECRETS_MANAGER": moto_url, "AWS_ENDPOINT_URL_SQS": held_sqs.url}
    started = start_service("notification_api", {**_TASK, **urls})
    started.wait_until_serving()
    yield started
    client.delete_secret(SecretId=_TASK["API_KEYS_SECRET"], ForceDeleteWithoutRecovery=True)
    client.close()


def _connect(service):
    host, port = service.address.split(":")
    return socket.create_connection((host, int(port)), timeout=START)


def _statuses(service, text, *, unfinished=False):
    """Statuses of what is answered to these bytes, up to the first that is final.

    A client that leaves a request unfinished has said all that it will.
    """
    answer, found = b"", []
    with _connect(service) as connection:
        connection.sendall(text)
        if unfinished:
            connection.shutdown(socket.SHUT_WR)
        while max(found, default=0) < 200 and (piece := _received(connection)):
            answer += piece
            found = [int(status) for status in re.findall(rb"HTTP/1\.1 (\d{3}) ", answer)]
    return found


def _until_closed(connection):
    answer = b""
    while piece := _received(connection):
        answer += piece
    connection.close()
    return answer


def _received(connection):
    try:
        return connection.recv(65536)
    except ConnectionResetError:
        return b""


def _post(service, key=f"team-a.{KEY}", content=_CONTENT):
    connection = http.client.HTTPConnection(service.address, timeout=START)
    connection.request("POST", "/v1/notifications", content, {"Authorization": f"Bearer {key}"})
    response = connection.getresponse()
    body = response.read()
    connection.close()
    return response, body


def test_sigterm_while_the_queue_hangs(service, held_sqs):
    """Everybody who waits for the queue when the stop comes is told to come back, however many wait."""
    waiting = [_connect(service) for _ in range(240)]
    for connection in waiting:
        connection.sendall(_HEAD + _LENGTH + b"\r\n" + _CONTENT)
    assert held_sqs.asked.wait(SOON)
    # Who connects after them is answered after their requests have been read.
    assert [200] == _statuses(service, b"GET /healthz HTTP/1.1\r\nHost: api\r\n\r\n")

    service.terminate()
    answers = [_until_closed(connection) for connection in waiting]

    assert {b"HTTP/1.1 503 Service Unavailable"} == {answer.partition(b"\r\n")[0] for answer in answers}
    assert all(b"content-type: application/problem+json\r\n" in answer for answer in answers)
    assert all(b"retry-after: 5\r\n" in answer for answer in answers)
    assert {503} == {json.loads(answer.partition(b"\r\n\r\n")[2])["status"] for answer in answers}
    held_sqs.go_on.set()
    assert 0 == service.exit_code()


def test_slow_bodies_keep_nobody_out(service, held_sqs):
    """While 64 bodies of one client come a byte at a time, another client is answered."""
    held_sqs.go_on.set()
    stop = threading.Event()
    head = _HEAD + b"Content-Length: 1048576\r\n\r\n"
    slow = [_connect(service) for _ in range(64)]

    def drip():
        while not stop.is_set():
            for connection in slow:
                try:
                    connection.sendall(b" ")
                except OSError:
                    continue
            stop.wait(0.01)

    for connection in slow:
        connection.sendall(head)
    dripping = threading.Thread(target=drip)
    dripping.start()
    try:
        refused = eventually(lambda: _post(service, content=b" " * 1024 * 1024)[0].status == 429)
        accepted, _ = _post(service, key=f"team-b.{OTHER_KEY}")
    finally:
        stop.set()
        dripping.join()
        for connection in slow:
            connection.close()

    assert refused
    assert 202 == accepted.status
    service.terminate()
    assert 0 == service.exit_code()


def test_large_bodies_keep_health_answered(service, held_sqs):
    """While bodies with 100,000 wrong members are worked on, health is answered between any two of them."""
    held_sqs.go_on.set()
    members = ",".join(f'"{n:x}":1.5' for n in range(80_000))
    hostile = f'{{"recipient":"a@example.com","template":"welcome","data":{{{members}}}}}'.encode()
    answered = []
    with ThreadPoolExecutor(8) as pool:
        asking = [pool.submit(_post, service, f"team-a.{KEY}", hostile) for _ in range(24)]
        for each in asking:
            each.add_done_callback(lambda _: answered.append("hostile"))
        while not all(each.done() for each in asking):
            connection = http.client.HTTPConnection(service.address, timeout=START)
            connection.request("GET", "/healthz")
            assert 200 == connection.getresponse().status
            connection.close()
            answered.append("health")

    assert {422} == {each.result()[0].status for each in asking}
    assert 15_000 > max(len(each.result()[1]) for each in asking)
    # Had they been worked on one right after the other, health would have been answered once or twice.
    assert answered.count("health") >= 6


_ODD = {
    "absolute form": b"GET http://elsewhere/healthz HTTP/1.1\r\nHost: api\r\n\r\n",
    "absolute form without a path": b"GET http://elsewhere HTTP/1.1\r\nHost: api\r\n\r\n",
    "authority form": b"CONNECT api:443 HTTP/1.1\r\nHost: api:443\r\n\r\n",
    "asterisk form": b"OPTIONS * HTTP/1.1\r\nHost: api\r\n\r\n",
    "no path": b"GET ?a HTTP/1.1\r\nHost: api\r\n\r\n",
    "path that is none": b"GET nowhere HTTP/1.1\r\nHost: api\r\n\r\n",
    "two slashes": b"GET //healthz HTTP/1.1\r\nHost: api\r\n\r\n",
    "dots": b"GET /v1/../healthz HTTP/1.1\r\nHost: api\r\n\r\n",
    "percent-encoded": b"GET /%68ealthz HTTP/1.1\r\nHost: api\r\n\r\n",
    "percent-encoded slash": b"POST /v1%2Fnotifications HTTP/1.1\r\nHost: api\r\n\r\n",
    "percent-encoded nonsense": b"GET /v1/notifications/%ff%00%zz%c0%af HTTP/1.1\r\nHost: api\r\n\r\n",
    "bytes in the path": b"GET /\xff\xfe HTTP/1.1\r\nHost: api\r\n\r\n",
    "no host": b"GET /healthz HTTP/1.1\r\n\r\n",
    "two hosts": b"GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    "HTTP/1.0": b"GET /healthz HTTP/1.0\r\n\r\n",
    "HTTP/0.9": b"GET /healthz\r\n\r\n",
    "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "upgrade": b"GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n",
    "h2c": b"GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n\r\n",
    "two lengths": _HEAD + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n{}",
    "same length twice": _HEAD + b"Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}",
    "list of lengths": _HEAD + b"Content-Length: 2, 2\r\n\r\n{}",
    "negative length": _HEAD + b"Content-Length: -1\r\n\r\n",
    "signed length": _HEAD + b"Content-Length: +2\r\n\r\n{}",
    "length of words": _HEAD + b"Content-Length: two\r\n\r\n{}",
    "hexadecimal length": _HEAD + b"Content-Length: 0x2\r\n\r\n{}",
    "huge length": _HEAD + b"Content-Length: 99999999999999999999999\r\n\r\n{}",
    "large length": _HEAD + b"Content-Length: 18446744073709551615\r\n\r\n{}",
    "no length": _HEAD + b"\r\n",
    "length and chunks": _HEAD + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "chunked twice": _HEAD + b"Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n",
    "chunked and more": _HEAD + b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
    "unknown encoding": _HEAD + b"Transfer-Encoding: gzip\r\n\r\n",
    "chunk of words": _HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
    "huge chunk": _HEAD + b"Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n{}\r\n",
    "chunk extension": _HEAD + b'Transfer-Encoding: chunked\r\n\r\n2;a="b"\r\n{}\r\n0\r\n\r\n',
    "trailers": _HEAD + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\nContent-Length: 5\r\n\r\n",
    "expect": _HEAD + _LENGTH + b"Expect: 100-continue\r\n\r\n" + _CONTENT,
    "expect anything else": _HEAD + _LENGTH + b"Expect: a-miracle\r\n\r\n" + _CONTENT,
    "two content types": _HEAD + _LENGTH + b"Content-Type: a/b\r\nContent-Type: c/d\r\n\r\n" + _CONTENT,
    "content encoding": _HEAD + _LENGTH + b"Content-Encoding: gzip\r\n\r\n" + _CONTENT,
    "two keys": _HEAD + _LENGTH + b"Idempotency-Key: a\r\nIdempotency-Key: b\r\n\r\n" + _CONTENT,
    "huge key": _HEAD + _LENGTH + b"Idempotency-Key: " + b"a" * 60_000 + b"\r\n\r\n" + _CONTENT,
    "two credentials": _HEAD + _AUTHORIZATION + _LENGTH + b"\r\n" + _CONTENT,
    "folded header": b"GET /healthz HTTP/1.1\r\nHost: api\r\nX: a\r\n b\r\n\r\n",
    "space before the colon": b"GET /healthz HTTP/1.1\r\nHost : api\r\n\r\n",
    "header without a name": b"GET /healthz HTTP/1.1\r\nHost: api\r\n: x\r\n\r\n",
    "zero byte in a header": b"GET /healthz HTTP/1.1\r\nHost: api\r\nX: a\0b\r\n\r\n",
    "line feeds alone": b"GET /healthz HTTP/1.1\nHost: api\n\n",
    "many headers": b"GET /healthz HTTP/1.1\r\nHost: api\r\n" + b"X: y\r\n" * 9_000 + b"\r\n",
    "pipelined": b"GET /healthz HTTP/1.1\r\nHost: api\r\n\r\n" * 50,
    "end in a head": b"GET /healthz HTTP/1.1\r\nHos",
    "end in a body": _HEAD + b"Content-Length: 100\r\n\r\n{",
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(range(200)),
    "nothing": b"",
}

_UNFINISHED = ("end in a head", "end in a body", "nothing", "HTTP/0.9", "large length", "no length")


def test_odd_requests_are_no_defects(service, held_sqs):
    """However odd a request is, it is the caller's fault or none: no 5xx, nothing in the log, no end."""
    held_sqs.go_on.set()

    statuses = {name: _statuses(service, text, unfinished=name in _UNFINISHED) for name, text in _ODD.items()}

    assert [] == [name for name, found in statuses.items() if max(found, default=0) >= 500]
    assert ([200], [200]) == (statuses["absolute form"], statuses["percent-encoded"])
    assert [401] == statuses["percent-encoded slash"]
    assert {200} == set(statuses["pipelined"])
    assert [100, 202] == statuses["expect"]
    assert [422] == statuses["two keys"]
    assert [401] == statuses["two credentials"]
    no_length = ("two lengths", "length and chunks", "negative length", "length of words")
    assert {400} == {statuses[name][0] for name in no_length}
    assert 202 == _post(service)[0].status
    service.terminate()
    assert 0 == service.exit_code()
    assert [] == [line for line in service.lines if line.get("level") == "error"]


def test_refused_before_the_body(service, held_sqs):
    """Nobody is asked for a body that will not be read: not without a key, and not if it is too large."""
    held_sqs.go_on.set()
    expecting = b"POST /v1/notifications HTTP/1.1\r\nHost: api\r\nExpect: 100-continue\r\n"

    nobody = _statuses(service, expecting + _LENGTH + b"\r\n")
    too_large = _statuses(service, expecting + _AUTHORIZATION + b"Content-Length: 2000000\r\n\r\n")

    assert ([401], [413]) == (nobody, too_large)
