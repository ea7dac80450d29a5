"""The load balancer follows what is declared and says clearly what it cannot do."""

import http.client
import os
import socket

import pytest

from stage.errors import StageError
from tests.waiting import SOON

A = "10.20.1.11"
FIXED = {
    "Type": "fixed-response",
    "FixedResponseConfig": {
        "StatusCode": "418",
        "ContentType": "application/json",
        "MessageBody": '{"a": 1}',
    },
}


def test_start_returns_without_a_load_balancer_and_takes_it_over_when_it_is_declared(rig):
    """What is declared after the start is served too."""
    balancer = rig.balance()
    with pytest.raises(StageError, match="no listener yet"):
        assert balancer.url
    rig.declared.balancer()
    rig.declared.listener(FIXED)

    def known():
        try:
            return balancer.url
        except StageError:
            return None

    rig.until(known)
    assert 418 == rig.get(balancer.url).status


def test_a_privileged_port_is_moved_up_by_8000(rig):
    """Port 80 answers at 8080 on the gateway address, because nobody needs root for it."""
    rig.declared.balancer()
    rig.declared.listener(FIXED, port=80)
    assert f"http://{rig.block.gateway}:8080" == rig.balance().url


def test_the_first_listener_answers_where_the_caller_wants_it(rig):
    """An explicit address holds for the lowest port alone; the next one keeps its own."""
    rig.declared.balancer()
    rig.declared.listener(FIXED, port=8181)
    rig.declared.listener(FIXED, port=80)
    wanted = (rig.block.gateway, rig.block.free_port())
    balancer = rig.balance(listen=wanted)
    assert f"http://{wanted[0]}:{wanted[1]}" == balancer.url
    assert 418 == rig.get(f"http://{rig.block.gateway}:8181").status


def test_a_busy_port_is_one_clear_sentence(rig, busy_port):
    """The start fails and names listener, address and port."""
    rig.declared.balancer()
    rig.declared.listener(FIXED)
    with pytest.raises(StageError, match=rf"listener 80 cannot answer on {rig.block.gateway}:{busy_port}"):
        rig.balance(listen=(rig.block.gateway, busy_port))


def test_a_listener_with_tls_is_refused_by_name(rig):
    """The start fails and names the listener instead of leaving it out silently."""
    rig.declared.balancer()
    rig.declared.listener(FIXED, port=443, Protocol="HTTPS")
    with pytest.raises(StageError, match="listener 443 is HTTPS"):
        rig.balance()


def test_what_cannot_be_rehearsed_later_leaves_the_present_in_service(rig):
    """A second, unusable listener is reported through `url` while the first goes on."""
    rig.declared.balancer()
    rig.declared.listener(FIXED)
    balancer = rig.balance()
    url = balancer.url
    broken = rig.declared.listener(FIXED, port=443, Protocol="HTTPS")

    def refused():
        try:
            return balancer.url and False
        except StageError as error:
            return "listener 443" in str(error)

    rig.until(refused)
    assert 418 == rig.get(url).status
    rig.declared.elbv2.delete_listener(ListenerArn=broken)
    rig.until(lambda: not refused())
    assert url == balancer.url


def test_a_removed_listener_stops_answering(rig):
    """Its port is free again."""
    rig.declared.balancer()
    rig.declared.listener(FIXED)
    extra = rig.declared.listener(FIXED, port=8181)
    balancer = rig.balance()
    host = balancer.url.removeprefix("http://").split(":")[0]
    rig.declared.elbv2.delete_listener(ListenerArn=extra)

    def free():
        with socket.socket() as probe:
            return probe.connect_ex((host, 8181)) != 0

    rig.until(free)


def test_close_leaves_no_process(rig):
    """Envoy ends with the load balancer."""
    balancer = rig.balance()
    pid = balancer.pid
    assert os.path.isdir(f"/proc/{pid}")  # noqa: PTH112 - one line to say it
    balancer.close()
    assert not os.path.isdir(f"/proc/{pid}")  # noqa: PTH112 - one line to say it


def test_an_envoy_that_died_is_reported(rig):
    """Whoever asks for the address learns that nothing answers there any more, and where to look."""
    rig.declared.balancer()
    rig.declared.listener(FIXED)
    balancer = rig.balance()
    os.kill(balancer.pid, 9)

    def problem():
        try:
            return balancer.url and None
        except StageError as error:
            return str(error)

    rig.until(problem)
    assert "Envoy ended with status -9" in problem()
    assert "envoy.log" in problem()


def test_a_keepalive_connection_survives_new_weights(rig):
    """Changing where a listener forwards to closes no client's connection."""
    blue, green = rig.declared.group("blue"), rig.declared.group("green")
    rig.declared.balancer()
    listener = rig.declared.listener({"Type": "forward", "TargetGroupArn": blue})
    rig.task(A)
    rig.declared.register(blue, A)
    rig.declared.register(green, A)
    balancer = rig.balance()
    rig.until(lambda: rig.reports.state(blue, A) == "healthy")
    host = balancer.url.removeprefix("http://")
    connection = http.client.HTTPConnection(host, timeout=SOON)
    connection.request("GET", "/before")
    connection.getresponse().read()
    local = connection.sock.getsockname()
    rig.declared.elbv2.modify_listener(
        ListenerArn=listener, DefaultActions=[{"Type": "forward", "TargetGroupArn": green}]
    )
    rig.until(lambda: rig.reports.state(green, A) == "healthy")
    connection.request("GET", "/after")
    assert 200 == connection.getresponse().status
    assert local == connection.sock.getsockname()
    connection.close()


def test_a_configuration_that_envoy_refuses_is_said_aloud(rig, caplog):
    """The one before stays in service, and whoever reads the log knows it."""
    rig.declared.balancer()
    rig.declared.listener(FIXED)
    balancer = rig.balance()
    balancer._envoy.write("lds.json", {"resources": [{"@type": "nonsense"}]})  # noqa: SLF001 - our own are right
    rig.until(lambda: "Envoy refused what it was configured with" in caplog.text)
    assert 418 == rig.get(balancer.url).status
