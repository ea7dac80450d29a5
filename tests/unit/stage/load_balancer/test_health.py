"""From Envoy's view of endpoints to target health."""

import json

import pytest

from stage.load_balancer.health import (
    CHECKING,
    DRAINING,
    FAILED,
    HEALTHY,
    NOT_IN_USE,
    REGISTERING,
    TIMED_OUT,
    FailedCheck,
    FailureLog,
    TargetStates,
)
from stage.load_balancer.model import Endpoint, EndpointHealth, HealthCheck, Target, TargetGroup

TARGET = Target("10.20.1.11", 8080)
HERE = Endpoint("api", "127.1.1.11", 8080)
WELL = EndpointHealth(False, False, False)
ILL = EndpointHealth(False, True, False)
SILENT = EndpointHealth(False, True, True)
REFUSED = FailedCheck(HERE, timed_out=False, status=0)
GROUP = TargetGroup("arn:api", "api", HealthCheck("/", None, 15, 10, 2, 3, ((200, 200),)), 15, False)


@pytest.fixture
def states():
    """Follows one registered target."""
    states = TargetStates(lambda ip: ip.replace("10.20.", "127.1."))
    states.registered(GROUP, [TARGET], now=0, deregistration_delay=5)
    return states


def health(states, endpoint=None, now=0.0, out=None):
    """Health of the one target; None if it is not listed."""
    seen = {} if endpoint is None else {HERE: endpoint}
    return states.health(GROUP, seen, out or {}, now).get(TARGET)


@pytest.mark.parametrize(
    ("endpoint", "expected"),
    [
        (None, REGISTERING),
        (EndpointHealth(pending=True, failed=True, timed_out=False), CHECKING),
        (WELL, HEALTHY),
        (ILL, CHECKING),
    ],
)
def test_a_new_target_is_initial_or_healthy(states, endpoint, expected):
    """Not known yet, not checked yet, passed, or failed for the first time."""
    assert health(states, endpoint) == expected


def test_a_new_target_is_unhealthy_after_as_many_failures_as_any(states):
    """Two failures of three leave it initial."""
    states.note_failures([GROUP], [REFUSED] * 2)
    assert CHECKING == health(states, ILL)
    states.note_failures([GROUP], [REFUSED])
    assert FAILED == health(states, ILL)


def test_a_target_that_was_healthy_is_unhealthy_when_envoy_says_so(states):
    """Envoy has counted to the threshold by then."""
    assert HEALTHY == health(states, WELL)
    states.note_failures([GROUP], [FailedCheck(HERE, timed_out=False, status=503)])
    assert "Target.ResponseCodeMismatch" == health(states, ILL).reason
    assert "Health checks failed with these codes: [503]" == health(states, ILL).description
    assert TIMED_OUT == health(states, SILENT)


def test_a_target_known_to_be_dead_is_unhealthy_at_once(states):
    """Nobody waits for three checks."""
    assert FAILED == health(states, WELL, out={"127.1.1.11": FAILED})


def test_a_target_on_its_way_out_drains_before_the_api_lists_it_so(states):
    """It never looks as if it had just been registered."""
    assert DRAINING == health(states, None, out={"127.1.1.11": DRAINING})


def test_a_deregistered_target_drains_and_then_is_listed_no_more(states):
    """It is listed for exactly its delay, whatever Envoy still says."""
    states.registered(GROUP, [], now=10, deregistration_delay=5)
    assert DRAINING == health(states, WELL, now=14.9)
    # A later pass over the same list does not start the delay again.
    states.registered(GROUP, [], now=12, deregistration_delay=5)
    assert health(states, WELL, now=15) is None


def test_a_target_that_returns_starts_anew(states):
    """Its failures and its health from before are forgotten."""
    states.note_failures([GROUP], [REFUSED] * 3)
    states.registered(GROUP, [], now=1, deregistration_delay=5)
    states.registered(GROUP, [TARGET], now=2, deregistration_delay=5)
    assert CHECKING == health(states, ILL, now=2)


def test_targets_of_a_group_without_a_listener_are_unused(states):
    """They are neither healthy nor unhealthy."""
    assert {TARGET: NOT_IN_USE} == states.unused(GROUP)


def event(kind="health_check_failure_event", **failure):
    """A line of Envoy's health check log."""
    host = {"socket_address": {"address": HERE.address, "port_value": HERE.port}}
    return json.dumps({"cluster_name": "api", "host": host, kind: failure}) + "\n"


def test_the_log_is_read_once_and_by_whole_lines(tmp_path):
    """A line that Envoy has written by half is read when it is whole."""
    path = tmp_path / "health.log"
    log = FailureLog(path)
    assert [] == log.new()
    first, second = event(failure_type="NETWORK"), event(failure_type="ACTIVE", http_status_code=404)
    path.write_text(first + second[:30])
    assert [REFUSED] == log.new()
    path.write_text(first + second)
    assert [FailedCheck(HERE, timed_out=False, status=404)] == log.new()
    assert [] == log.new()


def test_only_failures_are_taken_from_the_log(tmp_path):
    """A target that became healthy is logged too."""
    path = tmp_path / "health.log"
    path.write_text(event("add_healthy_event") + event(failure_type="NETWORK_TIMEOUT"))
    assert [FailedCheck(HERE, timed_out=True, status=0)] == FailureLog(path).new()
