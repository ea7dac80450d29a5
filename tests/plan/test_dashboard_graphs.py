import pytest

from tests.plan.cloudwatch import Widget, alarms, body
from tests.plan.published import OF_MAILS_SENT, by_service

STABLE = {("TargetGroup", "targetgroup/stable/2"), ("LoadBalancer", "app/balancer/1")}
CANARY = {("TargetGroup", "targetgroup/canary/3"), ("LoadBalancer", "app/balancer/1")}


@pytest.fixture(scope="module")
def titled(standalone):
    """Every widget by its title."""
    widgets = [Widget(values) for values in body(standalone)["widgets"]]
    return {widget.title: widget for widget in widgets}


def _of(widget):
    return [(metric.name, metric.statistic, dict(metric.dimensions)) for metric in widget.metrics]


def test_traffic(titled):
    """Requests that come in, and mails that go out."""
    assert [
        ("RequestCount", "Sum", {"LoadBalancer": "app/balancer/1"}),
    ] == _of(titled["Requests a minute"])
    both = titled["Notifications accepted and mails sent a minute"]
    assert ["NotificationsAccepted Sum", "MailsSent Sum"] == both.names
    assert ["accepted", "sent"] == both.lines


def test_error_rate(titled):
    """Failed requests in percent of all, against the alarm's threshold."""
    graph = titled["Requests that fail, in percent"]
    assert ["failed"] == graph.lines
    assert {"alarm": 1} == graph.thresholds
    assert 4 == graph.value("rate", requests=50, target_errors=1, balancer_errors=1)
    assert 0 == graph.value("rate", requests=50)
    assert 100 == graph.value("rate", balancer_errors=3)
    assert {
        "RequestCount Sum",
        "HTTPCode_Target_5XX_Count Sum",
        "HTTPCode_ELB_5XX_Count Sum",
    } == set(graph.names)


def test_send_failure_rate(titled):
    """Failed attempts in percent of all, against the alarm's threshold."""
    graph = titled["Attempts to send that fail, in percent"]
    assert ["failed"] == graph.lines
    assert {"alarm": 5} == graph.thresholds
    assert 50 == graph.value("rate", sent=5, refused=1, transient=1, unknown=3)
    assert {"Sum"} == {name.partition(" ")[2] for name in graph.names}


def test_the_same_expressions_are_drawn_as_are_alarmed(standalone, titled):
    """What the line shows is what the alarm sees, once there is enough to see."""
    graph, alarm = titled["Attempts to send that fail, in percent"], alarms(standalone)["send-failure-rate"]
    minute = {"sent": 30, "refused": 1, "transient": 2, "unknown": 4}
    assert graph.value("rate", **minute) == alarm.value(**minute)
    graph, alarm = titled["Requests that fail, in percent"], alarms(standalone)["error-rate"]
    minute = {"requests": 90, "target_errors": 2, "balancer_errors": 4}
    assert graph.value("rate", **minute) == alarm.value(**minute)


def test_errors_by_cause(titled):
    """Tasks, load balancer or queue."""
    graph = titled["What requests fail of, a minute"]
    assert {
        "5xx of tasks": "HTTPCode_Target_5XX_Count Sum",
        "5xx of the load balancer": "HTTPCode_ELB_5XX_Count Sum",
        "not confirmed by the queue": "NotificationsNotConfirmed Sum",
        "refused by the queue": "NotificationsRefused Sum",
        "without a key that is known": "RequestsUnauthorized Sum",
        "over their client's rate": "RequestsThrottled Sum",
        "cut off: too slow, or their head too long": "RequestsCutOff Sum",
    } == dict(zip(graph.lines, graph.names, strict=True))


def test_latency(titled):
    """The stable service's usual and slowest answers, against the alarm's threshold in seconds."""
    graph = titled["Answers of the API, in seconds"]
    assert ["TargetResponseTime p50", "TargetResponseTime p99"] == graph.names
    assert [STABLE, STABLE] == [set(metric.dimensions) for metric in graph.metrics]
    assert {"alarm": 1.5} == graph.thresholds


@pytest.mark.parametrize(
    ("title", "metric"),
    [
        ("Of it, until the queue has confirmed, in milliseconds", "AcceptDuration"),
        ("Processing time: sending one mail, in milliseconds", "SendDuration"),
        ("Processing time: from accepted to sent, in milliseconds", "AcceptedToSent"),
        ("Answers of the API, in seconds", "TargetResponseTime"),
    ],
)
def test_durations_are_drawn_as_usual_and_slowest(titled, title, metric):
    """An average hides the slow ones."""
    assert dict(zip(titled[title].lines, titled[title].names, strict=True)) == {
        "p50": f"{metric} p50",
        "p99": f"{metric} p99",
    }


def test_queue_length_and_age(titled):
    """What waits, what is being sent, and how long the first one has waited."""
    queues = [{"QueueName": "mail"}, {"QueueName": "urgent"}]
    length = titled["Queue length, in messages"]
    assert _of(length) == [
        (f"ApproximateNumberOfMessages{kind}", "Maximum", queue)
        for queue in queues
        for kind in ("Visible", "NotVisible")
    ]
    assert ["waiting", "being sent", "high priority, waiting", "high priority, being sent"] == length.lines
    age = titled["Age of the oldest message, in seconds"]
    assert _of(age) == [("ApproximateAgeOfOldestMessage", "Maximum", queue) for queue in queues]
    assert ["oldest", "high priority, oldest"] == age.lines
    assert {"alarm": 300} == age.thresholds


