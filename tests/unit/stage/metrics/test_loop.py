"""Which datapoints arrive in CloudWatch, and when."""

import os
import threading
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from types import SimpleNamespace

import pytest
from botocore.exceptions import EndpointConnectionError

from stage.clock import Clock
from stage.load_balancer.model import RequestCounts
from stage.metrics.lag import AT_ONCE, HIGH_RESOLUTION, Lags, MeasuredLag
from stage.metrics.loop import MetricsPublisher
from stage.metrics.model import Distribution
from tests.waiting import eventually

MINUTE = timedelta(minutes=1)
NOON = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)
API = {"ClusterName": "notifications", "ServiceName": "api"}


@pytest.fixture
def tasks(running_task):
    """One task: this very process."""
    return [running_task(os.getpid())]


@pytest.fixture
def embedded():
    """Metrics in log lines that a test has settled."""
    return SimpleNamespace(settled=list)


@pytest.fixture
def publisher(aws, tasks, host, load_balancer, embedded):
    """Makes a publisher; closes it at the end."""
    made = []

    def make(*, exact=True, clock=None, lags=AT_ONCE):
        made.append(
            MetricsPublisher(
                aws,
                clock or Clock(),
                agent_running=lambda: tasks,
                host_load=lambda: host,
                load_balancer=load_balancer,
                embedded=embedded,
                queue_ages=lambda speed: {"mail": 7.0 * speed},
                lags=lags,
                quota_is_exact=exact,
                cores_per_vcpu=1.0,
            )
        )
        return made[-1]

    yield make
    for publisher in made:
        publisher.close()


@pytest.fixture
def stored(aws):
    """Timestamps and sums of a metric's datapoints in CloudWatch."""

    def read(namespace, name, dimensions, start=NOON - 10 * MINUTE, end=NOON + 10 * MINUTE):
        answer = aws.cloudwatch.get_metric_statistics(
            Namespace=namespace,
            MetricName=name,
            Dimensions=[{"Name": name, "Value": value} for name, value in dimensions.items()],
            StartTime=start,
            EndTime=end,
            Period=60,
            Statistics=["Sum", "SampleCount"],
        )
        points = sorted(answer["Datapoints"], key=lambda point: point["Timestamp"])
        assert {1.0} >= {point["SampleCount"] for point in points}
        return {point["Timestamp"]: point["Sum"] for point in points}

    return read


def test_cpu_is_put_at_aws_time_from_the_first_full_minute(publisher, stored):
    """One datapoint a minute, stamped with the minute that was measured."""
    publisher = publisher()
    for number in range(3):
        publisher.publish([NOON + number * MINUTE])
    points = stored("AWS/ECS", "CPUUtilization", API)
    assert [NOON + MINUTE, NOON + 2 * MINUTE] == list(points)
    assert pytest.approx(publisher.latest()["CPUUtilization/api"]) == points[NOON + 2 * MINUTE]


def test_a_service_without_a_measurable_task_has_no_datapoint(publisher, stored, tasks):
    """Missing, not zero: the one never scales, the other would scale in."""
    publisher = publisher()
    publisher.publish([NOON])
    tasks.clear()
    publisher.publish([NOON + MINUTE])
    assert {} == stored("AWS/ECS", "CPUUtilization", API)
    assert "CPUUtilization/api" not in publisher.latest()


@pytest.mark.parametrize(
    ("exact", "busy", "has_cpu", "starved"),
    [(False, 94.9, True, 0.0), (False, 95.0, False, 1.0), (True, 100.0, True, 0.0)],
)
def test_a_starved_host_says_so_instead_of_reading_low(
    publisher, stored, host, exact, busy, has_cpu, starved
):
    """Without an exact quota a busy machine has no CPU datapoint; with one it has."""
    publisher = publisher(exact=exact)
    host.percent = busy
    publisher.publish([NOON])
    publisher.publish([NOON + MINUTE])
    assert has_cpu == (NOON + MINUTE in stored("AWS/ECS", "CPUUtilization", API))
    assert {NOON: starved, NOON + MINUTE: starved} == stored("Stage/Host", "Starved", {})
    assert {NOON: busy, NOON + MINUTE: busy} == stored("Stage/Host", "BusyPercent", {})


def test_metrics_of_log_lines_have_minutes_of_their_own(publisher, aws, embedded):
    """Those of which no more lines are to come, whatever minute has ended now."""
    sent = Distribution("Notifications", "MailsSent", (("Service", "email-sender"),), {3.0: 2.0}, "Count")
    embedded.settled = lambda: [(NOON - 6 * MINUTE, sent)]
    publisher().publish([NOON])

    answer = aws.cloudwatch.get_metric_statistics(
        Namespace="Notifications",
        MetricName="MailsSent",
        Dimensions=[{"Name": "Service", "Value": "email-sender"}],
        StartTime=NOON - 10 * MINUTE,
        EndTime=NOON,
        Period=60,
        Statistics=["Sum"],
    )
    assert [(NOON - 6 * MINUTE, 6.0)] == [(one["Timestamp"], one["Sum"]) for one in answer["Datapoints"]]


