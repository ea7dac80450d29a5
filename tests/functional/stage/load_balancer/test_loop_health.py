"""Target health, from a real Envoy's checks to what is reported."""

import socket

from stage.control_plane.reports import TargetHealth

A, B, C = "10.20.1.11", "10.20.2.12", "10.20.2.13"
PORT = 8080


def test_only_healthy_targets_get_requests_and_others_tell_why_not(rig):
    """A wrong status, no listener and no answer each have AWS's own reason code."""
    group = rig.declared.service(HealthCheckTimeoutSeconds=2)
    rig.task(A)
    rig.task(B, health_status=404)
    rig.declared.register(group, A, B, C)
    balancer = rig.balance()
    rig.until(lambda: {rig.reports.state(group, ip) for ip in (B, C)} == {"unhealthy"})
    assert {
        (A, PORT): TargetHealth("healthy"),
        (B, PORT): TargetHealth(
            "unhealthy", "Target.ResponseCodeMismatch", "Health checks failed with these codes: [404]"
        ),
        (C, PORT): TargetHealth("unhealthy", "Target.FailedHealthChecks", "Health checks failed"),
    } == rig.reports.latest[group]
    assert {A} == {rig.get(balancer.url).body for _ in range(20)}


def test_an_unanswered_check_times_out(rig):
    """A target that accepts connections but never answers is unhealthy by timeout."""
    group = rig.declared.service(HealthCheckTimeoutSeconds=2, UnhealthyThresholdCount=2)
    with socket.create_server((rig.block.of(A), PORT), backlog=50):
        rig.declared.register(group, A)
        rig.balance()
        rig.until(lambda: rig.reports.state(group, A) == "unhealthy")
    assert "Target.Timeout" == rig.reports.latest[group][A, PORT].reason


def test_a_new_target_is_initial_until_it_has_passed_a_check(rig):
    """It never goes from registration to unhealthy at the first failed check."""
    group = rig.declared.service(UnhealthyThresholdCount=10, HealthyThresholdCount=2)
    rig.task(A).fail_next = 5
    rig.declared.register(group, A)
    rig.balance(minute_seconds=2)
    rig.until(lambda: rig.reports.state(group, A) == "healthy")
    assert ["initial", "healthy"] == rig.reports.states(group, A)


def test_one_passed_check_is_enough_for_a_target_that_works_at_once(rig):
    """The healthy threshold is for targets that were unhealthy before."""
    group = rig.declared.service(HealthyThresholdCount=10, HealthCheckIntervalSeconds=300)
    server = rig.task(A)
    rig.declared.register(group, A)
    rig.balance(minute_seconds=60)
    rig.until(lambda: rig.reports.state(group, A) == "healthy")
    assert 1 == len(server.checks)


def test_a_target_falls_ill_and_recovers_by_its_thresholds(rig):
    """It leaves service after failed checks in a row and returns after passed ones."""
    group = rig.declared.service()
    ill, well = rig.task(A), rig.task(B)
    rig.declared.register(group, A, B)
    balancer = rig.balance()
    rig.until(lambda: [rig.reports.state(group, ip) for ip in (A, B)] == ["healthy"] * 2)
    ill.health_status = 503
    rig.until(lambda: rig.reports.state(group, A) == "unhealthy")
    assert {well.name} == {rig.get(balancer.url).body for _ in range(10)}
    ill.health_status = 200
    rig.until(lambda: rig.reports.state(group, A) == "healthy")
    assert {ill.name, well.name} == {rig.get(balancer.url).body for _ in range(10)}


def test_fewer_failures_than_the_threshold_change_nothing(rig):
    """Two wrong answers of three leave a target in service."""
    group = rig.declared.service(UnhealthyThresholdCount=3, HealthCheckIntervalSeconds=24)
    server = rig.task(A)
    rig.declared.register(group, A)
    rig.balance(minute_seconds=1)
    rig.until(lambda: rig.reports.state(group, A) == "healthy")
    seen, server.fail_next = len(server.checks), 2
    rig.until(lambda: len(server.checks) >= seen + 4)
    states = rig.reports.states(group, A)
    assert "unhealthy" not in states
    assert "healthy" == states[-1]


def test_it_fails_open_when_no_target_is_healthy(rig):
    """With all targets unhealthy, all of them get requests."""
    group = rig.declared.service()
    for ip in (A, B):
        rig.task(ip, health_status=500)
    rig.declared.register(group, A, B)
    balancer = rig.balance()
    rig.until(lambda: [rig.reports.state(group, ip) for ip in (A, B)] == ["unhealthy"] * 2)
    assert {A, B} == {rig.get(balancer.url).body for _ in range(10)}


def test_no_targets_are_a_503_of_the_balancer_itself(rig):
    """An empty target group answers 503 and counts as the load balancer's error."""
    rig.declared.service()
    balancer = rig.balance()
    answer = rig.get(balancer.url)
    assert (503, "awselb/2.0") == (answer.status, answer.headers["server"])
    assert (0, 0, 1) == counts(balancer)


def test_checks_are_paced_by_the_clock_and_look_like_an_albs(rig):
    """An interval of 300 AWS seconds is short here; each check has a connection of its own."""
    # In real seconds, four of them would take a quarter of an hour.
    group = rig.declared.service(HealthCheckIntervalSeconds=300)
    server = rig.task(A)
    rig.declared.register(group, A)
    rig.balance(minute_seconds=0.05)
    rig.until(lambda: len(server.checks) >= 4)
    assert "ELB-HealthChecker/2.0" == server.checks[0]["user-agent"]
    assert server.checks[0]["host"].endswith(f":{PORT}")


def test_a_deregistered_target_drains_for_its_delay(rig):
    """It shows as draining until the paced deregistration delay is over, then not at all."""
    group = rig.declared.service()
    rig.declared.elbv2.modify_target_group_attributes(
        TargetGroupArn=group, Attributes=[{"Key": "deregistration_delay.timeout_seconds", "Value": "60"}]
    )
    rig.task(A)
    rig.declared.register(group, A)
    balancer = rig.balance(minute_seconds=1)
    rig.until(lambda: rig.reports.state(group, A) == "healthy")
    rig.declared.deregister(group, A)
    balancer.wake()
    rig.until(lambda: rig.reports.latest[group] == {})
    assert ["healthy", "draining"] == rig.reports.states(group, A)[-2:]


def test_a_group_that_no_listener_uses_says_so(rig):
    """Its targets are unused, not unhealthy."""
    group = rig.declared.group()
    rig.declared.register(group, A)
    rig.balance()
    rig.until(lambda: rig.reports.state(group, A) == "unused")
    assert "Target.NotInUse" == rig.reports.latest[group][A, PORT].reason


def test_health_is_reported_only_when_it_changes(rig):
    """No report repeats the one before it."""
    group = rig.declared.service()
    server = rig.task(A)
    rig.declared.register(group, A)
    rig.balance()
    rig.until(lambda: rig.reports.state(group, A) == "healthy" and len(server.checks) > 20)
    assert all(before != after for before, after in zip(rig.reports.all, rig.reports.all[1:], strict=False))


def counts(balancer):
    """Requests, errors of targets, errors of the load balancer."""
    counted = balancer.request_counts()
    return counted.requests, counted.target_5xx, counted.elb_5xx
