"""Recorded runs, made up: correct ones, from which a test breaks one thing at a time."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache

from tests.unit.verify.clocks import clocks
from verify.aws_time import AwsTime
from verify.record import Declared, Fault, FaultKind, Generator, Handled, Mail, Mark, Request, ScenarioRecord
from verify.timeline import Activity, Datapoint, Policy, QueueSample, ServiceSample, ServiceTimeline, Timeline
from verify.verdict.terraform import SECOND_PLAN

TIME = AwsTime(minute_seconds=2.0, epoch=datetime(2026, 1, 1, tzinfo=UTC))
API, SENDER = "notification-api", "email-sender"
CPU = "ECSServiceAverageCPUUtilization"


def moment(minutes: float) -> datetime:
    """AWS time so many minutes after the beginning."""
    return TIME.epoch + timedelta(minutes=minutes)


def real(minutes: float) -> float:
    """The real instant of that."""
    return TIME.unix(moment(minutes))


def datapoints(values: Sequence[float], first: int = 0) -> tuple[Datapoint, ...]:
    """One datapoint a minute."""
    return tuple(Datapoint(moment(first + number), value) for number, value in enumerate(values))


def activity(minutes: float, desired: int, policy: str = "cpu") -> Activity:
    """A scaling activity that took half a minute."""
    return Activity(
        started_at=moment(minutes),
        ended_at=moment(minutes + 0.5),
        desired=desired,
        cause=f"monitor alarm TargetTracking in state ALARM triggered policy {policy}",
    )


def samples(
    changes: Sequence[tuple[float, int]], minutes: int, lag: float = 1.0
) -> tuple[ServiceSample, ...]:
    """Two samples a minute; tasks run `lag` minutes after they are wanted."""

    def count(at: float) -> int:
        return [desired for minute, desired in changes if minute <= at][-1]

    instants = [number / 2 for number in range(2 * minutes + 1)]
    return tuple(ServiceSample(real(at), count(at), count(max(0.0, at - lag))) for at in instants)


def service(name: str, minimum: int, maximum: int, **more) -> ServiceTimeline:
    """A service with a policy on CPU at 70 %."""
    policies = (Policy("cpu", CPU, 70.0, scale_out_cooldown=60.0),)
    return ServiceTimeline(name, minimum, maximum, **{"policies": policies} | more)


@cache
def autoscaling_run() -> ScenarioRecord:
    """2→3→5→6→2 tasks over 38 minutes, as the arithmetic gives it; four tasks are lost at the plateau."""
    changes = [(0, 2), (8.1, 3), (10.1, 5), (12.1, 6), (34.1, 2)]
    api = service(
        API,
        2,
        6,
        samples=samples(changes, 38),
        cpu=datapoints([30.0] * 5 + [100.0] * 7 + [64.0] * 7 + [3.0] * 19),
        activities=tuple(activity(minutes, desired) for minutes, desired in changes[1:]),
    )
    grown = [(0, 1), (9.1, 2), (34.1, 1)]
    sender = service(
        SENDER,
        1,
        4,
        samples=samples(grown, 38),
        cpu=datapoints([20.0] * 6 + [100.0] * 4 + [60.0] * 9 + [5.0] * 19),
        activities=tuple(activity(minutes, desired) for minutes, desired in grown[1:]),
    )
    faults = _faults(
        ("SIGKILL", SENDER, 16.0),
        ("SIGKILL", API, 16.0),
        ("ecs.stop_task", SENDER, 17.0),
        ("ecs.stop_task", API, 17.0),
        seconds=1.5,
    )
    record = _record(
        api,
        sender,
        38,
        faults=faults,
        wanted_faults=tuple((fault.kind, fault.service) for fault in faults),
        baseline=(real(0), real(5)),
        high_load=(real(5), real(16)),
        task_budget_seconds=10.0,
        planned_changes=(),
    )
    planned = replace(record, marks=(*record.marks, Mark(real(20), SECOND_PLAN)))
    return with_request(planned, _lost(16.0))


@cache
def lost_task_run() -> ScenarioRecord:
    """Four lost tasks, each replaced in six seconds; one request was in flight at the kill of an API task."""
    api = service(API, 2, 6, samples=samples([(0, 2)], 30), cpu=datapoints([50.0] * 30))
    sender = service(SENDER, 1, 4, samples=samples([(0, 1)], 30), cpu=datapoints([50.0] * 30))
    faults = _faults(
        ("SIGKILL", SENDER, 4.0),
        ("SIGKILL", API, 8.0),
        ("ecs.stop_task", SENDER, 12.0),
        ("ecs.stop_task", API, 16.0),
        seconds=6.0,
    )
    wanted = tuple((fault.kind, fault.service) for fault in faults)
    record = _record(api, sender, 30, faults=faults, wanted_faults=wanted, task_budget_seconds=20.0)
    return with_request(record, _lost(8.0))


def with_api(record: ScenarioRecord, **changes) -> ScenarioRecord:
    """The run, with the service behind the load balancer changed."""
    return with_timeline(record, api=replace(record.timeline.api, **changes))


def with_timeline(record: ScenarioRecord, **changes) -> ScenarioRecord:
    """The run, with what was observed changed; the tasks' clocks say the same."""
    timeline = replace(record.timeline, **changes)
    return replace(record, timeline=timeline, process_cpu=clocks(timeline))


def with_request(record: ScenarioRecord, request: Request) -> ScenarioRecord:
    """The run, with one more request."""
    return replace(record, requests=(*record.requests, request))


def _faults(*wanted: tuple[FaultKind, str, float], seconds: float) -> tuple[Fault, ...]:
    """Lost tasks by kind, service and minute, each replaced after so many real seconds."""
    return tuple(
        Fault(
            kind,
            name,
            f"task/{number}",
            real(minute),
            real(minute) + 0.01,
            real(minute) + seconds,
            (f"task/new-{number}",),
        )
        for number, (kind, name, minute) in enumerate(wanted)
    )


def _lost(minute: float) -> Request:
    """A request that was in flight when a task was killed."""
    return Request(real(minute) - 0.02, real(minute) + 0.01, 503, error="upstream reset")


def _record(api: ServiceTimeline, sender: ServiceTimeline, minutes: int, **more) -> ScenarioRecord:
    requests = tuple(_accepted(number, real(0) + number / 20) for number in range(40 * (minutes - 4)))
    timeline = Timeline(
        time=TIME,
        started_at=real(0),
        ended_at=real(minutes),
        api=api,
        sender=sender,
        queue=(QueueSample(real(1), 3, 1), QueueSample(real(minutes), 0, 0)),
    )
    return ScenarioRecord(
        timeline=timeline,
        requests=requests,
        mails=tuple(map(_mail, requests)),
        handled=tuple(Handled(request.started_at, "task/1", request.trace_id, 202) for request in requests),
        process_cpu=clocks(timeline),
        declared=(Declared(2, 6), Declared(1, 4)),
        generator=Generator(sent=len(requests), missed=3, worst_lag=0.05),
        marks=(Mark(real(0), "20 requests/s"), Mark(real(5), "95 requests/s")),
        **more,
    )


def _accepted(number: int, at: float) -> Request:
    return Request(
        at,
        at + 0.01,
        202,
        f"n-{number}",
        recipient=f"{number}@mail.example",
        digest=f"digest-{number}",
        trace_id=f"trace-{number}",
        client="load",
    )


def _mail(request: Request) -> Mail:
    return Mail(request.finished_at + 0.1, request.id, request.recipient, request.digest)
