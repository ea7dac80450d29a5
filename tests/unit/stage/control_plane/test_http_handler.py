import http.client
import threading

import pytest
from werkzeug.serving import make_server

from stage.control_plane.http_handler import Handler, parse_headers_simply
from tests.waiting import SOON


def echo(environ, start_response):
    """Answer with two headers of the request."""
    body = f"{environ.get('HTTP_X_ONE')}|{environ.get('CONTENT_TYPE')}".encode()
    start_response("200 OK", [("Content-Length", str(len(body)))])
    return [body]


@pytest.fixture
def connection(monkeypatch):
    """A connection to a server with our handler, in this process."""
    # Puts the standard library's own back afterwards.
    monkeypatch.setattr(http.client, "parse_headers", http.client.parse_headers)
    parse_headers_simply()
    server = make_server("127.0.0.1", 0, echo, threaded=True, request_handler=Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=SOON)
    yield connection
    connection.close()
    server.shutdown()
    thread.join()
    server.server_close()


def ask(connection, headers):
    """Send a request; returns what came back."""
    connection.request("POST", "/", "{}", headers)
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
