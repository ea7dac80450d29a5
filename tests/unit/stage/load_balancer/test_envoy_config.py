"""Target groups and targets as Envoy's clusters and endpoints."""

from pathlib import Path

import pytest

from stage.clock import Clock
from stage.load_balancer.envoy_config import cluster, endpoints
from stage.load_balancer.model import HealthCheck, TargetGroup


@pytest.fixture
def group():
    """Makes a target group with this health check port and algorithm."""

    def make(port=None, *, least=False):
        check = HealthCheck("/healthz", port, 15, 10, 2, 3, ((200, 200), (202, 204)))
        return TargetGroup("arn:api", "api", check, 15, least)

    return make


def test_the_interval_is_paced_and_the_timeout_is_real(group):
    """At 30 AWS seconds a second, an interval of 15 is half a second and a timeout of 10 is 10."""
    (check,) = cluster(group(), Clock(2.0), 60, Path("/x"))["health_checks"]
    intervals = {check[name] for name in ("interval", "no_traffic_interval", "no_traffic_healthy_interval")}
    assert {"0.500s"} == intervals
    assert "10.000s" == check["timeout"]
    assert (2, 3) == (check["healthy_threshold"], check["unhealthy_threshold"])


def test_the_matcher_becomes_half_open_ranges(group):
    """Envoy leaves out a range's end, the API includes it."""
    (check,) = cluster(group(), Clock(), 60, Path("/x"))["health_checks"]
    assert [
        {"start": 200, "end": 201},
        {"start": 202, "end": 205},
    ] == check["http_health_check"]["expected_statuses"]


@pytest.mark.parametrize(("least", "policy"), [(True, "LEAST_REQUEST"), (False, "ROUND_ROBIN")])
def test_the_algorithm_is_the_declared_one(group, least, policy):
    """Both of an ALB's algorithms have their counterpart."""
    assert cluster(group(least=least), Clock(), 60, Path("/x"))["lb_policy"] == policy


@pytest.mark.parametrize(
    ("port", "expected"),
    [
        (None, {"hostname": "127.1.1.1:8080"}),
        (8080, {"hostname": "127.1.1.1:8080"}),
        (9000, {"hostname": "127.1.1.1:9000", "port_value": 9000}),
    ],
)
def test_a_target_is_checked_where_the_group_says(group, port, expected):
    """On the traffic port, or on one of its own; the check's Host header says which."""
    (locality,) = endpoints(group(port), [("127.1.1.1", 8080)])["endpoints"]
    (endpoint,) = locality["lb_endpoints"]
    assert endpoint["endpoint"]["health_check_config"] == expected


def test_the_order_of_targets_changes_nothing(group):
    """The API lists them in any order; an unchanged file need not be written again."""
    one, two = ("127.1.1.1", 8080), ("127.1.1.2", 8080)
    assert endpoints(group(), [one, two]) == endpoints(group(), [two, one])
