"""Tasks that stop under load, with a real load balancer before them."""

import http.client
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from stage.clock import Clock
from stage.images.working_tree import WorkingTree
from stage.load_balancer import loop
from stage.tasks.loop import Agent
from tests.functional.stage.tasks.stand_ins import Credentials, Ecs, Images, Journal, Quota
from tests.functional.stage.tasks.surroundings import Surroundings
from tests.waiting import LONG, SOON, START, eventually

_PORT = 8080
_STOPS = 12
# Answers with its address; says when SIGTERM came, on the clock that all processes share, and goes on
# until it is killed, so that a request that comes too late is seen. It waits for the signal and handles none:
# whichever thread the kernel would interrupt, the main one is told.
_PROGRAM = r"""
import os, signal, threading, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

HOST = os.environ["BIND_HOST"]

class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", str(len(HOST)))
        self.end_headers()
        self.wfile.write(HOST.encode())

    def log_message(self, *_):
        pass

signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
server = ThreadingHTTPServer((HOST, int(os.environ["PORT"])), Handler)
threading.Thread(target=server.serve_forever).start()
print("ready", flush=True)
while True:
    signal.sigwait({signal.SIGTERM})
    os.write(1, f"SIGTERM {time.monotonic()}\n".encode())
"""


class _Reporter:
    """Takes target health; container health does not matter here."""

    def __init__(self):
        self.latest = {}

    def target_health(self, group_arn, targets):
        """Keep the newest report."""
        self.latest[group_arn] = {address: health.state for (address, _), health in targets.items()}

    def task_health(self, *_):
        """Nobody asks."""

    def spot_interruption(self, *_):
        """Nobody asks for this either."""


@pytest.fixture
def behind(aws, ec2_of, block, services_root, tmp_path, monkeypatch):
    """An agent whose tasks are behind a load balancer that looks at the API once an hour."""
    monkeypatch.setattr(loop, "_TARGETS_SECONDS", 3600)
    monkeypatch.setattr(loop, "_TOPOLOGY_SECONDS", 3600)
    (services_root / "demo_app" / "__main__.py").write_text(_PROGRAM)
    group = _declared(aws, ec2_of(aws))
    journal, clock, reporter = Journal(), Clock(1.0, datetime.now(UTC)), _Reporter()
    aws.ecs = Ecs(journal)
    balancer = loop.LoadBalancer(aws, reporter, clock, block, tmp_path)
    agent = Agent(
        aws,
        reporter,
        clock,
        block,
        Quota(journal),
        images=Images(WorkingTree(services_root)),
        credentials=Credentials(),
        run_dir=tmp_path,
        cores_per_vcpu=0.2,
        routing=balancer,
        ingested=lambda *_: None,
    )
    stage = Surroundings(aws, aws.ecs, agent, journal, block, tmp_path, services_root)
    stage.declare(
        service={"loadBalancers": [{"targetGroupArn": group, "containerPort": _PORT}]},
        environment={"PORT": str(_PORT)},
        # On a busy host it may take a while to say that SIGTERM came; nobody waits for its end.
        stopTimeout=60,
    )
    balancer.start()
    yield stage, balancer, lambda: reporter.latest.get(group, {})
    agent.close()
    balancer.close()


def _declared(aws, ec2):
    """A load balancer before a target group that lets its targets go without any delay."""
    vpc = ec2.create_vpc(CidrBlock="10.20.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.20.{n}.0/24", AvailabilityZone=f"eu-central-1{zone}")
        for n, zone in enumerate("ab", 1)
    ]
    balancer = aws.elbv2.create_load_balancer(
        Name="web", Subnets=[subnet["Subnet"]["SubnetId"] for subnet in subnets]
    )["LoadBalancers"][0]["LoadBalancerArn"]
    group = aws.elbv2.create_target_group(
        Name="web",
        Protocol="HTTP",
        Port=_PORT,
        VpcId=vpc,
        TargetType="ip",
        HealthCheckIntervalSeconds=5,
        HealthCheckTimeoutSeconds=2,
        HealthyThresholdCount=2,
    )["TargetGroups"][0]["TargetGroupArn"]
    delay = {"Key": "deregistration_delay.timeout_seconds", "Value": "0"}
    aws.elbv2.modify_target_group_attributes(TargetGroupArn=group, Attributes=[delay])
    forward = {"Type": "forward", "TargetGroupArn": group}
    aws.elbv2.create_listener(LoadBalancerArn=balancer, Protocol="HTTP", Port=80, DefaultActions=[forward])
    return group


def _sigterm(output):
    """When a task got SIGTERM by what it wrote; None if it has not."""
    return next((float(line.split()[1]) for line in output if line.startswith("SIGTERM ")), None)


@pytest.mark.parametrize("way", ["stopped", "taken back by Spot"])
def test_no_request_goes_to_a_task_after_its_sigterm(behind, way):
    """One task after the other leaves under load, with no deregistration delay to hide anything."""
    stage, balancer, health = behind
    tasks = [stage.launch() for _ in range(_STOPS + 1)]
    eventually(lambda: list(health().values()) == ["healthy"] * len(tasks), LONG)
    done, answers = threading.Event(), []

    def ask():
        connection = http.client.HTTPConnection(balancer.url.removeprefix("http://"), timeout=SOON)
        while not done.is_set():
            begun = time.monotonic()
            connection.request("GET", "/")
            response = connection.getresponse()
            answers.append((begun, response.status, response.read().decode()))
        connection.close()

    with ThreadPoolExecutor(2) as pool:
        clients = [pool.submit(ask) for _ in range(2)]
        try:
            for arn in tasks[1:]:
                who = stage.address_of(arn)
                eventually(lambda who=who: who in {answer for _, _, answer in list(answers)}, START)
                if way == "stopped":
                    stage.stop(arn)
                else:
                    stage.agent.take_back(arn)
                # A call whose answer is lost is made again after a minute.
                eventually(lambda arn=arn: _sigterm(stage.output(arn)), LONG, what="SIGTERM")
                seen = len(answers)
                eventually(lambda seen=seen: len(answers) > seen + 20, START)
        finally:
            done.set()
        for client in clients:
            client.result(START)
    ended = {stage.address_of(arn): _sigterm(stage.output(arn)) for arn in tasks[1:]}
    assert {200} == {status for _, status, _ in answers}
    assert [] == [who for begun, _, who in answers if who in ended and begun > ended[who]]