def test_whether_the_provider_takes_mails(titled):
    """Beside what waits for it: one task that finds it unavailable is enough."""
    graph = titled["Whether the mail provider takes no mails: 1 while a task finds so"]
    assert ["ProviderUnavailable Maximum"] == graph.names
    assert {"alarm": 1} == graph.thresholds


def test_how_many_mails_are_in_time(titled):
    """The service's goal, as a share of the mails that were sent."""
    graph = titled["Processing time: mails sent within 10 s, in percent"]
    assert ["HandedOverInTime Average"] == graph.names


def test_dead_letters(titled):
    """How many, and what attempts ended as instead."""
    assert [("ApproximateNumberOfMessagesVisible", "Maximum", {"QueueName": "dead"})] == _of(
        titled["Dead letters, in messages"]
    )
    outcomes = titled["What attempts to send ended as, a minute"]
    kinds = ("Mails", "Messages", "DeadLetters")
    counted = {name for name in by_service("email-sender") if name.startswith(kinds)}
    assert set(outcomes.names) == {f"{name} Sum" for name in counted - {"MailsSent"} - OF_MAILS_SENT}


def test_what_became_of_mails(titled):
    """All that SES tells, and the account's rates against the limits at which AWS begins to review."""
    told = titled["What became of mails, a minute"]
    assert set(told.names) == {f"{name} Sum" for name in OF_MAILS_SENT}
    rates = titled["Bounces and complaints of the account, as a part of its mails"]
    assert {"Reputation.BounceRate Average", "Reputation.ComplaintRate Average"} == set(rates.names)
    assert {"alarm of bounces": 0.05, "alarm of complaints": 0.001} == rates.thresholds
    oldest = titled["What SES says of mails: age of the oldest, in seconds"]
    assert {"alarm": 900} == oldest.thresholds


@pytest.mark.parametrize("service", ["notification-api", "email-sender"])
def test_tasks_running_beside_desired(titled, service):
    """A gap between the lines is a task that does not start."""
    dimensions = {"ClusterName": "cluster", "ServiceName": service}
    graph = titled[f"Tasks of {service}"]
    assert _of(graph) == [
        ("RunningTaskCount", "Average", dimensions),
        ("DesiredTaskCount", "Average", dimensions),
    ]
    assert ["running", "desired"] == graph.lines


@pytest.mark.parametrize(("service", "target"), [("notification-api", 70), ("email-sender", 60)])
def test_cpu_against_its_target(titled, service, target):
    """What scaling holds, and where it has failed."""
    graph = titled[f"CPU of {service}, in percent"]
    dimensions = {"ClusterName": "cluster", "ServiceName": service}
    assert _of(graph) == [("CPUUtilization", "Average", dimensions)]
    assert graph.thresholds == {"target": target, "alarm": 90}


@pytest.mark.parametrize(
    ("title", "metric", "thresholds"),
    [
        ("requests a minute", "RequestCount Sum", {}),
        ("p99, in seconds", "TargetResponseTime p99", {"alarm": 1.5}),
        ("healthy tasks", "HealthyHostCount Minimum", {}),
    ],
)
def test_canary_against_stable(titled, title, metric, thresholds):
    """The same measure of both, so that a difference is the release's."""
    graph = titled[f"Canary against stable: {title}"]
    assert graph.names == [metric, metric]
    assert ["stable", "canary"] == graph.lines
    assert [STABLE, CANARY] == [set(one.dimensions) for one in graph.metrics]
    assert graph.thresholds == thresholds


@pytest.mark.parametrize(("release", "dimensions"), [("stable", STABLE), ("canary", CANARY)])
def test_error_rate_of_canary_against_stable(titled, release, dimensions):
    """Each in percent of its own requests."""
    graph = titled["Canary against stable: requests that fail, in percent"]
    assert ["stable", "canary"] == graph.lines
    assert {"alarm": 1} == graph.thresholds
    minute = {f"{release}_requests": 50, f"{release}_errors": 1}
    assert 2 == graph.value(release, **minute)
    assert 0 == graph.value(release, **{f"{release}_requests": 50})
    read = {metric.name for metric in graph.metrics if set(metric.dimensions) == dimensions}
    assert {"RequestCount", "HTTPCode_Target_5XX_Count"} == read


@pytest.mark.parametrize(
    ("title", "metric"),
    [
        ("mails sent a minute", "MailsSent Sum"),
        ("sending one mail, p99, in milliseconds", "SendDuration p99"),
    ],
)
def test_mails_of_canary_against_stable(titled, title, metric):
    """The same measure of both, each release's own."""
    graph = titled[f"Canary against stable: {title}"]
    assert graph.names == [metric, metric]
    assert ["stable", "canary"] == graph.lines
    assert ["stable", "canary"] == [dict(one.dimensions)["Release"] for one in graph.metrics]


@pytest.mark.parametrize("release", ["stable", "canary"])
def test_send_failures_of_canary_against_stable(titled, release):
    """Each in percent of its own attempts."""
    graph = titled["Canary against stable: attempts to send that fail, in percent"]
    assert {"stable", "canary"} == set(graph.lines)
    assert {"alarm": 5} == graph.thresholds
    minute = {"sent": 5, "refused": 1, "transient": 1, "unknown": 3}
    minutes = {f"{one}_{id_}": count for one in ("stable", "canary") for id_, count in minute.items()}
    assert 50 == graph.value(release, **minutes)
    well = {f"{release}_{id_}": float(id_ == "sent") for id_ in minute}
    assert 0 == graph.value(release, **{**minutes, **well})
    read = {one.name for one in graph.metrics if dict(one.dimensions)["Release"] == release}
    assert {"MailsSent", "MailsRefused", "MailsTransientFailure", "MailsUnknown"} == read
