"""A target that leaves gets no request from then on, however slow the machine is."""

import http.client
import os
import signal
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as StillRunning

import pytest

from stage.load_balancer import loop
from tests.waiting import SOON, START

A, B = "10.20.1.11", "10.20.2.12"


def never():
    """Nobody gives up waiting."""
    return False


@pytest.fixture
def rarely(balance, monkeypatch):
    """The loop looks at the API only when it is woken; `balance` has it look more often than usual."""
    monkeypatch.setattr(loop, "_TARGETS_SECONDS", 3600)
    monkeypatch.setattr(loop, "_TOPOLOGY_SECONDS", 3600)


@pytest.fixture
def pair(rig):
    """A load balancer with two healthy targets."""
    group = rig.declared.service()
    for ip in (A, B):
        rig.task(ip)
    rig.declared.register(group, A, B)
    balancer = rig.balance()
    rig.until(lambda: [rig.reports.state(group, ip) for ip in (A, B)] == ["healthy"] * 2)
    return balancer, group


class Clients:
    """Requests without pause; each is noted with when it was begun and answered, the status, and by whom."""

    def __init__(self, url, count):
        self.answers = []
        self._url = url.removeprefix("http://")
        self._done = threading.Event()
        self._pool = ThreadPoolExecutor(count)
        self._running = [self._pool.submit(self._ask) for _ in range(count)]

    def stop(self):
        """End; raises what went wrong."""
        self._done.set()
        for one in self._running:
            one.result(START)
        self._pool.shutdown()

    def _ask(self):
        connection = http.client.HTTPConnection(self._url, timeout=SOON)
        while not self._done.is_set():
            begun = time.monotonic()
            connection.request("GET", "/")
            response = connection.getresponse()
            body = response.read().decode()
            self.answers.append((begun, time.monotonic(), response.status, body))
        connection.close()


@pytest.mark.usefixtures("rarely")
def test_fifty_targets_that_leave_under_load_get_no_request_afterwards(rig, pair):
    """With no deregistration delay, whoever sends SIGTERM next breaks off no request."""
    balancer, group = pair
    address, away = rig.block.of(B), []
    clients = Clients(balancer.url, 2)
    try:
        for _ in range(50):
            rig.declared.deregister(group, B)
            balancer.retire(address, never)
            left_at = time.monotonic()
            seen = len(clients.answers)
            rig.until(lambda seen=seen: len(clients.answers) > seen + 5)
            away.append((left_at, time.monotonic()))
            balancer.expect(address)
            rig.declared.register(group, B)
            balancer.wake()
            rig.until(lambda: rig.reports.state(group, B) == "healthy")
            seen = len(clients.answers)
            rig.until(lambda seen=seen: B in {body for *_, body in clients.answers[seen:]})
    finally:
        clients.stop()
    late = [
        begun
        for begun, answered, _, body in clients.answers
        # A client that is held up in between may ask when the target is there again.
        if body == B and any(left <= begun and answered <= back for left, back in away)
    ]
    assert [] == late
    assert {200} == {status for *_, status, _ in clients.answers}


@pytest.mark.usefixtures("rarely")
def test_leaving_takes_as_long_as_envoy_does(rig, pair):
    """While Envoy gets no CPU at all nobody is told that the target has left."""
    balancer, group = pair
    with ThreadPoolExecutor(1) as pool:
        os.kill(balancer.pid, signal.SIGSTOP)
        try:
            rig.declared.deregister(group, B)
            leaving = pool.submit(balancer.retire, rig.block.of(B), never)
            with pytest.raises(StillRunning):
                leaving.result(0.7)
        finally:
            os.kill(balancer.pid, signal.SIGCONT)
        leaving.result(SOON)
    assert {A} == {rig.get(balancer.url).body for _ in range(10)}


def test_leaving_waits_for_the_thread_that_routes(rig, pair, monkeypatch):
    """Envoy's main thread knows of a change before the thread that acts on it; errors are tried again."""
    balancer, _group = pair
    admin = balancer._envoy.admin  # noqa: SLF001 - nobody can delay one thread of another process
    known, asked = [], []

    def knows(address, real=admin.knows):
        known.append(real(address))
        return known[-1]

    def pass_through_worker():
        asked.append(known[-1])
        if len(asked) == 1:
            raise TimeoutError("starved")

    monkeypatch.setattr(admin, "knows", knows)
    monkeypatch.setattr(admin, "pass_through_worker", pass_through_worker)
    balancer.retire(rig.block.of(B), never)
    assert [False, False] == asked


def test_leaving_ends_when_there_is_nobody_left_to_wait_for(rig, pair):
    """A task that has died meanwhile, or an Envoy that has."""
    balancer, _group = pair
    with ThreadPoolExecutor(1) as pool:
        os.kill(balancer.pid, signal.SIGSTOP)
        died = threading.Event()
        leaving = pool.submit(balancer.retire, rig.block.of(B), died.is_set)
        died.set()
        os.kill(balancer.pid, signal.SIGCONT)
        leaving.result(SOON)
        os.kill(balancer.pid, signal.SIGKILL)
        pool.submit(balancer.retire, rig.block.of(A), never).result(SOON)


@pytest.mark.usefixtures("rarely")
def test_a_target_on_its_way_out_goes_from_healthy_to_draining(rig, pair):
    """Nothing in between, although Envoy forgets it before the API does."""
    balancer, group = pair
    balancer.retire(rig.block.of(B), never)
    rig.until(lambda: rig.reports.state(group, B) == "draining")
    rig.declared.deregister(group, B)
    balancer.wake()
    rig.until(lambda: rig.reports.latest[group] == {(A, 8080): rig.reports.latest[group][A, 8080]})
    states = [
        report[B, 8080].state for arn, report in rig.reports.all if arn == group and (B, 8080) in report
    ]
    assert ["healthy", "draining"] == list(dict.fromkeys(states))[-2:]


@pytest.mark.usefixtures("rarely")
def test_a_new_task_at_an_old_address_is_routed_to(rig, pair):
    """Addresses are used again; what was said of the last task is forgotten."""
    balancer, _group = pair
    balancer.retire(rig.block.of(B), never)
    balancer.expect(rig.block.of(B))
    rig.until(lambda: Counter(rig.get(balancer.url).body for _ in range(10))[B] > 0)


@pytest.mark.usefixtures("rarely")
def test_a_wake_up_between_two_steps_of_the_loop_is_not_lost(rig, pair):
    """Nobody would look at the API for an hour."""
    balancer, group = pair

    class WokenJustAfter(threading.Event):
        """Is set by somebody right after the loop has looked for the first time."""

        def is_set(self):
            before = super().is_set()
            if not looked:
                looked.append(before)
                self.set()
            return before

    looked = []
    rig.declared.deregister(group, B)
    balancer._woken = WokenJustAfter()  # noqa: SLF001 - nothing else can come between two lines
    rig.until(lambda: rig.reports.state(group, B) == "draining")
    assert [False] == looked


def test_a_mistake_costs_one_pass(rig, pair, monkeypatch, caplog):
    """An answer that makes no sense ends neither the loop nor Envoy."""
    balancer, group = pair
    failed = threading.Event()

    def nonsense(*_):
        failed.set()
        raise KeyError("Targets")

    with monkeypatch.context() as patch:
        patch.setattr(loop, "read_targets", nonsense)
        balancer.wake()
        assert failed.wait(SOON)
    rig.declared.deregister(group, B)
    rig.until(lambda: rig.reports.state(group, B) == "draining")
    assert "KeyError: 'Targets'" in caplog.text
