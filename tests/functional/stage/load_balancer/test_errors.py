"""Errors that the load balancer makes itself, through a real Envoy.

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html
"""

import pytest

from stage.load_balancer import envoy_config
from tests.functional.stage.load_balancer.raw import (
    GET,
    OK,
    HealthyButDeaf,
    RawTarget,
    answers,
    answers_and_closes,
    exchange,
    resets,
)

A = "10.20.1.11"
TRAFFIC, HEALTH = 8080, 9000
FORWARDED_FOR = b"GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: %s\r\n\r\n"


def counts(balancer):
    """Requests, errors of targets, errors of the load balancer."""
    counted = balancer.request_counts()
    return counted.requests, counted.target_5xx, counted.elb_5xx


@pytest.fixture
def targets():
    """Stops what is added to it."""
    started = []
    yield started
    for target in started:
        target.stop()


@pytest.fixture
def balancer(rig, targets, monkeypatch):
    """A load balancer whose one target is healthy on a port of its own, whatever its traffic port does."""
    monkeypatch.setattr(envoy_config, "CONNECT_TIMEOUT_SECONDS", 1.0)
    group = rig.declared.service(HealthCheckPort=str(HEALTH))
    rig.declared.elbv2.modify_load_balancer_attributes(
        LoadBalancerArn=rig.declared.balancer_arn,
        Attributes=[{"Key": "idle_timeout.timeout_seconds", "Value": "2"}],
    )
    rig.declared.elbv2.modify_target_group_attributes(
        TargetGroupArn=group, Attributes=[{"Key": "deregistration_delay.timeout_seconds", "Value": "1"}]
    )
    targets.append(RawTarget((rig.block.of(A), HEALTH), answers(OK)))
    rig.declared.register(group, A)
    balancer = rig.balance()
    rig.until(lambda: rig.reports.state(group, A) == "healthy")
    return balancer


@pytest.fixture
def target(rig, targets):
    """Makes the target that takes the traffic."""

    def start(behave):
        targets.append(RawTarget((rig.block.of(A), TRAFFIC), behave))
        return targets[-1]

    return start


def test_a_target_that_cannot_be_connected_to_in_time_is_a_504(rig, balancer, targets):
    """Ten seconds on AWS; the target has not refused, it has not answered at all."""
    targets.append(HealthyButDeaf((rig.block.of(A), TRAFFIC)))
    assert 504 == exchange(balancer.url, GET)
    assert (1, 0, 1) == counts(balancer)


def test_a_target_that_refuses_the_connection_is_a_502(balancer):
    """Nobody listens on the traffic port."""
    assert 502 == exchange(balancer.url, GET)
    assert (1, 0, 1) == counts(balancer)


@pytest.mark.parametrize(
    ("behave", "status"),
    [
        pytest.param(resets, 502, id="reset"),
        pytest.param(answers_and_closes(b""), 502, id="closed"),
        pytest.param(answers_and_closes(b"HTTP/1.1 200 OK\r\nConte"), 502, id="closed in the head"),
        pytest.param(answers(b"nonsense\r\n\r\n"), 502, id="malformed"),
        pytest.param(answers(b"HTTP/1.1 200 OK\r\nA b: c\x00\r\n\r\n"), 502, id="invalid header"),
        pytest.param(
            answers(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n"),
            502,
            id="two lengths",
        ),
        pytest.param(
            answers(b"HTTP/1.1 200 OK\r\nX: " + b"a" * 33_000 + b"\r\nContent-Length: 0\r\n\r\n"),
            502,
            id="head of more than 32 K",
        ),
        pytest.param(answers(b""), 504, id="no answer"),
        pytest.param(answers(b"HTTP/1.1 200 OK\r\nConte"), 504, id="half a head"),
    ],
)
def test_a_target_without_a_valid_answer_is_the_balancers_error(balancer, target, behave, status):
    """Broken off or malformed is 502, late is 504; each reaches the target once."""
    asked = target(behave)
    assert status == exchange(balancer.url, GET)
    assert (1, 0, 1) == counts(balancer)
    assert 1 == len(asked.seen)


def test_a_target_with_a_shorter_keep_alive_is_a_502(balancer, target):
    """The second request meets a connection that the target ends: nobody tries it again."""

    def once(connection, _head):
        behave = answers(OK) if len(asked.seen) == 1 else resets
        behave(connection, _head)

    asked = target(once)
    assert [200, 502] == [exchange(balancer.url, GET) for _ in range(2)]
    assert (2, 0, 1) == counts(balancer)


@pytest.mark.parametrize(
    ("answer", "status", "expected"),
    [
        pytest.param(b"HTTP/1.1 504 Mine\r\n", 504, (1, 1, 0), id="504"),
        pytest.param(b"HTTP/1.1 502 Mine\r\n", 502, (1, 1, 0), id="502"),
        pytest.param(b"HTTP/1.1 431 Mine\r\n", 431, (1, 0, 0), id="431"),
        pytest.param(b"HTTP/1.1 426 Mine\r\n", 426, (1, 0, 0), id="426"),
        pytest.param(b"HTTP/1.1 200 OK\r\nX: " + b"a" * 31_000 + b"\r\n", 200, (1, 0, 0), id="head of 31 K"),
        pytest.param(b"HTTP/1.1 200 OK\r\n" + b"X: a\r\n" * 200, 200, (1, 0, 0), id="200 headers"),
    ],
)
def test_what_a_target_answers_passes_as_it_is(balancer, target, answer, status, expected):
    """Its own errors keep their codes and are counted as the target's."""
    target(answers(answer + b"Content-Length: 0\r\n\r\n"))
    assert status == exchange(balancer.url, GET)
    assert expected == counts(balancer)


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        pytest.param(b"nonsense\r\n\r\n", 400, id="malformed"),
        pytest.param(b"GET / HTTP/1.1\r\n\r\n", 400, id="no host"),
        pytest.param(b"TRACE / HTTP/1.1\r\nHost: a\r\n\r\n", 405, id="TRACE"),
        pytest.param(b"GET / HTTP/1.1\r\nHo", 408, id="half a head"),
        pytest.param(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nab", 408, id="half a body"),
        pytest.param(
            b"GET / HTTP/1.1\r\nHost: a\r\n" + b"".join(b"X%d: %s\r\n" % (n, b"a" * 9_500) for n in range(7)),
            413,
            id="head of more than 64 K",
        ),
        pytest.param(FORWARDED_FOR % b", ".join([b"10.0.0.1"] * 31), 463, id="31 addresses"),
        pytest.param(
            b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n", 501, id="transfer encoding"
        ),
    ],
)
def test_a_request_that_an_alb_refuses_gets_its_code(balancer, target, request_, status):
    """The target does not answer it, and what is 5xx counts as the load balancer's."""
    target(lambda *_: None)
    assert status == exchange(balancer.url, request_)
    assert (0, int(status >= 500)) == counts(balancer)[1:]


