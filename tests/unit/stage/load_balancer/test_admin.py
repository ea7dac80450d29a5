"""What Envoy's admin interface says."""

import pytest

from stage.load_balancer.admin import parse_counts, parse_endpoints, parse_refusals
from stage.load_balancer.model import Endpoint, EndpointHealth, GroupCounts


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ({"eds_health_status": "HEALTHY"}, EndpointHealth(False, False, False)),
        ({"pending_active_hc": True, "failed_active_health_check": True}, EndpointHealth(True, True, False)),
        ({"failed_active_health_check": True, "active_hc_timeout": True}, EndpointHealth(False, True, True)),
    ],
)
def test_endpoints_are_read_with_their_flags(status, expected):
    """A flag that is left out is false."""
    address = {"socket_address": {"address": "127.1.1.1", "port_value": 8080}}
    clusters = {
        "cluster_statuses": [
            {"name": "api", "host_statuses": [{"address": address, "health_status": status}]},
            {"name": "empty"},
        ]
    }
    assert parse_endpoints(clusters) == {Endpoint("api", "127.1.1.1", 8080): expected}


@pytest.mark.parametrize("ms", ["-", ""])
@pytest.mark.parametrize(
    ("group", "flags", "code", "expected"),
    [
        ("api", "-", 202, (1, 0, 0)),
        ("api", "-", 500, (1, 1, 0)),
        ("api", "DC", 0, (1, 0, 0)),
        ("api", "UC", 502, (1, 0, 1)),
        ("api", "UF,URX", 502, (1, 0, 1)),
        ("api", "SI", 504, (1, 0, 1)),
        ("api", "UH", 503, (0, 0, 1)),
        ("api", "NC", 503, (0, 0, 1)),
        ("api", "UF", 504, (1, 0, 1)),
        ("-", "-", 503, (0, 0, 1)),
        ("", "-", 503, (0, 0, 1)),
        ("", "DPE", 501, (0, 0, 1)),
        ("-", "-", 301, (0, 0, 0)),
    ],
)
def test_every_response_is_counted_once_and_to_whom_it_belongs(group, flags, code, expected, ms):
    """A request counts if a target was chosen; an error is the target's only if it sent it."""
    stats = f"alb.response.group.{group}.flags.{flags}.code.{code}.ms.{ms}: 1\nalb.other: 7\n"
    found = parse_counts(stats, "app/x/1")

    assert ("app/x/1", *expected) == (
        found.load_balancer,
        found.requests,
        found.target_5xx,
        found.elb_5xx,
    )
    assert ({"api": GroupCounts(*expected[:2])} if group == "api" else {}) == found.groups


def test_counters_add_up():
    """Groups, flags, codes and times are summed."""
    stats = "\n".join(
        f"alb.response.group.{g}.flags.-.code.{c}.ms.{ms}: 3"
        for g in ("a-b", "c")
        for c, ms in ((200, 7), (200, 12), (503, 7))
    )
    found = parse_counts(stats, None)

    assert (None, 18, 6, 0) == (found.load_balancer, found.requests, found.target_5xx, found.elb_5xx)
    of_group = GroupCounts(9, 3, {0.0075: 6, 0.0125: 3})
    assert {"a-b": of_group, "c": of_group} == found.groups


def test_refused_updates_are_summed():
    """Whichever part of the configuration it was."""
    stats = "listener_manager.lds.update_rejected: 0\nhttp.http-80.rds.http-80.update_rejected: 2\n"
    assert 3 == parse_refusals(stats + "cluster.api.update_failure: 1\n")
    assert 0 == parse_refusals("")
