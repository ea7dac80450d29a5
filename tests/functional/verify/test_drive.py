import os
import signal
import subprocess
import sys
import threading

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
    for field in ("recipient", "digest", "trace_id"):
        assert len(requests) == len({getattr(request, field) for request in requests} - {""})
    assert {"load"} == {request.client for request in requests}
    assert not [path for path in tmp_path.rglob("*.*") if KEY in path.read_text()]


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
    assert {("application/problem+json", "5")} == {
        (request.media_type, request.retry_after) for request in requests
    }


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
    # It may have been accepted all the same, and its mail must be known for what it is.
    assert all(lost.digest for lost in unanswered)


def shared(**settings):
    """A plan for two workers."""
    return LoadPlan((Plateau(60, 40),), workers=2, **settings)


def test_workers_share_the_load_and_lose_count_of_nothing(tmp_path):
    """Both send, follow a changed rate and see their requests through; what they write is put together."""
    protected = []
    with (
        AcceptingServer() as server,
        Drive(server.url, KEY, shared(), tmp_path, protected.append) as drive,
    ):
        raised_at = drive.set_rate(80)
        assert reached(lambda: sum(one.started_at > raised_at for one in drive.requests()) > 200, START)
        generator = drive.end()
        requests = drive.requests()

    by_worker = [requests_in(folder).all() for folder in sorted(tmp_path.glob("worker-*"))]
    assert 2 == len(by_worker)
    assert all(len(sent) > 0.3 * len(requests) for sent in by_worker)
    assert generator.sent == len(requests) == sum(map(len, by_worker))
    assert sorted(server.accepted) == sorted(request.id for request in requests)
    assert requests == sorted(requests, key=lambda request: request.finished_at)
    assert 3 == len(protected)
    assert list(drive.pids) == protected
    assert not [pid for pid in drive.pids if alive(pid)]
    assert not [path for path in tmp_path.rglob("*.*") if KEY in path.read_text()]


def test_what_two_workers_have_in_flight_at_the_end_is_seen_through(tmp_path):
    """An answer that comes after the end of the load counts, by whichever worker it was asked for."""
    with AcceptingServer() as server, Drive(server.url, KEY, shared(), tmp_path) as drive:
        server.answering.clear()
        assert reached(lambda: server.held > 10, START)
        ending = threading.Timer(1.0, server.answering.set)
        ending.start()
        generator = drive.end()
        requests = drive.requests()

    assert generator.sent == len(requests)
    assert {202} == {request.status for request in requests}
    assert sorted(server.accepted) == sorted(request.id for request in requests)


@pytest.mark.parametrize(("number", "name"), [(0, "Locust's master"), (2, "Locust's worker 2")])
def test_a_process_that_dies_ends_the_scenario(tmp_path, number, name):
    """The rest would make another load than the one planned, and its requests are lost."""
    with AcceptingServer() as server, Drive(server.url, KEY, shared(), tmp_path) as drive:
        os.kill(drive.pids[number], signal.SIGKILL)

        assert reached(lambda: not alive_child(drive), START)
        with pytest.raises(LoadError, match=f"{name} ended before its time"):
            drive.set_rate(10)
        with pytest.raises(LoadError, match=f"{name} did not end by itself"):
            drive.end()
    assert not [pid for pid in drive.pids if alive(pid)]


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_master_and_workers_go_with_whoever_started_them(tmp_path, how):
    """Neither a kill nor Ctrl-C leaves a process that goes on sending."""
    with AcceptingServer() as server:
        driver = subprocess.Popen(
            [sys.executable, "-c", DRIVER, server.url, str(tmp_path)], stdout=subprocess.PIPE, text=True
        )
        try:
            pids = [int(pid) for pid in driver.stdout.readline().split()]
            assert 3 == len([pid for pid in pids if alive(pid)])
        finally:
            driver.send_signal(how)
            driver.communicate()

        assert reached(lambda: not [pid for pid in pids if alive(pid)], START)


DRIVER = """
import signal, sys
from pathlib import Path
from verify.drive import Drive
from verify.plan import LoadPlan, Plateau

with Drive(sys.argv[1], "load.key", LoadPlan((Plateau(60, 40),), workers=2), Path(sys.argv[2])) as drive:
    print(*drive.pids, flush=True)
    signal.pause()
"""
