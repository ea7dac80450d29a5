"""Requests while targets come, go and die, through a real Envoy."""

import http.client
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from stage.load_balancer import loop
from tests.unit.stage.load_balancer.conftest import PORT
from tests.waiting import SOON
from verify.request_log import handled_in

A, B, C = "10.20.1.11", "10.20.2.12", "10.20.2.13"


def counts(balancer):
    """Requests, errors of targets, errors of the load balancer."""
    counted = balancer.request_counts()
    return counted.requests, counted.target_5xx, counted.elb_5xx


def test_weights_divide_requests_between_target_groups(rig):
    """A weight of 10 in 100 gets about a tenth, one of 0 nothing."""
    blue, green, off = (rig.declared.group(name) for name in ("blue", "green", "off"))
    rig.declared.balancer()
    weights = [
        {"TargetGroupArn": arn, "Weight": weight} for arn, weight in ((blue, 90), (green, 10), (off, 0))
    ]
    rig.declared.listener({"Type": "forward", "ForwardConfig": {"TargetGroups": weights}})
    for group, ip in ((blue, A), (green, B), (off, C)):
        rig.task(ip)
        rig.declared.register(group, ip)
    balancer = rig.balance()
    rig.until(
        lambda: (
            rig.reports.state(blue, A)
            == rig.reports.state(green, B)
            == rig.reports.state(off, C)
            == "healthy"
        )
    )
    bodies = Counter(rig.get(balancer.url).body for _ in range(500))
    # Four standard deviations around 50.
    assert 23 <= bodies[B] <= 77
    assert 500 == bodies[A] + bodies[B]


def away(*_):
    """An API that does not answer."""
    raise OSError("no answer")


@pytest.fixture
def long_drain(rig):
    """Has a target group's targets drain for longer than any test looks: a minute, and not five seconds."""

    def longer(group):
        delay = {"Key": "deregistration_delay.timeout_seconds", "Value": "3599"}
        rig.declared.elbv2.modify_target_group_attributes(TargetGroupArn=group, Attributes=[delay])

    return longer


def test_a_dropped_target_gets_no_request_from_then_on(rig, long_drain, monkeypatch):
    """It is out before the API is asked again, stays out while the API lists it, and shows as unhealthy."""
    group = rig.declared.service()
    long_drain(group)
    dropped, _ = rig.task(A), rig.task(B)
    rig.declared.register(group, A, B)
    balancer = rig.balance()
    rig.until(lambda: [rig.reports.state(group, ip) for ip in (A, B)] == ["healthy"] * 2)
    with monkeypatch.context() as patch:
        # Nothing is read, so nothing but the call itself can have taken it out.
        patch.setattr(loop, "read_targets", away)
        patch.setattr(loop, "read_topology", away)
        url = balancer.url
        balancer.drop(dropped.address)
        rig.until(lambda: {rig.get(url).body for _ in range(4)} == {B})
    balancer.wake()
    rig.until(lambda: rig.reports.state(group, A) == "unhealthy")
    assert {B} == {rig.get(balancer.url).body for _ in range(10)}
    rig.declared.deregister(group, A)
    rig.until(lambda: rig.reports.state(group, A) == "draining")
    rig.declared.register(group, A)
    rig.until(lambda: rig.reports.state(group, A) == "healthy")
    assert A in {rig.get(balancer.url).body for _ in range(4)}


def test_a_request_in_flight_outlives_deregistration(rig):
    """The old target finishes what it has in hand; new requests go elsewhere."""
    group = rig.declared.service()
    old = rig.task(A)
    rig.declared.register(group, A)
    balancer = rig.balance()
    rig.until(lambda: rig.reports.state(group, A) == "healthy")
    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(rig.get, balancer.url, "/slow")
        assert old.in_hand.wait(SOON)
        rig.task(B)
        rig.declared.register(group, B)
        rig.until(lambda: rig.reports.state(group, B) == "healthy")
        rig.declared.deregister(group, A)
        balancer.wake()
        rig.until(lambda: rig.reports.state(group, A) == "draining")
        assert {B} == {rig.get(balancer.url, "/new").body for _ in range(10)}
        old.finish.set()
        assert (200, A) == (slow.result(SOON).status, slow.result(SOON).body)
    assert 0 == old.served["/new"]


def test_a_target_that_breaks_off_is_a_502_and_nobody_tries_again(rig):
    """A request whose target dies under it reaches exactly one target."""
    group = rig.declared.service()
    servers = [rig.task(ip) for ip in (A, B)]
    rig.declared.register(group, A, B)
    balancer = rig.balance()
    rig.until(lambda: [rig.reports.state(group, ip) for ip in (A, B)] == ["healthy"] * 2)
    answers = [rig.get(balancer.url, "/break-off").status for _ in range(6)]
    assert [502] * 6 == answers
    assert 6 == sum(server.served["/break-off"] for server in servers)
    assert (6, 0, 6) == counts(balancer)


def test_counts_tell_the_targets_errors_from_the_balancers(rig):
    """A 500 that a target sends is the target's."""
    group = rig.declared.service()
    rig.task(A)
    rig.declared.register(group, A)
    balancer = rig.balance()
    rig.until(lambda: rig.reports.state(group, A) == "healthy")
    assert [200, 500, 200] == [rig.get(balancer.url, path).status for path in ("/", "/500", "/")]
    assert (3, 1, 0) == counts(balancer)
    arn = rig.declared.balancer_arn
    assert arn.endswith(f"loadbalancer/{balancer.request_counts().load_balancer}")


