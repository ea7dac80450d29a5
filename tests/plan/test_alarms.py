import pytest

from tests.plan.cloudwatch import Metric, alarms
from tests.plan.published import BY_AWS, OF_MAILS_SENT, by_service, published_by_us

TOPIC = "arn:aws:sns:eu-central-1:123456789012:notifications-staging-alarms"
SERVICES = ["notification-api", "email-sender"]
# No attempt to send: the provider takes none, or more slowly; the caller has no use for it any more.
NOT_ATTEMPTED = {"MailsUnavailable", "MailsThrottled", "MailsExpired"}
RELEASES = {"notification-api": "targetgroup/stable/2", "notification-api-canary": "targetgroup/canary/3"}
SEND_FAILURES = ["send-failure-rate", "email-sender-canary-send-failure-rate"]
BALANCER = ("LoadBalancer", "app/balancer/1")


@pytest.fixture(scope="module")
def every(standalone):
    """Every metric alarm by name."""
    return alarms(standalone)


@pytest.fixture(params=RELEASES)
def release(request):
    """The stable service and the canary."""
    return request.param


@pytest.fixture(params=SERVICES)
def name(request):
    """Each service that is scaled."""
    return request.param


def _metric(namespace, name, statistic, *dimensions):
    return Metric(namespace, name, frozenset(dimensions), statistic)


def test_what_is_watched(every):
    """The queue, the requests, the mails, each release and each service."""
    assert set(every) == {
        "queue-age",
        "priority-queue-age",
        "dead-letters",
        "error-rate",
        "send-failure-rate",
        "provider-unavailable",
        "accept-failures",
        "notification-api-canary-unhealthy",
        "email-sender-canary-send-failure-rate",
        "bounce-rate",
        "complaint-rate",
        "mail-events-age",
        "mail-events-dead-letters",
        *(f"{one}-{kind}" for one in RELEASES for kind in ("error-rate", "p99-latency")),
        *(f"{one}-{kind}" for one in SERVICES for kind in ("cpu", "running-tasks")),
    }


def test_every_alarm_tells_the_topic_of_trouble_and_of_its_end(every):
    """Nobody has to look whether it is over."""
    told = {(*alarm.alarm_actions, *alarm.ok_actions) for alarm in every.values()}
    assert {(TOPIC, TOPIC)} == told
    assert {True} == {alarm.actions_enabled for alarm in every.values()}


def test_every_alarm_counts_by_the_minute(every):
    """No alarm comes later than it has to; AWS recommends an hour for the rates that it publishes itself."""
    seconds = {name: [3600 if name in ("bounce-rate", "complaint-rate") else 60] for name in every}
    assert {name: list(alarm.periods) for name, alarm in every.items()} == seconds


def test_every_alarm_reads_what_somebody_publishes(every):
    """A metric that is renamed, or has other dimensions, would leave its alarm silent for ever."""
    metrics = {metric for alarm in every.values() for metric in alarm.metrics.values()}
    own = {metric for metric in metrics if metric.namespace == "Notifications"}
    assert [] == [metric for metric in own if not published_by_us(metric, "staging")]
    assert [] == [metric for metric in metrics - own if not _published_by_aws(metric)]


def _published_by_aws(metric):
    return {name for name, _ in metric.dimensions} in BY_AWS.get((metric.namespace, metric.name), ())


@pytest.mark.parametrize(("name", "queue"), [("queue-age", "mail"), ("priority-queue-age", "urgent")])
def test_a_mail_that_waits_five_minutes_is_an_alarm(every, name, queue):
    """A queue's oldest message tells how long users wait; five minutes of it are no hiccup."""
    alarm = every[name]
    assert alarm.metrics == {
        "metric": _metric("AWS/SQS", "ApproximateAgeOfOldestMessage", "Maximum", ("QueueName", queue))
    }
    assert ("GreaterThanThreshold", 300, "5 of 5") == alarm.fires


def test_one_dead_letter_is_an_alarm(every):
    """A mail that was given up is told at once."""
    alarm = every["dead-letters"]
    assert alarm.metrics == {
        "metric": _metric("AWS/SQS", "ApproximateNumberOfMessagesVisible", "Maximum", ("QueueName", "dead"))
    }
    assert ("GreaterThanThreshold", 0, "1 of 1") == alarm.fires


