import json
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from botocore.exceptions import ClientError

from tests.unit.verify.fake_system import API, SENDER, FakeSystem
from tests.waiting import reached
from verify import read_aws
from verify.aws_time import MINUTE
from verify.observe import Observer
from verify.record import ProcessCpu
from verify.timeline import AlarmChange, Policy


@pytest.fixture
def system(tmp_path):
    """A system at rest whose minutes last a tenth of a second."""
    return FakeSystem("http://nowhere.invalid", tmp_path / "mails.jsonl", minute_seconds=0.1)


def test_bounds_and_policies_are_read_once_at_the_start(system):
    """The verdict holds the registered target against the seed's."""
    with Observer(system.target()) as observer:
        api = observer.timeline().api

    assert (API, 2, 4) == (api.name, api.minimum, api.maximum)
    assert [Policy("cpu", "ECSServiceAverageCPUUtilization", 70.0, 60.0, 240.0)] == list(api.policies)


def test_samples_are_taken_until_it_is_stopped(system):
    """About two a minute, the last one on stopping."""
    with Observer(system.target()) as observer:
        several = reached(lambda: len(observer.timeline().api.samples) >= 4)
        timeline = observer.stop()

    assert several
    assert {(2, 2)} == {(sample.desired, sample.running) for sample in timeline.api.samples}
    assert timeline.ended_at == timeline.api.samples[-1].at
    assert len(timeline.queue) == len(timeline.api.samples)


def test_every_minute_comes_once_and_in_order(system):
    """Windows that overlap do not count a datapoint twice."""
    with Observer(system.target()) as observer:
        assert reached(lambda: len(observer.timeline().api.cpu) >= 12)
        cpu = observer.stop().api.cpu

    assert {MINUTE} == {later.minute - earlier.minute for earlier, later in pairwise(cpu)}


def test_what_cannot_be_read_is_noted_and_read_the_next_time(system, monkeypatch):
    """A throttled call ends no scenario."""
    answers = [ClientError({"Error": {"Code": "ThrottlingException"}}, "DescribeServices")]
    whole = system.describe_services

    def throttled(**arguments):
        if answers and len(observer.timeline().api.samples) > 0:
            raise answers.pop()
        return whole(**arguments)

    with Observer(system.target()) as observer:
        monkeypatch.setattr(system, "describe_services", throttled)
        assert reached(lambda: len(observer.timeline().api.samples) >= 3)
        timeline = observer.stop()

    assert [True] == ["ThrottlingException" in error for error in timeline.errors]


def test_the_hosts_own_word_is_read_where_there_is_one(system, monkeypatch):
    """A minute with any starvation in it is a starved minute."""
    metric = {"Namespace": "Stage/Host", "MetricName": "Starved", "Dimensions": []}
    monkeypatch.setattr(system, "list_metrics", lambda **_: {"Metrics": [metric]})
    asked = []
    now = system.clock.now().replace(second=0, microsecond=0)

    def answer(*, MetricDataQueries, **_):  # noqa: N803 - boto3's name
        asked.append(MetricDataQueries[-1]["MetricStat"])
        return {
            "MetricDataResults": [
                {"Id": "m2", "Timestamps": [now, now + MINUTE, now - MINUTE], "Values": [0.0, 1.0, 1.0]}
            ]
        }

    monkeypatch.setattr(system, "get_metric_data", answer)
    with Observer(replace(system.target(), host_namespace="Stage/Host")) as observer:
        timeline = observer.stop()

    assert (now + MINUTE,) == timeline.starved_minutes
    assert (metric, "Maximum") == (asked[0]["Metric"], asked[0]["Stat"])


def alarm(system, name, seconds, state="ALARM"):
    """An item of CloudWatch's history, so many seconds from now."""
    data = json.dumps({"newState": {"stateValue": state, "stateReason": "because"}})
    at = datetime.fromtimestamp(time.time() + seconds, UTC)
    return {"AlarmName": name, "Timestamp": at, "HistoryData": data}


def test_changes_of_the_systems_own_alarms_are_kept_in_order(system):
    """Not those of others, nor those from before; at the AWS time of the moment at which they changed."""
    later, sooner = (
        alarm(system, "notifications-api-cpu", 20, "OK"),
        alarm(system, "notifications-api-cpu", 10),
    )
    others = [alarm(system, "TargetTracking-service/x", 10), alarm(system, "notifications-old", -600)]
    system.alarm_history = [later, sooner, *others]

    with Observer(system.target()) as observer:
        observer.sample()
        timeline = observer.stop()

    assert [("api-cpu", "ALARM", "because"), ("api-cpu", "OK", "because")] == [
        (change.alarm, change.state, change.reason) for change in timeline.alarms
    ]
    assert (
        AlarmChange(system.clock.at(sooner["Timestamp"].timestamp()), "api-cpu", "ALARM", "because")
        == timeline.alarms[0]
    )