@pytest.mark.parametrize(
    "request_",
    [
        pytest.param(GET.replace(b"1.1", b"1.0"), id="HTTP/1.0"),
        pytest.param(b"GET / HTTP/1.0\r\n\r\n", id="HTTP/1.0 without a host"),
        pytest.param(FORWARDED_FOR % b", ".join([b"10.0.0.1"] * 30), id="30 addresses"),
        pytest.param(
            b"GET / HTTP/1.1\r\nHost: a\r\n"
            + b"".join(b"X%d: %s\r\n" % (n, b"a" * 9_000) for n in range(7))
            + b"\r\n",
            id="head of nearly 64 K",
        ),
        pytest.param(b"GET / HTTP/1.1\r\nHost: a\r\n" + b"X: a\r\n" * 150 + b"\r\n", id="150 headers"),
    ],
)
def test_a_request_that_an_alb_takes_reaches_the_target(balancer, target, request_):
    """Envoy's own defaults would refuse some of them."""
    target(answers(OK))
    assert 200 == exchange(balancer.url, request_)


def test_a_websocket_is_let_through(balancer, target):
    """An ALB upgrades connections by itself.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-listeners.html
    """
    target(answers(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"))
    wish = b"GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"
    assert 101 == exchange(balancer.url, wish)


def test_a_body_that_stays_short_ends_the_connection_under_the_targets_status(balancer, target):
    """AWS documents 504; here the head has gone to the client by then."""
    target(answers(b"HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\nok"))
    assert 200 == exchange(balancer.url, GET)


@pytest.mark.parametrize(
    "request_",
    [
        pytest.param(b"GET /%s HTTP/1.1\r\nHost: a\r\n\r\n" % (b"a" * 17_000), id="request line, 414"),
        pytest.param(b"GET / HTTP/1.1\r\nHost: a\r\nX: %s\r\n\r\n" % (b"a" * 17_000), id="header, 413"),
    ],
)
def test_a_long_line_passes_while_the_head_is_small_enough(balancer, target, request_):
    """An ALB limits a request line and a single header to 16 K; here only the whole head is limited."""
    target(answers(OK))
    assert 200 == exchange(balancer.url, request_)


def test_http_2_without_tls_is_malformed(balancer):
    """AWS documents 505; an HTTP/1 parser cannot tell its preface from nonsense."""
    assert 400 == exchange(balancer.url, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")


def test_a_request_in_flight_may_outlast_the_deregistration_delay(rig, balancer, target):
    """AWS breaks it off with 502 when the delay is over; here it has until the task ends."""
    (group,) = rig.reports.latest

    def late(connection, _head):
        rig.declared.deregister(group, A)
        balancer.wake()
        rig.until(lambda: rig.reports.latest[group] == {})
        connection.sendall(OK)

    target(late)
    assert 200 == exchange(balancer.url, GET)