def test_requests_are_counted_by_the_minute(publisher, stored, load_balancer):
    """Each minute has its own count; a minute without requests has none."""
    publisher = publisher()
    for minute, total in enumerate((3, 3, 10)):
        load_balancer.counts = RequestCounts("app/x/1", total)
        publisher.publish([NOON + minute * MINUTE])
    assert {
        NOON: 3.0,
        NOON + 2 * MINUTE: 7.0,
    } == stored("AWS/ApplicationELB", "RequestCount", {"LoadBalancer": "app/x/1"})


def test_counts_of_tasks_and_messages_are_there_too(publisher, stored, aws):
    """They are read by API and put with the same minute."""
    aws.ecs.create_cluster(clusterName="notifications")
    aws.ecs.register_task_definition(
        family="f", containerDefinitions=[{"name": "c", "image": "i", "memory": 64}]
    )
    aws.ecs.create_service(cluster="notifications", serviceName="api", taskDefinition="f", desiredCount=2)
    aws.sqs.create_queue(QueueName="notifications")
    publisher = publisher()
    publisher.publish([NOON])
    assert {NOON: 2.0} == stored("ECS/ContainerInsights", "DesiredTaskCount", API)
    assert {NOON: 0.0} == stored(
        "AWS/SQS", "ApproximateNumberOfMessagesVisible", {"QueueName": "notifications"}
    )
    assert 2.0 == publisher.latest()["DesiredTaskCount/api"]


@pytest.mark.parametrize("error", [ConnectionRefusedError(), EndpointConnectionError(endpoint_url="x")])
def test_what_cannot_be_read_costs_only_its_own_datapoint(publisher, load_balancer, stored, error):
    """A load balancer that does not answer takes no other metric with it, nor the next minute."""
    publisher = publisher()

    def refuse():
        raise error

    answering, load_balancer.request_counts = load_balancer.request_counts, refuse
    publisher.publish([NOON])
    load_balancer.request_counts = answering
    load_balancer.counts = RequestCounts("app/x/1", 4)
    publisher.publish([NOON + MINUTE])
    assert [NOON, NOON + MINUTE] == list(stored("Stage/Host", "BusyPercent", {}))
    assert 4.0 == publisher.latest()["RequestCount/app/x/1"]


def test_the_thread_puts_every_minute_once(publisher, stored):
    """Consecutive AWS minutes, each stamped with its beginning, none after `close`."""
    clock = Clock(minute_seconds=0.25)
    publisher = publisher(clock=clock)
    publisher.start()

    def points():
        return stored("Stage/Host", "BusyPercent", {}, clock.epoch - MINUTE, clock.epoch + timedelta(days=1))

    eventually(lambda: len(points()) >= 4)
    publisher.close()
    minutes = list(points())
    assert minutes[0] >= clock.epoch.replace(second=0, microsecond=0)
    assert all(minute.second == 0 for minute in minutes)
    assert minutes[-1] + MINUTE <= clock.now()


def busy_minutes(stored, clock):
    """Minutes that have a datapoint of the host, oldest first."""
    day = timedelta(days=1)
    return list(stored("Stage/Host", "BusyPercent", {}, clock.epoch - MINUTE, clock.epoch + day))


def wait_for_minutes(stored, clock, count):
    """The minutes once there are so many."""

    def enough():
        found = busy_minutes(stored, clock)
        return found if len(found) >= count else None

    return eventually(enough)


def without_gaps(minutes):
    """Whether each minute is followed by the next."""
    return all(later - earlier == MINUTE for earlier, later in pairwise(minutes))


def test_an_api_that_never_answers_costs_no_cpu_datapoint(publisher, stored, aws, monkeypatch):
    """Autoscaling waits for CPU; counts of tasks may be late."""
    hanging = threading.Event()
    monkeypatch.setattr(aws.ecs, "list_clusters", lambda: hanging.wait() and {"clusterArns": []})
    clock = Clock(minute_seconds=0.25)
    publisher = publisher(clock=clock)
    publisher.start()
    try:
        assert without_gaps(wait_for_minutes(stored, clock, 4))
    finally:
        hanging.set()


def test_a_cloudwatch_that_was_slow_has_every_minute_afterwards(publisher, stored, aws, monkeypatch):
    """What was read on time is put late rather than never."""
    answering, puts = threading.Event(), []
    put = aws.cloudwatch.put_metric_data

    def slow_put(**entry):
        puts.append(entry)
        answering.wait()
        return put(**entry)

    monkeypatch.setattr(aws.cloudwatch, "put_metric_data", slow_put)
    clock = Clock(minute_seconds=0.25)
    publisher = publisher(clock=clock)
    publisher.start()
    begun = clock.now()
    eventually(lambda: puts and clock.now() > begun + 5 * MINUTE)
    answering.set()
    assert without_gaps(wait_for_minutes(stored, clock, 5))


