import threading

import pytest

from stage.control_plane.repeats import Repeats
from tests.waiting import SOON


class Counter:
    """Counts what it is asked, and answers with the count."""

    def __init__(self) -> None:
        self.asked = 0
        self.statuses = ["200 OK"]
        self.go_on = threading.Event()
        self.go_on.set()

    def __call__(self, environ, start_response):
        """Answer one request."""
        del environ
        self.asked += 1
        number = self.asked
        self.go_on.wait(SOON)
        start_response(self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0], [("X-N", "1")])
        return [b"%d" % number]


@pytest.fixture
def counter():
    """An application that does something each time."""
    return Counter()


@pytest.fixture
def ask(counter):
    """Ask with this invocation; status and body of the answer."""
    application = Repeats(counter)

    def asking(invocation=None):
        said = []
        environ = {} if invocation is None else {"HTTP_AMZ_SDK_INVOCATION_ID": invocation}
        body = b"".join(application(environ, lambda status, headers: said.append((status, headers))))
        [(status, headers)] = said
        assert [("X-N", "1")] == headers
        return status, body

    return asking


def test_a_repeated_invocation_is_carried_out_once(ask, counter):
    """The second attempt gets the first one's answer; another invocation is another request."""
    assert [("200 OK", b"1"), ("200 OK", b"1"), ("200 OK", b"2")] == [ask("a"), ask("a"), ask("b")]
    assert 2 == counter.asked


def test_what_failed_is_tried_again(ask, counter):
    """An SDK repeats what failed so that it may succeed."""
    counter.statuses = ["500 INTERNAL SERVER ERROR", "200 OK"]

    assert ["500 INTERNAL SERVER ERROR", "200 OK", ("200 OK", b"2")] == [ask("a")[0], ask("a")[0], ask("a")]


def test_whoever_names_no_invocation_is_answered_each_time(ask):
    """Nothing tells two such requests from one that is repeated."""
    assert [("200 OK", b"1"), ("200 OK", b"2")] == [ask(), ask()]


def test_a_repetition_waits_for_what_it_repeats(ask, counter):
    """The first attempt may still be under way when its caller has given it up."""
    counter.go_on.clear()
    answers = []
    threads = [threading.Thread(target=lambda: answers.append(ask("a"))) for _ in range(2)]
    for thread in threads:
        thread.start()
    counter.go_on.set()
    for thread in threads:
        thread.join(SOON)

    assert [("200 OK", b"1")] * 2 == answers
    assert 1 == counter.asked