def test_each_target_group_has_counts_and_times_of_its_own(rig):
    """By the value of CloudWatch's dimension; a request that no target answered has no time."""
    blue, green = (rig.declared.group(name) for name in ("blue", "green"))
    rig.declared.balancer()
    weights = [{"TargetGroupArn": arn, "Weight": weight} for arn, weight in ((blue, 1), (green, 0))]
    rig.declared.listener({"Type": "forward", "ForwardConfig": {"TargetGroups": weights}})
    for group, ip in ((blue, A), (green, B)):
        rig.task(ip)
        rig.declared.register(group, ip)
    balancer = rig.balance()
    rig.until(lambda: [rig.reports.state(*one) for one in ((blue, A), (green, B))] == ["healthy"] * 2)
    for path in ("/", "/500", "/break-off"):
        rig.get(balancer.url, path)

    dimension = blue.rpartition(":")[2]
    rig.until(lambda: counts(balancer) == (3, 1, 1))
    groups = balancer.request_counts().groups
    assert [dimension] == list(groups)
    assert (3, 1, 2) == (
        groups[dimension].requests,
        groups[dimension].target_5xx,
        sum(groups[dimension].response_times.values()),
    )
    assert all(0 < seconds < SOON for seconds in groups[dimension].response_times)


def test_healthy_hosts_are_those_that_requests_may_go_to(rig):
    """Of what is registered; a group without targets, or that no listener names, has no such count."""
    used, empty, unused = (rig.declared.group(name) for name in ("used", "empty", "unused"))
    rig.declared.balancer()
    weights = [{"TargetGroupArn": arn, "Weight": 1} for arn in (used, empty)]
    rig.declared.listener({"Type": "forward", "ForwardConfig": {"TargetGroups": weights}})
    ill = rig.task(A, health_status=500)
    for ip in (B, C):
        rig.task(ip)
    rig.declared.register(used, A, B)
    rig.declared.register(unused, C)
    balancer = rig.balance()
    dimension = used.rpartition(":")[2]

    rig.until(lambda: balancer.healthy_hosts() == {dimension: 1})
    ill.health_status = 200
    rig.until(lambda: balancer.healthy_hosts() == {dimension: 2})


def test_the_idle_timeout_ends_a_request_that_nobody_answers(rig):
    """It is real seconds, whatever the clock; the client gets 504."""
    group = rig.declared.service()
    rig.declared.elbv2.modify_load_balancer_attributes(
        LoadBalancerArn=rig.declared.balancer_arn,
        Attributes=[{"Key": "idle_timeout.timeout_seconds", "Value": "1"}],
    )
    server = rig.task(A)
    rig.declared.register(group, A)
    balancer = rig.balance()
    rig.until(lambda: rig.reports.state(group, A) == "healthy")
    started = time.monotonic()
    assert 504 == rig.get(balancer.url, "/slow").status
    assert time.monotonic() - started > 0.9
    server.finish.set()
    assert (1, 0, 1) == counts(balancer)


def test_dozens_of_endpoint_changes_fail_no_request(rig, long_drain):
    """Scaling in and out under light load loses nothing; each change has requests before and after it."""
    group = rig.declared.service()
    long_drain(group)
    for ip in (A, B):
        rig.task(ip)
    rig.declared.register(group, A, B)
    balancer = rig.balance()
    rig.until(lambda: [rig.reports.state(group, ip) for ip in (A, B)] == ["healthy"] * 2)
    done, statuses = threading.Event(), Counter()

    def client():
        connection = http.client.HTTPConnection(balancer.url.removeprefix("http://"), timeout=SOON)
        while not done.is_set():
            connection.request("GET", "/")
            response = connection.getresponse()
            response.read()
            statuses[response.status] += 1
            # A hundred requests a second each at most: the machine has other things to do.
            done.wait(0.01)
        connection.close()

    def more_are_answered():
        answered = statuses.total()
        rig.until(lambda: statuses.total() > answered + 3 or any(ended.done() for ended in clients))

    with ThreadPoolExecutor(3) as pool:
        clients = [pool.submit(client) for _ in range(3)]
        try:
            for _ in range(20):
                rig.declared.deregister(group, B)
                balancer.wake()
                rig.until(lambda: rig.reports.state(group, B) == "draining")
                more_are_answered()
                rig.declared.register(group, B)
                balancer.wake()
                rig.until(lambda: rig.reports.state(group, B) == "healthy")
                more_are_answered()
        finally:
            done.set()
        for finished in clients:
            finished.result(SOON)
    assert {200} == set(statuses)


def test_each_time_that_a_request_is_sent_to_a_target_is_noted(rig):
    """Whoever looks for repeated requests needs each of them, by its trace, with the target that it got."""
    group = rig.declared.service()
    rig.task(A)
    rig.declared.register(group, A)
    balancer = rig.balance()
    rig.until(lambda: rig.reports.state(group, A) == "healthy")
    host, port = balancer.url.removeprefix("http://").split(":")
    connection = http.client.HTTPConnection(host, int(port), timeout=SOON)
    for number, path in ((1, "/"), (2, "/500"), (3, "/break-off")):
        connection.request("GET", path, headers={"traceparent": f"00-{number:032x}-{number:016x}-01"})
        connection.getresponse().read()
    connection.close()

    noted = handled_in(balancer.attempts)
    rig.until(lambda: len(noted.all()) >= 3)

    target = f"{rig.block.of(A)}:{PORT}"
    assert [(target, f"{number:032x}") for number in (1, 2, 3)] == [
        (one.task_arn, one.trace_id) for one in noted.all()
    ]
    assert [200, 500] == [one.status for one in noted.all()[:2]]
