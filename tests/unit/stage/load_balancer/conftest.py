"""A declared load balancer in moto, tiny HTTP servers as its targets, and a real Envoy between."""

import http.client
import socket
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace

import boto3
import pytest
from moto import mock_aws
from tenacity import Retrying, retry_if_result, stop_after_delay, wait_fixed

from stage.addresses import LoopbackBlock
from stage.clock import Clock
from stage.load_balancer import loop

PORT = 8080


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
                    task.finish.wait(10)
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


class Declared:
    """What Terraform would have declared."""

    def __init__(self, ec2, elbv2):
        vpc = ec2.create_vpc(CidrBlock="10.20.0.0/16")["Vpc"]["VpcId"]
        subnets = [
            ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.20.{n}.0/24", AvailabilityZone=f"eu-west-1{zone}")
            for n, zone in enumerate("ab", 1)
        ]
        self.elbv2 = elbv2
        self._vpc = vpc
        self._subnets = [subnet["Subnet"]["SubnetId"] for subnet in subnets]
        self.balancer_arn = None

    def balancer(self, name="notifications", **options):
        """A load balancer; returns its ARN."""
        created = self.elbv2.create_load_balancer(Name=name, Subnets=self._subnets, **options)
        self.balancer_arn = created["LoadBalancers"][0]["LoadBalancerArn"]
        return self.balancer_arn

    def group(self, name="api", **options):
        """A target group; returns its ARN."""
        defaults = {
            "Protocol": "HTTP",
            "Port": PORT,
            "VpcId": self._vpc,
            "TargetType": "ip",
            "HealthCheckPath": "/healthz",
            "HealthCheckIntervalSeconds": 5,
            "HealthCheckTimeoutSeconds": 2,
            "HealthyThresholdCount": 2,
            "UnhealthyThresholdCount": 2,
        }
        created = self.elbv2.create_target_group(Name=name, **(defaults | options))
        return created["TargetGroups"][0]["TargetGroupArn"]

    def listener(self, *actions, port=80, **options):
        """A listener with these default actions; returns its ARN."""
        options = {"Protocol": "HTTP", **options}
        created = self.elbv2.create_listener(
            LoadBalancerArn=self.balancer_arn, Port=port, DefaultActions=list(actions), **options
        )
        return created["Listeners"][0]["ListenerArn"]

    def service(self, **group_options):
        """A load balancer whose listener forwards everything to one target group."""
        group = self.group(**group_options)
        self.balancer()
        self.listener({"Type": "forward", "TargetGroupArn": group})
        return group

    def register(self, group, *addresses):
        """Register targets by ENI address."""
        self.elbv2.register_targets(TargetGroupArn=group, Targets=_targets(addresses))

    def deregister(self, group, *addresses):
        """Deregister targets by ENI address."""
        self.elbv2.deregister_targets(TargetGroupArn=group, Targets=_targets(addresses))


def _targets(addresses):
    return [{"Id": ip, "Port": PORT} for ip in addresses]


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


@pytest.fixture(scope="session")
def clients():
    """Made once: that takes longer than most tests."""
    session = boto3.Session("test", "test", region_name="eu-west-1")
    return [session.client(name) for name in ("ec2", "elbv2")]


@pytest.fixture
def declared(clients, monkeypatch):
    """An empty account, without the machine images that nobody here starts."""
    monkeypatch.setenv("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")
    with mock_aws():
        yield Declared(*clients)


@pytest.fixture
def block():
    """Addresses for one test."""
    block = LoopbackBlock()
    yield block
    block.release()


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

    def wait(condition, seconds=15):
        Retrying(
            retry=retry_if_result(lambda met: not met), stop=stop_after_delay(seconds), wait=wait_fixed(0.02)
        )(condition)

    return wait


@pytest.fixture
def get():
    """One GET on a connection of its own: status, body, headers."""

    def request(url, path="/", host=None, method="GET"):
        connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=10)
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
