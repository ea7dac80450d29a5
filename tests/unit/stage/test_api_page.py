import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import httpx
import pytest

from stage.api_page import ApiPage, with_key


class Api(BaseHTTPRequestHandler):
    """Answers what it was asked."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(202)
        self.send_header("X-Asked", f"{self.path} {self.headers['Authorization']} {body.decode()}")
        self.send_header("X-Host", self.headers["Host"])
        self.end_headers()

    def log_message(self, *_words):
        pass


@pytest.fixture(scope="module")
def api():
    """GIVEN an API."""
    server = HTTPServer(("127.0.0.1", 0), Api)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def page(api):
    """GIVEN its page; THEN it is not served any more."""
    with ApiPage(api) as page:
        yield page.url
    with pytest.raises(httpx.ConnectError):
        get(page.url)


def get(url):
    """What a browser without a proxy gets."""
    return httpx.get(url, trust_env=False)


def test_all_that_it_needs_is_served_here(page):
    """It works offline: nothing in it is of another host."""
    text = get(page).text

    for part in ("swagger-ui/swagger-ui-bundle.js", "swagger-ui/swagger-ui.css"):
        assert f'"{part}"' in text
        assert 200 == get(page + part).status_code
    assert "//" not in text


def test_a_request_goes_to_the_api_and_its_answer_comes_back(page, api):
    """Path, query, headers, content and status are the API's and the browser's own."""
    answer = httpx.post(
        f"{page}v1/notifications?dry=1%202",
        content="{}",
        headers={"Authorization": "Bearer stage.0"},
        trust_env=False,
    )

    assert (202, "/v1/notifications?dry=1%202 Bearer stage.0 {}") == (
        answer.status_code,
        answer.headers["X-Asked"],
    )
    assert api == f"http://{answer.headers['X-Host']}"


def test_an_api_that_does_not_answer(page):
    """The page says so, as a proxy does."""
    with ApiPage("http://127.0.0.1:9") as lonely:
        answer = get(f"{lonely.url}openapi.json")

    assert 502 == answer.status_code
    assert "the load balancer does not answer" in answer.text


def test_the_key_is_never_sent_to_a_server():
    """It stands behind the hash, with nothing in it that a URL means otherwise."""
    assert "http://127.0.0.1:1/#key=stage.a%2Fb%26c" == with_key("http://127.0.0.1:1/", "stage.a/b&c")