def test_clocks_of_processes_are_read_with_each_sample_where_there_are_any(system):
    """An account of CPU beside CloudWatch's."""
    with Observer(system.target()) as observer:
        observer.stop()
        assert observer.process_cpu() is None
    reading = ProcessCpu(1.0, API, "task", 2.0, 0.2)

    with Observer(replace(system.target(), read_process_cpu=lambda: [reading])) as observer:
        timeline = observer.stop()
        assert [reading] * len(timeline.queue) == list(observer.process_cpu())


def activities(system, monkeypatch, **changes):
    """What is read of one activity that differs from a good one so far."""
    good = {
        "StartTime": system.clock.now(),
        "StatusCode": "Successful",
        "Description": "Setting desired count to 3.",
        "Cause": "because",
    }
    monkeypatch.setattr(
        system, "describe_scaling_activities", lambda **_: {"ScalingActivities": [good | changes]}
    )
    return read_aws.activities(system.target(), API, system.clock.now() - timedelta(hours=1))


def test_an_activity_tells_what_it_set(system, monkeypatch):
    """AWS says the number in its description alone."""
    (activity,) = activities(system, monkeypatch)

    assert (3, None, "because") == (activity.desired, activity.ended_at, activity.cause)


@pytest.mark.parametrize(
    "changes",
    [
        {"StatusCode": "Failed"},
        {"Description": "Attempting to scale due to alarm triggered"},
        {"StartTime": datetime(2020, 1, 1, tzinfo=UTC)},
    ],
)
def test_an_activity_without_effect_on_this_run_is_left_out(system, monkeypatch, changes):
    """Failed, not about the count, or from before."""
    assert [] == activities(system, monkeypatch, **changes)


def test_a_service_that_does_not_scale_is_refused(system, monkeypatch):
    """The message says what is missing."""
    monkeypatch.setattr(system, "describe_scalable_targets", lambda **_: {"ScalableTargets": []})

    with pytest.raises(ValueError, match=f"{SENDER} is not registered"):
        read_aws.scaling(system.target(), SENDER)


def test_a_service_is_whole_when_its_targets_are_healthy(system, monkeypatch):
    """A task that runs but gets no requests carries nothing."""
    assert read_aws.is_whole(system.target(), API)

    unhealthy = {"TargetHealthDescriptions": [{"TargetHealth": {"State": "initial"}}] * 2}
    monkeypatch.setattr(system, "describe_target_health", lambda **_: unhealthy)

    assert not read_aws.is_whole(system.target(), API)
    assert read_aws.is_whole(system.target(), SENDER)


def test_tasks_beyond_a_page_are_seen(system):
    """Of 120 running tasks ECS lists 100 at a time."""
    system.tasks[API] = [f"task-{number}" for number in range(120)]

    assert system.tasks[API] == read_aws.running_tasks(system.target(), API)


def test_a_task_that_stops_is_not_running(system, monkeypatch):
    """It is no replacement and cannot be lost a second time."""
    tasks = [
        {"taskArn": "a", "lastStatus": "RUNNING", "desiredStatus": "RUNNING"},
        {"taskArn": "b", "lastStatus": "RUNNING", "desiredStatus": "STOPPED"},
        {"taskArn": "c", "lastStatus": "PENDING", "desiredStatus": "RUNNING"},
    ]
    monkeypatch.setattr(system, "describe_tasks", lambda **_: {"tasks": tasks})

    assert ["a"] == read_aws.running_tasks(system.target(), API)
    assert not read_aws.has_stopped(system.target(), "b")


def test_what_a_sender_has_in_hand_at_most_is_read_from_its_task_definition(system):
    """A kill excuses so many mails and no more."""
    assert 2 == read_aws.max_in_flight(system.target())


def test_the_load_balancers_idle_timeout_is_read_from_its_attributes(system):
    """Tasks keep their connections longer than it does."""
    assert 60.0 == read_aws.idle_timeout_seconds(system.target())


def test_a_sender_whose_task_definition_says_nothing_of_it_has_none_in_hand(system, monkeypatch):
    """Then no kill excuses anything."""
    silent = {"taskDefinition": {"containerDefinitions": [{"name": "email-sender"}]}}
    monkeypatch.setattr(system, "describe_task_definition", lambda **_: silent)

    assert 0 == read_aws.max_in_flight(system.target())
