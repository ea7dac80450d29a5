"""The health check, asked through a load balancer that is only a small HTTP server."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from ops.exit_status import ExitStatus
from ops.release.health_probe import MEDIA_TYPE, PATH, STATUS, HealthProbe
from tests.waiting import eventually

GOOD = (STATUS, f"{MEDIA_TYPE}; charset=utf-8")


class Balancer:
    """Gives one answer after the other, and the last for ever."""

    def __init__(self, answers):
        self.asked = []
        balancer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                balancer.asked.append(self.path)
                status, media_type = answers[min(len(balancer.asked), len(answers)) - 1]
                self.send_response(status)
                if media_type:
                    self.send_header("Content-Type", media_type)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_arguments):
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def probed():
    """Has a balancer with these answers asked so many times."""
    balancers = []

    def probe(*answers, times=6):
        balancer = Balancer(answers)
        balancers.append(balancer)
        with HealthProbe(balancer.url, 0.001) as asked:
            assert eventually(lambda: len(balancer.asked) >= times)
        assert {PATH} == set(balancer.asked)
        return asked

    yield probe
    for balancer in balancers:
        balancer.server.shutdown()
        balancer.server.server_close()


def test_what_is_documented_speaks_against_nobody(probed):
    """The character set is of no matter."""
    asked = probed(GOOD, (STATUS, MEDIA_TYPE))

    assert ([], []) == (asked.against(), asked.remarks())


@pytest.mark.parametrize(
    "wrong", [(STATUS, "application/json"), (STATUS, ""), (404, MEDIA_TYPE), (204, MEDIA_TYPE)]
)
def test_another_status_or_media_type_speaks_against_the_candidate(probed, wrong):
    """The sentence says what was answered, and what is documented."""
    asked = probed(GOOD, wrong, GOOD, wrong, GOOD)

    (reason,) = asked.against()
    told = f"{wrong[0]} {wrong[1]}".strip()
    assert f"answered with {told} 2 times" in reason
    assert f"not with {STATUS} {MEDIA_TYPE}" in reason
    assert ExitStatus.ROLLED_BACK_BAKE == asked.status


def test_a_single_wrong_answer_may_be_somebody_elses(probed):
    """A firewall's, say."""
    assert [] == probed((403, "text/html"), GOOD).against()


def test_failed_requests_are_counted_by_the_load_balancer(probed):
    """A bake has them already."""
    assert [] == probed((503, "text/html"), (500, "application/problem+json")).against()


def test_where_it_cannot_be_asked_that_is_told(unused_url):
    """It is no reason against the candidate: whoever releases may not be let through to it."""
    with HealthProbe(unused_url, 0.001) as asked:
        assert eventually(asked.remarks)

    assert [] == asked.against()
    (remark,) = asked.remarks()
    assert f"could not be asked at {unused_url}{PATH}" in remark
    assert "--url says where" in remark


@pytest.fixture
def unused_url():
    """A port at which nobody listens."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    server.server_close()
    return f"http://127.0.0.1:{server.server_port}"
