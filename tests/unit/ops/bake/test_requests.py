from dataclasses import replace

import pytest
from botocore.exceptions import ClientError

from ops.bake.evidence import Latency, Minute
from ops.bake.judge import Look, Verdict, judge
from ops.errors import OpsError
from tests.unit.ops.bake.deployed import STABLE_GROUP
from tests.unit.ops.bake.figures import MINUTE, NOON


def test_a_minute_has_its_requests_and_those_that_failed(account):
    """Answers 5xx of a target, and what no target answered; each of either side."""
    account.put("canary", 0, RequestCount=100, HTTPCode_Target_5XX_Count=3, times={0.02: 98})
    account.put("stable", 0, RequestCount=900, times={0.02: 890, 0.4: 10})

    found = account.requests()

    assert [Minute(NOON, 100, 5)] == found.canary.minutes
    assert [Minute(NOON, 900, 0)] == found.stable.minutes
    assert [Latency(NOON, 98, 0.02, 0.02)] == found.canary.latencies
    assert [Latency(NOON, 900, 0.02, 0.4)] == found.stable.latencies
    assert 0.1 == found.share


def test_a_minute_without_datapoints_is_missing(account):
    """It is not a minute with zero requests, and not one without failures."""
    account.put("canary", 0, RequestCount=100, times={0.02: 100})
    account.put("canary", 2, RequestCount=100, times={0.02: 100})

    found = account.requests()

    assert [0, 2] == [(minute.begun - NOON) // MINUTE for minute in found.canary.minutes]
    assert [] == found.stable.minutes


def test_what_nobody_answers_has_failed(account):
    """A target that crashes with each request makes no 5xx of its own."""
    account.put("canary", 0, RequestCount=40)

    assert [Minute(NOON, 40, 40)] == account.requests().canary.minutes


def test_no_more_requests_fail_than_there_are(account):
    """Datapoints of one minute may come of requests of the minute before."""
    account.put("canary", 0, RequestCount=10, HTTPCode_Target_5XX_Count=12, times={0.02: 12})

    assert [Minute(NOON, 10, 10)] == account.requests().canary.minutes


def test_a_canary_that_crashes_is_judged_by_what_cloudwatch_has(account):
    """From datapoints to a verdict, in its first minute."""
    account.put("canary", 0, RequestCount=40, HealthyHostCount=1)
    account.put("stable", 0, RequestCount=360, times={0.02: 360})

    assert Verdict.FAIL == judge(account.requests(), Look(early=9)).verdict


def test_only_the_minutes_that_were_asked_for_are_read(account):
    """The first included, the end not."""
    for minute in (-1, 0, 9, 10):
        account.put("canary", minute, RequestCount=100, times={0.02: 100})

    found = account.requests()

    assert [NOON, NOON + 9 * MINUTE] == [minute.begun for minute in found.canary.minutes]


def test_latency_is_taken_of_longer_periods_where_a_minute_has_few_requests(account):
    """Of true percentiles over them, not of a mean of percentiles; a period that is cut off is left out."""
    for minute in range(10):
        account.put("canary", minute, RequestCount=25, times={0.01 * (minute + 1): 25})
        account.put("stable", minute, RequestCount=225, times={0.02: 225})

    found = account.requests()

    assert 3 == found.latency_minutes
    assert [(0, 75, 0.02, 0.03), (3, 75, 0.05, 0.06), (6, 75, 0.08, 0.09)] == [
        ((one.begun - NOON) // MINUTE, one.requests, pytest.approx(one.p50), pytest.approx(one.p99))
        for one in found.canary.latencies
    ]
    assert [675] * 3 == [one.requests for one in found.stable.latencies]


def test_the_newest_minutes_without_a_healthy_task_are_counted(account):
    """A minute of which nothing is known is no minute without tasks."""
    for minute, count in enumerate([0, 1, 0, 0]):
        account.put("canary", minute, HealthyHostCount=count)

    assert (2, 0) == tuple(
        side.minutes_without_tasks for side in (account.requests().canary, account.requests().stable)
    )


def test_a_task_is_healthy_if_any_part_of_the_load_balancer_sees_it_so(account):
    """Each of its nodes checks for itself, and one that has just come up has seen nothing yet."""
    for minute in range(3):
        account.put("canary", minute, HealthyHostCount=0)
        account.put("canary", minute, HealthyHostCount=1)

    assert 0 == account.requests().canary.minutes_without_tasks


def test_a_target_group_behind_no_load_balancer_has_no_figures(account):
    """Outputs of a system that is gone by half."""
    account.deployed = replace(
        account.deployed, api=replace(account.deployed.api, stable_target_group=account.groups["canary"])
    )

    with pytest.raises(OpsError, match="no load balancer"):
        account.requests()


def test_what_aws_refuses_is_no_answer(account):
    """It has no target group of that name, for one."""
    account.deployed = replace(
        account.deployed, api=replace(account.deployed.api, stable_target_group=STABLE_GROUP)
    )

    with pytest.raises(ClientError):
        account.requests()