@pytest.mark.parametrize("name", ["queue-age", "priority-queue-age", "dead-letters"])
def test_a_queue_that_falls_silent_is_as_bad_as_it_was(every, name):
    """SQS stops counting in a queue that nobody uses, with whatever is in it."""
    assert "ignore" == every[name].treat_missing_data


def test_the_error_rate_is_the_load_balancers(every):
    """It counts the errors of tasks and its own against the requests."""
    alarm = every["error-rate"]
    assert alarm.metrics == {
        "requests": _metric("AWS/ApplicationELB", "RequestCount", "Sum", BALANCER),
        "target_errors": _metric("AWS/ApplicationELB", "HTTPCode_Target_5XX_Count", "Sum", BALANCER),
        "balancer_errors": _metric("AWS/ApplicationELB", "HTTPCode_ELB_5XX_Count", "Sum", BALANCER),
    }
    assert ("GreaterThanThreshold", 1, "3 of 5") == alarm.fires
    assert "notBreaching" == alarm.treat_missing_data
    assert "Failed requests in percent" == alarm.label


def test_the_error_rate_is_in_percent_of_requests(every):
    """Errors of tasks and of the load balancer count alike; what is missing is none."""
    rate = every["error-rate"].value
    assert 3 == rate(requests=100, target_errors=1, balancer_errors=2)
    assert 2 == rate(requests=50, target_errors=1)
    assert 0 == rate(requests=50)


def test_requests_that_find_no_task_are_errors(every):
    """With every task gone the load balancer counts no request any more, only its own errors."""
    assert 100 == every["error-rate"].value(balancer_errors=30)


def test_one_failure_at_night_wakes_nobody(every):
    """Below 20 requests a minute a rate says nothing."""
    rate = every["error-rate"].value
    assert 0 == rate(requests=1, target_errors=1)
    assert 0 == rate(requests=19, target_errors=19)
    assert 5 == rate(requests=20, target_errors=1)
    assert 0 == rate()


def test_a_releases_error_rate_is_of_its_own_tasks(every, release):
    """A bad release shows in its own target group."""
    alarm = every[f"{release}-error-rate"]
    group = ("TargetGroup", RELEASES[release])
    assert alarm.metrics == {
        "requests": _metric("AWS/ApplicationELB", "RequestCount", "Sum", BALANCER, group),
        "errors": _metric("AWS/ApplicationELB", "HTTPCode_Target_5XX_Count", "Sum", BALANCER, group),
    }
    assert ("GreaterThanThreshold", 1, "3 of 5") == alarm.fires
    assert "notBreaching" == alarm.treat_missing_data
    assert "Failed requests in percent" == alarm.label


def test_a_releases_error_rate_needs_20_requests(every, release):
    """A canary that gets a request an hour is not judged by it."""
    rate = every[f"{release}-error-rate"].value
    assert 5 == rate(requests=20, errors=1)
    assert 0 == rate(requests=19, errors=19)
    assert 0 == rate(requests=50)
    assert 0 == rate()


def test_a_releases_latency_is_the_slowest_hundredth(every, release):
    """The load balancer measures the time to a task's answer, in seconds."""
    alarm = every[f"{release}-p99-latency"]
    group = ("TargetGroup", RELEASES[release])
    assert alarm.metrics == {
        "requests": _metric("AWS/ApplicationELB", "RequestCount", "Sum", BALANCER, group),
        "response_time": _metric("AWS/ApplicationELB", "TargetResponseTime", "p99", BALANCER, group),
    }
    assert ("GreaterThanThreshold", 1.5, "3 of 5") == alarm.fires
    assert "notBreaching" == alarm.treat_missing_data
    assert "p99 in seconds" == alarm.label


def test_a_releases_latency_needs_20_requests(every, release):
    """One slow answer at night wakes nobody."""
    latency = every[f"{release}-p99-latency"].value
    assert 4 == latency(requests=20, response_time=4)
    assert 0 == latency(requests=19, response_time=4)
    assert 0 == latency()


