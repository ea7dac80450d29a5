from pathlib import Path

import pytest

from stage.clock import Clock
from stage.load_balancer.decide import answers_at, endpoint_files, topology_files
from stage.load_balancer.model import (
    FixedResponse,
    HealthCheck,
    Listener,
    Rule,
    Target,
    TargetGroup,
    Topology,
)

GATEWAY = "127.9.0.1"
WANTED = ("127.0.0.1", 9000)


def listener(port):
    """A listener that answers without any target."""
    return Listener(port, (Rule(FixedResponse(404, "text/plain", "no")),))


def group(name):
    """A target group."""
    check = HealthCheck("/healthz", None, 15, 10, 2, 3, ((200, 200),))
    return TargetGroup(f"arn:{name}", name, check, 15, False)


@pytest.mark.parametrize(
    ("port", "wanted", "taken", "address"),
    [
        (8181, None, [], (GATEWAY, 8181)),
        (80, None, [], (GATEWAY, 8080)),
        (1023, None, [], (GATEWAY, 9023)),
        (1024, None, [], (GATEWAY, 1024)),
        (80, WANTED, [], WANTED),
        (80, WANTED, [WANTED], (GATEWAY, 8080)),
    ],
)
def test_a_listener_answers_at_the_wanted_address_or_at_a_port_that_needs_no_privileges(
    port, wanted, taken, address
):
    """The wanted address is for one listener alone; a privileged port moves up by 8000."""
    assert address == answers_at(listener(port), wanted, taken, GATEWAY)


def test_what_is_referred_to_is_written_before_what_refers_to_it():
    """Envoy would refuse a route to a cluster, or a listener with routes, that it does not know."""
    topology = Topology(listeners=(listener(80), listener(8181)), target_groups=(group("api"),))
    bound = {"http-80": (GATEWAY, 8080), "http-8181": (GATEWAY, 8181)}

    files = topology_files(topology, Topology(), bound, Clock(), Path("/x"))

    assert ["cds.json", "rds-http-80.json", "rds-http-8181.json", "lds.json"] == list(files)


def test_a_group_that_is_gone_stays_for_one_look():
    """A route may name it until the routes are written."""
    before, now = Topology(target_groups=(group("blue"),)), Topology(target_groups=(group("green"),))

    files = [topology_files(now, earlier, {}, Clock(), Path("/x")) for earlier in (before, now)]

    assert [["blue", "green"], ["green"]] == [
        [one["name"] for one in each["cds.json"]["resources"]] for each in files
    ]


def test_who_is_out_is_no_endpoint():
    """Each group has a file with its other targets, at the addresses where they listen."""
    topology = Topology(target_groups=(group("api"), group("idle")))
    targets = {"arn:api": (Target("10.20.1.11", 8080), Target("10.20.1.12", 8080))}

    files = endpoint_files(topology, targets, {"127.9.1.12"}, lambda ip: ip.replace("10.20", "127.9"))

    assert {"eds-api.json": ["127.9.1.11"], "eds-idle.json": []} == {
        name: [
            one["endpoint"]["address"]["socket_address"]["address"]
            for one in content["resources"][0]["endpoints"][0]["lb_endpoints"]
        ]
        for name, content in files.items()
    }
