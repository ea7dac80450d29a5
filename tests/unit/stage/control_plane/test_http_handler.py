import http.client
import threading

import pytest
from werkzeug.serving import make_server

from stage.control_plane.http_handler import Handler, parse_headers_simply
from tests.waiting import SOON


class Application:
    """Answers by path, and counts the connections that requests come over."""

    def __init__(self):
        self.connections = set()

    def __call__(self, environ, start_response):
        """Answer one request."""
        self.connections.add((environ["REMOTE_ADDR"], environ["REMOTE_PORT"]))
        return getattr(self, environ["PATH_INFO"].strip("/") or "echo")(environ, start_response)

    def echo(self, environ, start_response):
        """Two headers of the request."""
        body = f"{environ.get('HTTP_X_ONE')}|{environ.get('CONTENT_TYPE')}".encode()
        start_response("200 OK", [("Content-Length", str(len(body)))])
        return [body]

    def body(self, environ, start_response):
        """The request's body."""
        body = environ["wsgi.input"].read()
        start_response("200 OK", [("Content-Length", str(len(body)))])
        return [body]

    def pieces(self, _environ, start_response):
        """A body whose length nobody has counted."""
        start_response("200 OK", [])
        return iter([b"one, ", b"two"])

    def nothing(self, _environ, start_response):
        """No body."""
        start_response("204 No Content", [])
        return []

    def silence(self, _environ, _start_response):
        """The end of the connection."""
        raise ConnectionAbortedError

    def half(self, _environ, start_response):
        """Less than is announced, then the end of the connection."""
        start_response("200 OK", [("Content-Length", "4")])
        yield b"ha"
        raise ConnectionAbortedError

    def defect(self, _environ, _start_response):
        """An error of the application."""
        raise RuntimeError("a defect")


@pytest.fixture
def application():
    """GIVEN an application."""
    return Application()


@pytest.fixture
def connection(monkeypatch, application):
    """A connection to a server with our handler, in this process."""
    # Puts the standard library's own back afterwards.
    monkeypatch.setattr(http.client, "parse_headers", http.client.parse_headers)
    parse_headers_simply()
    server = make_server("127.0.0.1", 0, application, threaded=True, request_handler=Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=SOON)
    yield connection
    connection.close()
    server.shutdown()
    thread.join()
    server.server_close()


def ask(connection, headers=(), path="/", body="{}"):
    """Send a request; returns what came back."""
    connection.request("POST", path, body, dict(headers))
    response = connection.getresponse()
    return response.read().decode()


def test_headers_arrive_whatever_their_case_and_padding(connection):
    """Names are not case-sensitive, and a value may have colons in it."""
    told = ask(connection, {"x-ONE": "  a:b  ", "Content-Type": "application/x-amz-json-1.0"})

    assert "a:b|application/x-amz-json-1.0" == told


def test_what_was_answered_is_not_worth_a_line(connection, caplog, capfd):
    """The log has what went wrong; a rehearsal makes tens of thousands of requests."""
    for _ in range(2):
        ask(connection, {"X-One": "1"})

    assert "" == caplog.text == capfd.readouterr().err


def test_requests_come_over_one_connection(connection, application):
    """Whether the application has read a body or not, the next request begins behind it."""
    told = [ask(connection, {"X-One": str(number)}, body="x" * 10_000 * number) for number in range(3)]

    assert ["0|None", "1|None", "2|None"] == told
    assert "" == ask(connection, path="/nothing")
    assert "abc" == ask(connection, path="/body", body="abc")
    assert 1 == len(application.connections)


def test_a_body_that_comes_in_chunks_is_put_together(connection, application):
    """Its end is told by its last chunk."""
    assert "onetwo" == ask(connection, path="/body", body=iter([b"one", b"two"]))
    assert "x" == ask(connection, path="/body", body="x")
    assert 1 == len(application.connections)


def test_a_body_of_unknown_length_ends_with_the_connection(connection, application):
    """A client could not tell otherwise where it ends."""
    assert "one, two" == ask(connection, path="/pieces")
    assert "x" == ask(connection, path="/body", body="x")
    assert 2 == len(application.connections)


def test_a_client_that_wants_the_end_has_it(connection):
    """By its header."""
    connection.request("POST", "/", "{}", {"Connection": "close"})
    response = connection.getresponse()

    assert "close" == response.getheader("Connection")
    assert response.will_close


@pytest.mark.parametrize(
    ("path", "error"), [("/silence", http.client.RemoteDisconnected), ("/half", http.client.IncompleteRead)]
)
def test_an_application_ends_a_connection(connection, path, error, capfd):
    """Without an answer, or in the middle of one; the next one is answered over another connection."""
    with pytest.raises(error):
        ask(connection, path=path)

    connection.close()
    assert "x" == ask(connection, path="/body", body="x")
    assert "" == capfd.readouterr().err


def test_an_error_of_the_application_is_logged_and_answered(connection, caplog):
    """As 500, with its traceback in the log."""
    connection.request("POST", "/defect", "{}")

    assert 500 == connection.getresponse().status
    assert "RuntimeError: a defect" in caplog.text
    connection.close()
    assert "x" == ask(connection, path="/body", body="x")


def test_a_client_that_asks_first_is_told_to_go_on(connection):
    """It sends its body only then, as some SDKs do with long ones."""
    told = ask(connection, {"Expect": "100-continue"}, path="/body", body="long")

    assert "long" == told
