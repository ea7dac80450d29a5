import io
import json

import pytest

from email_sender.observations import BY_RELEASE
from ops.bake.evidence import Latency, Minute
from ops.bake.judge import Verdict, judge
from ops.bake.mails import attempts, durations, heartbeat
from shared.metrics import Compared, Metrics
from tests.unit.ops.bake.account import CLUSTER
from tests.unit.ops.bake.figures import MINUTE, NOON


def test_a_minute_has_its_attempts_and_those_that_failed_or_were_refused(account):
    """Each of either release; a refusal is the mail's own fault as a rule, and counted apart."""
    account.send("canary", 0, MailsSent=90, MailsTransientFailure=3, MailsUnknown=2, MailsRefused=5)
    account.send("stable", 0, MailsSent=900)

    found = account.mails()

    assert [Minute(NOON, 100, failed=5, refused=5)] == found.canary.minutes
    assert [Minute(NOON, 900, failed=0)] == found.stable.minutes


@pytest.mark.parametrize("name", ["MailsTransientFailure", "MailsUnknown", "MailsRefused"])
def test_a_minute_in_which_no_mail_was_sent_counts_as_well(account, name):
    """Of a count that is zero there is no datapoint."""
    account.send("canary", 3, **{name: 4})

    [minute] = account.mails().canary.minutes

    assert (NOON + 3 * MINUTE, 4, 4) == (minute.begun, minute.requests, minute.failed + minute.refused)


def test_durations_are_of_periods_in_which_the_canary_sends_enough(account):
    """In seconds, of true percentiles over them."""
    for minute in range(10):
        account.send("canary", minute, MailsSent=25, times={10.0 * (minute + 1): 25})
        account.send("stable", minute, MailsSent=225, times={20.0: 225})

    found = account.mails()

    assert (3, 3) == (found.latency_minutes, found.together_minutes)
    assert [(0, 0.02, 0.03), (3, 0.05, 0.06), (6, 0.08, 0.09)] == [
        ((one.begun - NOON) // MINUTE, pytest.approx(one.p50), pytest.approx(one.p99))
        for one in found.canary.latencies
    ]
    assert Latency(NOON, 675, 0.02, 0.02) == found.stable.latencies[0]


def test_few_mails_are_compared_over_all_of_the_bake(account):
    """In many a minute one side has none by chance alone."""
    account.send("canary", 1, MailsSent=4)
    account.send("stable", 8, MailsSent=6)

    found = account.mails()

    assert (10, 1.0) == (found.together_minutes, found.a_minute)
    assert [4, 6] == [
        getattr(found.counts(found.work.measures[0]), f"{side}_requests") for side in ("canary", "stable")
    ]


@pytest.mark.parametrize(("tasks", "share"), [((1, 1), 0.5), ((1, 3), 0.25), ((0, 2), 0), ((0, 0), 0)])
def test_the_share_of_the_mails_is_that_of_the_tasks(account, tasks, share):
    """Whoever asks first gets them."""
    for name, count in zip(("email-sender-canary", "email-sender"), tasks, strict=True):
        account.ecs.update_service(cluster=CLUSTER, service=name, desiredCount=count)

    assert share == account.mails().share


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ([(1, 1), (1, 1)], 0),
        ([(1, 1), (1, 0), (1, 0)], 2),
        ([(1, 1), (1, None), (1, None)], 2),
        ([(1, 0), (1, 1)], 0),
        ([(0, 0), (0, 0)], 0),
        ([(None, 0), (None, 0)], 0),
        ([(2, 1), (2, 1)], 0),
    ],
    ids=str,
)
def test_minutes_without_a_running_task_are_those_in_which_one_was_to_run(account, counts, expected):
    """Of a service without a running task there may be no datapoint for that."""
    for minute, (desired, running) in enumerate(counts):
        account.count_tasks("canary", minute, desired, running)

    assert expected == account.mails().canary.minutes_without_tasks


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ([(1, 1), (1, 1), (1, 1)], 0),
        ([(1, 1), (1, 0), (1, 1), (1, None), (1, 1)], 2),
        ([(1, 1), (1, 0), (1, 0), (1, 0)], 1),
        ([(1, 0), (1, 1)], 0),
        ([(2, 2), (3, 2), (3, 3)], 0),
        ([(3, 3), (2, 2), (1, 1)], 0),
        ([(3, 3), (3, 2), (3, 3)], 1),
        ([(1, 2), (1, 1)], 0),
    ],
    ids=str,
)
def test_a_task_that_is_lost_is_counted(account, counts, expected):
    """Not one that scaling has not started yet, or was told to take away."""
    for minute, (desired, running) in enumerate(counts):
        account.count_tasks("canary", minute, desired, running)

    assert (expected, 0) == (account.mails().canary.lost_tasks, account.mails().stable.lost_tasks)


def test_a_canary_whose_mails_fail_is_judged_by_what_cloudwatch_has(account):
    """From datapoints to a verdict."""
    for minute in range(5):
        account.send("canary", minute, MailsUnknown=10)
        account.send("stable", minute, MailsSent=20)

    assert Verdict.FAIL == judge(account.mails()).verdict


def test_what_is_read_is_what_the_sender_counts(account):
    """Under its own names and dimensions, for each release, with durations in milliseconds."""
    stream = io.StringIO()
    metrics = Metrics("email-sender", "staging", compared=Compared("canary", BY_RELEASE), stream=stream)
    for name in BY_RELEASE - {"SendDuration"}:
        metrics.count(name)
    metrics.observe("SendDuration", 20, "Milliseconds")
    metrics.gauge("ProviderUnavailable", lambda: 0.0)
    metrics.flush()
    line = json.loads(stream.getvalue())
    written = {
        (one["Namespace"], metric["Name"], tuple(sorted((name, line[name]) for name in names)))
        for one in line["_aws"]["CloudWatchMetrics"]
        for names in one["Dimensions"]
        for metric in one["Metrics"]
    }
    sender = account.deployed.sender
    asked = [
        *attempts(sender, "canary").values(),
        *durations(sender, "canary").values(),
        heartbeat(sender),
    ]

    assert {(one.namespace, one.name, tuple(sorted(one.dimensions.items()))) for one in asked} <= written
    assert BY_RELEASE == {one.name for one in asked[:-1]}