def test_a_canary_without_a_healthy_task_is_an_alarm(every):
    """Its share of the requests has nowhere to go; where there is no canary there is nothing to tell."""
    alarm = every["notification-api-canary-unhealthy"]
    group = ("TargetGroup", RELEASES["notification-api-canary"])
    assert alarm.metrics == {
        "metric": _metric("AWS/ApplicationELB", "HealthyHostCount", "Minimum", BALANCER, group)
    }
    assert ("LessThanThreshold", 1, "3 of 3") == alarm.fires
    assert "notBreaching" == alarm.treat_missing_data


def test_cpu_is_an_alarm_when_scaling_did_not_help(every, name):
    """Scaling out takes minutes: a quarter of an hour above the threshold means that it is at its end."""
    alarm = every[f"{name}-cpu"]
    service = (("ClusterName", "cluster"), ("ServiceName", name))
    assert alarm.metrics == {"metric": _metric("AWS/ECS", "CPUUtilization", "Average", *service)}
    assert ("GreaterThanThreshold", 90, "15 of 15") == alarm.fires
    assert "notBreaching" == alarm.treat_missing_data


def test_tasks_that_do_not_run_are_an_alarm(every, name):
    """Ten minutes with a task too few are more than a start takes; silence is neither good nor bad."""
    alarm = every[f"{name}-running-tasks"]
    service = (("ClusterName", "cluster"), ("ServiceName", name))
    assert alarm.metrics == {
        "desired": _metric("ECS/ContainerInsights", "DesiredTaskCount", "Average", *service),
        "running": _metric("ECS/ContainerInsights", "RunningTaskCount", "Average", *service),
    }
    assert ("GreaterThanThreshold", 0, "10 of 10") == alarm.fires
    assert "missing" == alarm.treat_missing_data
    assert "Tasks that do not run" == alarm.label


def test_lacking_tasks_are_counted(every, name):
    """A service with no running task at all lacks all of them."""
    lacking = every[f"{name}-running-tasks"].value
    assert 1 == lacking(desired=3, running=2)
    assert 0 == lacking(desired=3, running=3)
    assert 3 == lacking(desired=3)


@pytest.mark.parametrize("name", SEND_FAILURES)
def test_every_attempt_that_did_not_send_is_a_failure(every, name):
    """Refused, failed for now or unknown: the Email Sender counts no attempt otherwise."""
    alarm = every[name]
    mails = {name for name in by_service("email-sender") if name.startswith("Mails")} - OF_MAILS_SENT
    assert {metric.name for metric in alarm.metrics.values()} == mails - NOT_ATTEMPTED
    assert mails >= NOT_ATTEMPTED
    assert "MailsSent" == alarm.metrics["sent"].name
    assert {"Sum"} == {metric.statistic for metric in alarm.metrics.values()}
    assert ("GreaterThanThreshold", 5, "3 of 5") == alarm.fires
    assert "notBreaching" == alarm.treat_missing_data
    assert "Failed attempts in percent" == alarm.label


@pytest.mark.parametrize("name", SEND_FAILURES)
@pytest.mark.parametrize("failure", ["refused", "transient", "unknown"])
def test_the_send_failure_rate_is_in_percent_of_attempts(every, name, failure):
    """Each kind of failure counts alike."""
    rate = every[name].value
    assert 25 == rate(sent=15, **{failure: 5})
    assert 100 == rate(**{failure: 20})
    assert 0 == rate(sent=14, **{failure: 5})


@pytest.mark.parametrize("name", SEND_FAILURES)
def test_a_mail_provider_without_failures_is_fine(every, name):
    """Neither a busy minute nor an idle one is an alarm."""
    rate = every[name].value
    assert (0, 0) == (rate(sent=100), rate())


def test_a_canary_is_judged_by_its_own_attempts(every):
    """The alarm of all attempts counts the canary's, too; that of the canary nobody else's."""
    read = {name: every[name].metrics.values() for name in SEND_FAILURES}
    assert {"send-failure-rate": {None}, "email-sender-canary-send-failure-rate": {"canary"}} == {
        name: {dict(one.dimensions).get("Release") for one in metrics} for name, metrics in read.items()
    }


