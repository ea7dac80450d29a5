import socket
import threading

import pytest

from email_sender import healthcheck
from tests.waiting import SOON


@pytest.fixture
def answering():
    """A server on loopback that answers one request with this; gives its port."""
    threads = []

    def start(answer: bytes) -> int:
        listener = socket.create_server(("127.0.0.1", 0))

        def serve():
            with listener, listener.accept()[0] as connection:
                connection.recv(1024)
                connection.sendall(answer)

        threads.append(threading.Thread(target=serve))
        threads[-1].start()
        return listener.getsockname()[1]

    yield start
    for thread in threads:
        thread.join(SOON)


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])  # noqa: S104 - what the image sets
def test_healthy(answering, host):
    """200 is healthy; the address that means every interface is asked on loopback."""
    assert healthcheck.is_healthy(host, answering(b"HTTP/1.1 200 OK\r\n\r\nok"))


@pytest.mark.parametrize("answer", [b"HTTP/1.1 503 Service Unavailable\r\n\r\n", b"", b"SSH-2.0 200\r\n"])
def test_unhealthy(answering, answer):
    """Another status, no answer, or another protocol is not healthy."""
    assert not healthcheck.is_healthy("127.0.0.1", answering(answer))


def test_nobody_listens():
    """A refused connection is not healthy, and no traceback."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    assert not healthcheck.is_healthy("127.0.0.1", port)


def test_silence_is_not_healthy():
    """A process that accepts and never answers is given up after the timeout."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        assert not healthcheck.is_healthy("127.0.0.1", silent.getsockname()[1], timeout=0.05)


def test_exit_code(answering, environ):
    """The container health check reads the exit code, and the address is the service's own."""
    with environ({"BIND_HOST": "127.0.0.1", "PORT": str(answering(b"HTTP/1.1 200 OK\r\n\r\n"))}):
        assert 0 == healthcheck.main()
    with environ({"BIND_HOST": "127.0.0.1", "PORT": str(answering(b"HTTP/1.1 500 Oh\r\n\r\n"))}):
        assert 1 == healthcheck.main()
