"""Alarms that reach somebody, and a dashboard that shows what exists."""

import json
import re

import pytest

from common.pages import listed


@pytest.fixture
def alarms(applied):
    """Our own metric alarms by name, without those of scaling policies."""
    found = listed(applied.aws("cloudwatch"), "describe_alarms", "MetricAlarms")
    return {one["AlarmName"]: one for one in found if not one["AlarmName"].startswith("TargetTracking")}


def test_every_alarm_tells_a_topic_that_exists(applied, alarms):
    """Also when it is over."""
    there = [topic["TopicArn"] for topic in listed(applied.aws("sns"), "list_topics", "Topics")]
    # SES has one of its own, named as the queue behind it; with an SMTP server there is none.
    events = applied.outputs.get("mail_events_queue_name")
    topics = [arn for arn in there if arn.rpartition(":")[2] != events]

    assert [applied.outputs["alarm_topic_arn"]] == topics
    assert [(topics, topics)] * len(alarms) == [
        (alarm["AlarmActions"], alarm["OKActions"]) for alarm in alarms.values()
    ]
    assert alarms


def test_every_alarm_says_what_to_do(alarms):
    """And where to read on."""
    assert [] == [name for name, alarm in alarms.items() if "runbook.md#" not in alarm["AlarmDescription"]]


def test_the_alarm_to_wake_somebody_by_looks_at_alarms_that_exist(applied, alarms):
    """A name in its rule that does not exist would never go off."""
    (composite,) = listed(
        applied.aws("cloudwatch"), "describe_alarms", "CompositeAlarms", AlarmTypes=["CompositeAlarm"]
    )
    named = set(re.findall(r'ALARM\("([^"]+)"\)', composite["AlarmRule"]))

    assert applied.outputs["user_impact_alarm"] == composite["AlarmName"]
    assert [applied.outputs["alarm_topic_arn"]] == composite["AlarmActions"]
    assert 6 == len(named)
    assert named <= alarms.keys()


@pytest.mark.parametrize(
    ("applied", "subscribed"),
    [
        ("service_connect", [("email", "on-call@notifications.example")]),
        ("none", [("email", "on-call@notifications.example")]),
        ("staging", []),
    ],
    indirect=["applied"],
)
def test_alarms_are_mailed_to_who_asked_for_it(applied, subscribed):
    """Each address has a subscription to the topic."""
    found = listed(
        applied.aws("sns"),
        "list_subscriptions_by_topic",
        "Subscriptions",
        TopicArn=applied.outputs["alarm_topic_arn"],
    )

    assert subscribed == [(one["Protocol"], one["Endpoint"]) for one in found]


def test_alarms_on_the_load_balancer_name_the_real_one(applied, alarms):
    """By the last part of its ARN, which nobody knows before it exists."""
    (balancer,) = listed(applied.aws("elbv2"), "describe_load_balancers", "LoadBalancers")
    real = balancer["LoadBalancerArn"].partition(":loadbalancer/")[2]

    assert {real} == set(_values(list(alarms.values()), "LoadBalancer"))


def test_the_dashboard_shows_the_real_load_balancer(applied):
    """Its body is JSON that CloudWatch can draw, and its graphs name what was created."""
    name = applied.outputs["dashboard_name"]
    body = json.loads(applied.aws("cloudwatch").get_dashboard(DashboardName=name)["DashboardBody"])
    (balancer,) = listed(applied.aws("elbv2"), "describe_load_balancers", "LoadBalancers")
    real = balancer["LoadBalancerArn"].partition(":loadbalancer/")[2]

    metrics = [metric for widget in body["widgets"] for metric in widget["properties"].get("metrics", [])]
    shown = {
        metric[place + 1] for metric in metrics for place, part in enumerate(metric) if part == "LoadBalancer"
    }
    assert {real} == shown
    assert {"metric"} <= {widget["type"] for widget in body["widgets"]}


def _values(found, dimension):
    """Every value of a dimension, wherever in the alarms it stands."""
    if isinstance(found, list):
        for one in found:
            yield from _values(one, dimension)
    elif isinstance(found, dict):
        if found.get("Name") == dimension and "Value" in found:
            yield found["Value"]
        for one in found.values():
            yield from _values(one, dimension)