def test_a_provider_that_takes_no_mails_is_an_alarm(every):
    """One task that finds so for three minutes is enough; where no task runs another alarm tells."""
    alarm = every["provider-unavailable"]
    own = (("Service", "email-sender"), ("Environment", "staging"))
    assert alarm.metrics == {"metric": _metric("Notifications", "ProviderUnavailable", "Maximum", *own)}
    assert ("GreaterThanOrEqualToThreshold", 1, "3 of 3") == alarm.fires
    assert "notBreaching" == alarm.treat_missing_data


def test_notifications_that_the_queue_does_not_confirm_are_an_alarm(every):
    """Callers get 503 for each."""
    alarm = every["accept-failures"]
    own = (("Service", "notification-api"), ("Environment", "staging"))
    assert alarm.metrics == {"metric": _metric("Notifications", "NotificationsNotConfirmed", "Sum", *own)}
    assert ("GreaterThanThreshold", 0, "3 of 5") == alarm.fires
    assert "notBreaching" == alarm.treat_missing_data


@pytest.mark.parametrize(
    ("name", "metric", "limit"),
    [("bounce-rate", "Reputation.BounceRate", 0.05), ("complaint-rate", "Reputation.ComplaintRate", 0.001)],
)
def test_a_senders_reputation_is_an_alarm_where_aws_begins_to_review(every, name, metric, limit):
    """5 % and 0.1 % of the account's mails; hours in which SES says nothing change nothing."""
    alarm = every[name]
    assert alarm.metrics == {"metric": _metric("AWS/SES", metric, "Average")}
    assert alarm.fires == ("GreaterThanOrEqualToThreshold", limit, "1 of 1")
    assert "ignore" == alarm.treat_missing_data


def test_what_ses_says_and_nobody_reads_is_an_alarm(every):
    """What waits for 15 minutes, and what could not be read."""
    age, unread = every["mail-events-age"], every["mail-events-dead-letters"]
    oldest = _metric("AWS/SQS", "ApproximateAgeOfOldestMessage", "Maximum", ("QueueName", "events"))
    put_aside = _metric("AWS/SQS", "ApproximateNumberOfMessagesVisible", "Maximum", ("QueueName", "unread"))
    assert (age.metrics["metric"], age.fires) == (oldest, ("GreaterThanThreshold", 900, "5 of 5"))
    assert (unread.metrics["metric"], unread.fires) == (put_aside, ("GreaterThanThreshold", 0, "1 of 1"))
    assert {"ignore"} == {age.treat_missing_data, unread.treat_missing_data}


def test_without_ses_nobody_watches_it(smtp):
    """An SMTP server says nothing of mails that it took."""
    names = {one["alarm_name"] for one in smtp.all("aws_cloudwatch_metric_alarm").values()}
    assert set() == {
        name for name in names if "mail-events" in name or "bounce" in name or "complaint" in name
    }


def test_thresholds_that_nobody_chose(staging):
    """Five minutes of queue, 1 % of requests, a second, 90 % of CPU, 5 % of mails."""
    every = alarms(staging)
    chosen = {name: every[name].threshold for name in ("queue-age", "error-rate", "send-failure-rate")}
    assert {"queue-age": 300, "error-rate": 1, "send-failure-rate": 5} == chosen
    assert {1} == {every[f"{release}-p99-latency"].threshold for release in RELEASES}
    assert {90} == {every[f"{service}-cpu"].threshold for service in SERVICES}


@pytest.mark.parametrize(
    ("key_metric", "name"),
    [
        ("queue length", "queue-age"),
        ("processing times", "notification-api-p99-latency"),
        ("error rates", "error-rate"),
        ("error rates", "send-failure-rate"),
        ("outages", "provider-unavailable"),
    ],
)
def test_each_key_metric_wakes_somebody(standalone, key_metric, name):
    """Queue length, processing times and error rates are each part of what users feel."""
    composite = standalone.one(
        "aws_cloudwatch_composite_alarm", alarm_name="notifications-staging-user-impact"
    )
    assert f'ALARM("notifications-staging-{name}")' in composite["alarm_rule"].split(" OR ")
