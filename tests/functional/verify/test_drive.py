import os

import pytest

from tests.functional.verify.accepting_server import AcceptingServer
from tests.waiting import START, reached
from verify.drive import Drive
from verify.errors import LoadError
from verify.plan import LoadPlan, Plateau
from verify.request_log import requests_in

KEY = "load.0123456789"


def alive(pid):
    """Whether a process exists."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_run_from_the_first_request_to_the_last(tmp_path):
    """Locust sends, follows a changed rate, ends when told, loses count of nothing; no file has the key."""
    protected = []
    with (
        AcceptingServer() as server,
        Drive(server.url, KEY, LoadPlan((Plateau(60, 5),)), tmp_path, protected.append) as drive,
    ):
        raised_at = drive.set_rate(60)
        at_high_rate = reached(
            lambda: sum(request.started_at > raised_at for request in drive.requests()) > 100, START
        )
        generator = drive.end()
        requests = drive.requests()

    assert at_high_rate
    assert [drive.pid] == protected
    assert not alive(drive.pid)
    assert generator.sent == len(requests)
    assert sorted(server.accepted) == sorted(request.id for request in requests)
    assert {f"Bearer {KEY}"} == server.authorizations
    assert not [path for path in tmp_path.iterdir() if KEY in path.read_text()]


def test_a_failed_request_is_a_record_and_is_not_repeated(tmp_path):
    """What the service answered is the verdict's to judge."""
    with (
        AcceptingServer(status=503) as server,
        Drive(server.url, KEY, LoadPlan((Plateau(60, 5),)), tmp_path) as drive,
    ):
        drive.end()
        requests = drive.requests()

    assert {(503, "", False)} == {(request.status, request.id, request.accepted) for request in requests}
    assert all("503" in request.error for request in requests)


def test_the_load_ends_with_whoever_drives(tmp_path):
    """An exception in a scenario leaves no Locust behind."""
    with AcceptingServer() as server:
        drive = Drive(server.url, KEY, LoadPlan((Plateau(60, 5),)), tmp_path)
        with pytest.raises(RuntimeError, match="scenario"), drive:
            raise RuntimeError("scenario")

        assert not alive(drive.pid)
    assert requests_in(tmp_path).all()


def test_a_plan_that_is_over_refuses_a_new_rate(tmp_path):
    """The rest of the scenario would run without load and prove nothing."""
    with (
        AcceptingServer() as server,
        Drive(server.url, KEY, LoadPlan((Plateau(1, 5),)), tmp_path) as drive,
    ):
        assert reached(lambda: not alive_child(drive), START)

        with pytest.raises(LoadError, match="ended before its time"):
            drive.set_rate(10)


def alive_child(drive):
    """Whether Locust still runs, by what the driver itself would see."""
    try:
        drive.set_rate(5)
    except LoadError:
        return False
    return True


def test_a_request_that_is_never_answered_is_a_failed_one(tmp_path):
    """A service that hangs must not look better than one that refuses."""
    plan = LoadPlan((Plateau(60, 5),), stop_seconds=1)
    with AcceptingServer() as server, Drive(server.url, KEY, plan, tmp_path) as drive:
        server.answering.clear()
        assert reached(lambda: server.held > 1, START)
        generator = drive.end()
        requests = drive.requests()

    unanswered = [request for request in requests if not request.accepted]
    assert generator.sent == len(requests)
    assert {(0, "unanswered when the load ended")} == {(lost.status, lost.error) for lost in unanswered}