def test_a_reading_that_came_late_counts_for_each_minute_that_it_covers(publisher, stored):
    """Their mean is known; that nobody read in between makes all but the last starved."""
    publisher = publisher()
    publisher.publish([NOON])
    late = [NOON + number * MINUTE for number in (1, 2, 3)]
    publisher.publish(late)
    points = stored("AWS/ECS", "CPUUtilization", API)
    assert late == list(points)
    assert 1 == len(set(points.values()))
    assert [0.0, 1.0, 1.0, 0.0] == list(stored("Stage/Host", "Starved", {}).values())


def test_a_slowed_clock_makes_no_minute_twice(publisher, stored):
    """Whoever waits for the end of a minute waits longer when the clock is slowed meanwhile."""
    clock = Clock(minute_seconds=0.25)
    publisher = publisher(clock=clock)
    publisher.start()
    wait_for_minutes(stored, clock, 2)
    clock.slow_down(0.5)
    assert without_gaps(wait_for_minutes(stored, clock, 5))


def test_the_age_of_the_oldest_message_is_in_aws_time(publisher, stored):
    """Seven real seconds at two a minute are three and a half minutes."""
    publisher().publish([NOON])

    assert {NOON: 210.0} == stored("AWS/SQS", "ApproximateAgeOfOldestMessage", {"QueueName": "mail"})


def test_a_metric_comes_as_late_as_its_lag(publisher, stored, load_balancer):
    """Requests are put a minute after the end of theirs; what has no lag is there at once."""
    clock = Clock(minute_seconds=0.5)
    lags = Lags({("AWS/ApplicationELB", MINUTE): MeasuredLag(180.0, "this test")})
    publisher = publisher(clock=clock, lags=lags)
    totals = iter(range(1, 1000))
    load_balancer.request_counts = lambda: RequestCounts("app/x/1", next(totals))
    publisher.start()
    late = set()

    def requests():
        busy = busy_minutes(stored, clock)
        day = timedelta(days=1)
        counted = stored(
            "AWS/ApplicationELB",
            "RequestCount",
            {"LoadBalancer": "app/x/1"},
            clock.epoch - MINUTE,
            clock.epoch + day,
        )
        late.update(minute for minute in counted if clock.now() < minute + 4 * MINUTE)
        return len(busy) >= 6 and list(counted)

    counted = eventually(requests)

    assert set() == late
    assert busy_minutes(stored, clock)[: len(counted)] == counted


def track_fast_cpu(aws):
    """A policy on the CPU of every twenty seconds."""
    aws.ecs.create_cluster(clusterName="notifications")
    aws.ecs.register_task_definition(
        family="f", containerDefinitions=[{"name": "c", "image": "i", "memory": 64}]
    )
    aws.ecs.create_service(cluster="notifications", serviceName="api", taskDefinition="f", desiredCount=1)
    target = {
        "ServiceNamespace": "ecs",
        "ResourceId": "service/notifications/api",
        "ScalableDimension": "ecs:service:DesiredCount",
    }
    aws.autoscaling.register_scalable_target(**target, MinCapacity=1, MaxCapacity=6)
    fast = {"PredefinedMetricType": "ECSServiceAverageCPUUtilizationHighResolution"}
    aws.autoscaling.put_scaling_policy(
        **target,
        PolicyName="cpu",
        PolicyType="TargetTrackingScaling",
        TargetTrackingScalingPolicyConfiguration={
            "TargetValue": 70.0,
            "PredefinedMetricSpecification": fast,
        },
    )


def test_cpu_that_a_policy_wants_every_twenty_seconds_is_there_then(publisher, aws):
    """Three datapoints in each full minute, and no fourth of the minute itself."""
    track_fast_cpu(aws)
    clock = Clock(minute_seconds=1.0)
    publisher = publisher(clock=clock)
    publisher.start()

    def instants():
        answer = aws.cloudwatch.get_metric_data(
            MetricDataQueries=[
                {
                    "Id": "cpu",
                    "MetricStat": {
                        "Metric": {
                            "Namespace": "AWS/ECS",
                            "MetricName": "CPUUtilization",
                            "Dimensions": [{"Name": name, "Value": value} for name, value in API.items()],
                        },
                        "Period": 1,
                        "Stat": "SampleCount",
                    },
                }
            ],
            StartTime=clock.epoch - MINUTE,
            EndTime=clock.epoch + timedelta(days=1),
        )
        (result,) = answer["MetricDataResults"]
        found = sorted(zip(result["Timestamps"], result["Values"], strict=True))
        # Policies are looked at once a minute, so the first minutes may be those of a service as others.
        settled = [one for one in found if one[0] >= clock.epoch + 3 * MINUTE]
        return settled if len(settled) >= 7 else None

    settled = eventually(instants)

    assert {1.0} == {number for _, number in settled}
    assert {HIGH_RESOLUTION} == {later[0] - earlier[0] for earlier, later in pairwise(settled)}
