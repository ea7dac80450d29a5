"""One call at a time."""

import threading

import pytest

from stage.control_plane.alone import Alone
from tests.waiting import SOON

GONE_ON = 0.2


def answers(application, environ=None):
    """The status and the body that an application answers with."""
    said = []
    body = b"".join(application(environ or {}, lambda status, _headers: said.append(status)))
    return said[0], body


def test_a_call_is_answered_as_ever():
    """Status, headers and body are the application's."""

    def application(_environ, start_response):
        start_response("200 OK", [])
        return iter([b"do", b"ne"])

    assert ("200 OK", b"done") == answers(Alone(application, threading.Lock()))


def test_a_call_waits_for_the_end_of_the_one_before():
    """Also where the answer is made piece by piece: what it is made of may not change meanwhile."""
    lock, inside, leave, order = threading.Lock(), threading.Event(), threading.Event(), []

    def slow(_environ, start_response):
        start_response("200 OK", [])
        inside.set()
        yield b""
        assert leave.wait(SOON)
        order.append("slow")

    def quick(_environ, start_response):
        start_response("200 OK", [])
        order.append("quick")
        return []

    first, second = (threading.Thread(target=answers, args=(Alone(one, lock),)) for one in (slow, quick))
    first.start()
    assert inside.wait(SOON)
    second.start()
    second.join(GONE_ON)
    leave.set()
    for one in (first, second):
        one.join(SOON)

    assert ["slow", "quick"] == order


def test_an_error_holds_nobody_up():
    """The next call is answered."""
    lock = threading.Lock()

    def broken(_environ, _start_response):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        answers(Alone(broken, lock))

    assert not lock.locked()
