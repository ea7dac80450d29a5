"""A recorded run, made up, in which everything happens that a report can show, and a session with it."""

import random
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache

from tests.unit.verify import runs
from tests.unit.verify.rights import worlds
from tests.unit.verify.runs import API, SENDER, moment, real
from verify.record import Disturbance, Fault, Generator, Mail, Mark, ProcessCpu, Request, ScenarioRecord
from verify.report.enforced import Enforced
from verify.report.findings import Finding, Findings
from verify.report.phases import Phase, Step
from verify.rights.judge import Rights, judge
from verify.rights.reasons import Reason, Reasons
from verify.scenarios import autoscaling, lost_task
from verify.timeline import AlarmChange, QueueSample, Timeline
from verify.verdict.check import Check

MINUTES = 60
QUEUE_AGE, MAIL_OUTAGE = "notifications-stage-queue-age", "notifications-stage-mail-outage"
OUTAGE = (30.0, 40.0)
TASK = "arn:aws:ecs:eu-west-1:123456789012:task/notifications/0f1e2d3c4b5a69788796a5b4c3d2e1f0"


@cache
def run() -> ScenarioRecord:
    """An hour of load: tasks are taken away, the relay is slow and then gone, alarms go off."""
    requests = _requests()
    return ScenarioRecord(
        timeline=_timeline(),
        requests=requests,
        mails=tuple(
            Mail(request.finished_at + 0.2, request.id, request.recipient, request.digest)
            for request in requests
            if request.accepted
        ),
        generator=Generator(sent=len(requests), missed=12, worst_lag=0.08),
        faults=(
            Fault("SIGKILL", SENDER, TASK, real(12), real(12) + 0.01, real(14), ("new",)),
            Fault("SIGSTOP", API, TASK, real(18), real(18) + 0.01, real(22.5), ("new",)),
            Fault("ecs.stop_task", API, TASK, real(50), real(50) + 0.01, None),
        ),
        disturbances=(
            Disturbance("smtp", "latency", real(24), real(27), {"latency": 500, "jitter": 100}),
            Disturbance("smtp", "timeout", real(OUTAGE[0]), real(OUTAGE[1])),
            Disturbance("sqs", "error", real(52), None, {"rate": 0.5}),
        ),
        marks=(
            Mark(real(0), "20 requests/s"),
            Mark(real(5), "60 requests/s"),
            Mark(real(45), "10 requests/s"),
            Mark(real(58), "load ended"),
        ),
        high_load=(real(5), real(45)),
        dead_letters=2,
        process_cpu=_clocks(),
        wanted_alarms=("mail-outage", "dead-letters"),
        task_budget_seconds=10.0,
    )


def session() -> Findings:
    """A session with that run, a good one, and one in which something failed."""
    record, good = run(), runs.autoscaling_run()
    lost = runs.lost_task_run()
    failed = [
        Check("one_mail_each", "fail", "4 of 4375 twice", "each notification is one mail", "n-17 came twice"),
        Check("p99_bounded", "inconclusive", "p99 4.2 s", "p99 is at most 3 times the baseline's", "starved"),
        Check("nothing_lost", "pass", "4375 of 4375 delivered", "every accepted notification is delivered"),
    ]
    return Findings(
        "stage",
        [
            Finding("Everything at once", failed, record, "Load, faults and an outage.", 131.4),
            Finding(
                autoscaling.SCENARIO.title,
                autoscaling.SCENARIO.judge(good),
                good,
                autoscaling.SCENARIO.sentence,
                80.0,
            ),
            Finding(
                lost_task.SCENARIO.title,
                lost_task.SCENARIO.judge(lost),
                lost,
                lost_task.SCENARIO.sentence,
                62.0,
            ),
        ],
        datetime(2026, 1, 1, 12, 0, tzinfo=UTC),
        phases=[
            Phase("Bringing the stage up", 95.2, (Step("terraform apply", 81.0), Step("email-sender", 2.5))),
            Phase("Everything at once", 131.4),
        ],
        enforced=[
            Enforced("tasks held to their CPU", True, "by the kernel, in a cgroup of version 2"),
            Enforced("process clocks read", False, "CloudWatch's CPU stands alone"),
        ],
        rights=rights(),
        versions={"Terraform": "1.11.4", "git revision": "0123456789ab"},
        command="make verify",
    )


