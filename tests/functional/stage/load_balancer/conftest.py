"""Tiny HTTP servers as targets of a declared load balancer, and a real Envoy between."""

import http.client
import socket
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace

import pytest

from stage.clock import Clock
from stage.load_balancer import loop
from tests.unit.stage.load_balancer.conftest import PORT, clients, declared
from tests.waiting import SOON, START, eventually

__all__ = ["clients", "declared"]


class Server:
    """A task: answers its own name, unless told otherwise."""

    def __init__(self, address, name, health_status=200):
        self.name = name
        self.address = address
        self.health_status = health_status
        self.served = Counter()
        self.fail_next = 0
        self.checks = []
        self.headers = {}
        self.in_hand = threading.Event()
        self.finish = threading.Event()
        self._http = ThreadingHTTPServer((address, PORT), self._handler(), bind_and_activate=False)
        self._http.daemon_threads = True
        self._http.server_bind()
        self._http.server_activate()
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.01,))
        self._thread.start()

    def stop(self):
        """Break off what is in hand."""
        self.finish.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def _handler(task):  # noqa: N805 - the handler inside has a self of its own
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            # Head and body are two writes; the second must not wait for the first to be acknowledged.
            disable_nagle_algorithm = True

            def do_GET(self):
                if self.path == "/healthz":
                    task.checks.append(self.headers)
                    failing, task.fail_next = task.fail_next > 0, max(task.fail_next - 1, 0)
                    self.answer(503 if failing else task.health_status)
                    return
                task.served[self.path] += 1
                task.headers = self.headers
                if self.path == "/break-off":
                    self.close_connection = True
                    return
                if self.path == "/slow":
                    task.in_hand.set()
                    task.finish.wait(START)
                self.answer(500 if self.path == "/500" else 200)

            def answer(self, status):
                body = task.name.encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        return Handler


class Reports:
    """Stands in for the reporter; keeps what was reported."""

    def __init__(self):
        self.all = []
        self.latest = {}

    def target_health(self, group_arn, targets):
        """Keep a report."""
        self.all.append((group_arn, dict(targets)))
        self.latest[group_arn] = dict(targets)

    def state(self, group_arn, ip):
        """The state last reported of a target; None if it was not."""
        health = self.latest.get(group_arn, {}).get((ip, PORT))
        return health.state if health else None

    def states(self, group_arn, ip):
        """All states that were reported of a target, in order: none is too short to be seen."""
        return [
            report[ip, PORT].state for arn, report in self.all if arn == group_arn and (ip, PORT) in report
        ]


@pytest.fixture
def task(block):
    """Starts a task at the loopback address that stands for an ENI address."""
    servers = []

    def start(ip, name=None, **options):
        servers.append(Server(block.of(ip), name or ip, **options))
        return servers[-1]

    yield start
    for server in servers:
        server.stop()


@pytest.fixture
def reports():
    """What the load balancer reports."""
    return Reports()


@pytest.fixture
def balance(declared, reports, block, tmp_path, monkeypatch):
    """Starts the load balancer over what is declared; it looks at listeners more often than usual."""
    monkeypatch.setattr(loop, "_TOPOLOGY_SECONDS", 0.3)
    balancers = []

    def start(listen=None, minute_seconds=1.0):
        aws = SimpleNamespace(elbv2=declared.elbv2)
        balancer = loop.LoadBalancer(aws, reports, Clock(minute_seconds), block, tmp_path, listen)
        balancers.append(balancer)
        balancer.start()
        return balancer

    yield start
    for balancer in balancers:
        balancer.close()


@pytest.fixture
def until():
    """Waits for a condition."""
    return lambda condition: eventually(condition, START)


@pytest.fixture
def get():
    """One GET on a connection of its own: status, body, headers."""

    def request(url, path="/", host=None, method="GET"):
        connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=SOON)
        try:
            connection.request(method, path, headers={"Host": host} if host else {})
            response = connection.getresponse()
            return SimpleNamespace(
                status=response.status, body=response.read().decode(), headers=response.headers
            )
        finally:
            connection.close()

    return request


@pytest.fixture
def rig(declared, block, task, reports, balance, until, get):
    """Everything that a test of the whole load balancer needs."""
    return SimpleNamespace(
        declared=declared, block=block, task=task, reports=reports, balance=balance, until=until, get=get
    )


@pytest.fixture
def busy_port(block):
    """A port of the gateway address on which somebody else listens."""
    with socket.create_server((block.gateway, 0)) as taken:
        yield taken.getsockname()[1]