def rights() -> Rights:
    """Rights of a role of which each thing is true that may be of a right."""
    receive, purge, delete = "sqs:ReceiveMessage", "sqs:PurgeQueue", "sqs:DeleteMessage"
    observed = worlds.seen(
        worlds.allowed(receive, "Work", count=4375),
        worlds.allowed(receive, kind="resource-based policy", name="queue"),
        worlds.refused(purge),
        worlds.refused("sqs:SendMessage", count=3),
        worlds.refused(purge, principal="sns.amazonaws.com"),
        roles=[worlds.role(worlds.statement("Work", [receive, delete, purge]))],
    )
    return judge(
        observed,
        Reasons(
            unused=(Reason("reasons.yaml:2", "*", "An incident's.", delete),),
            refused=(Reason("reasons.yaml:6", "*-task", "A test shows it.", purge),),
        ),
    )


def _timeline() -> Timeline:
    changes = [(0, 2), (8.1, 3), (10.1, 5), (13.1, 7), (55.1, 2)]
    sender_changes = [(0, 1), (9.2, 2), (44.0, 3), (56.5, 1)]
    api = runs.service(
        API,
        2,
        8,
        samples=runs.samples(changes, MINUTES),
        cpu=runs.datapoints(
            [28.0] * 5 + [100.0, 98.5, 99.2, 96.0, 88.0, 84.0, 74.0] + [61.0] * 33 + [8.0] * 14
        ),
        activities=tuple(runs.activity(at, desired) for at, desired in changes[1:]),
    )
    sender = runs.service(
        SENDER,
        1,
        4,
        samples=runs.samples(sender_changes, MINUTES),
        cpu=runs.datapoints([20.0] * 5 + [72.0] * 5 + [40.0] * 20 + [2.0] * 10 + [81.0] * 6 + [10.0] * 13),
        activities=tuple(runs.activity(at, desired) for at, desired in sender_changes[1:]),
    )
    return Timeline(
        time=runs.TIME,
        started_at=real(0),
        ended_at=real(MINUTES),
        api=api,
        sender=sender,
        queue=tuple(_queue(minute / 2) for minute in range(2 * MINUTES + 1)),
        alarms=(
            AlarmChange(moment(0.1), "notifications-stage-cpu", "OK", "1 datapoint was not greater"),
            AlarmChange(moment(33), QUEUE_AGE, "ALARM", "3 datapoints were greater than 60"),
            AlarmChange(moment(34), MAIL_OUTAGE, "ALARM", "2 datapoints were greater than 0"),
            AlarmChange(moment(42), MAIL_OUTAGE, "OK"),
            AlarmChange(moment(46), QUEUE_AGE, "OK"),
            AlarmChange(moment(57), QUEUE_AGE, "ALARM"),
        ),
        starved_minutes=(moment(16), moment(17)),
    )


def _queue(minute: float) -> QueueSample:
    began, ended = OUTAGE
    waiting = 400 * max(0.0, min(minute, ended) - began) - 800 * max(0.0, minute - ended)
    return QueueSample(real(minute), max(0, round(waiting)), 10 if minute < 58 else 0)


def _requests() -> tuple[Request, ...]:
    """Answers that get slower under load; those of the outage and of the faults fail now and then."""
    chance = random.Random(12)  # noqa: S311 - nothing here is secret
    found, at = [], real(0)
    while at < real(58):
        minute = (at - real(0)) / 2.0
        rate = 20.0 if minute < 5 else 60.0 if minute < 45 else 10.0
        taken = chance.lognormvariate(-5.0 if rate < 60 else -4.2, 0.6) * (3.0 if minute < 12 else 1.0)
        found.append(
            _request(len(found), at, taken, broken=12 < minute < 12.3 or 18 < minute < 18.4, chance=chance)
        )
        at += 1.0 / rate
    return tuple(found)


def _request(number: int, at: float, taken: float, *, broken: bool, chance: random.Random) -> Request:
    if broken and chance.random() < 0.5:
        return Request(at, at + 0.4, 503, error="upstream connect error")
    if chance.random() < 0.001:
        return Request(at, at + 5.0, 0, error="timed out")
    accepted = Request(at, at + taken, 202, f"n-{number}")
    return replace(accepted, recipient=f"load-{number}@example.com", digest=f"{number:064x}")


def _clocks() -> tuple[ProcessCpu, ...]:
    """Readings twice a minute of a task of each service, which uses half of its quota."""
    return tuple(
        ProcessCpu(real(half / 2), name, f"{TASK}-{name}", half * 0.5 * 0.1, 0.1)
        for half in range(2 * MINUTES)
        for name in (API, SENDER)
    )
