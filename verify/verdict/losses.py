"""Requests that fail while a service has lost tasks, and only then."""

from verify.record import ScenarioRecord
from verify.verdict.check import Check, judged
from verify.verdict.kills import slack_seconds
from verify.verdict.requests import failures_told


def failed_only_while_lost(record: ScenarioRecord) -> Check:
    """Requests fail only if they were sent from a loss of the API's tasks until it was whole again.

    Where every task is lost nobody answers, and one that hangs holds on to what it was sent: so it is on AWS
    too. Before and after, nothing fails.
    """
    slack, end = slack_seconds(record), record.timeline.ended_at
    windows = [
        (fault.began_at, (fault.replaced_at or end) + slack)
        for fault in record.faults
        if fault.service == record.timeline.api.name
    ]
    failed = [request for request in record.requests if not request.accepted]
    others = [
        request
        for request in failed
        if not any(request.finished_at >= start and request.started_at <= until for start, until in windows)
    ]
    return judged(
        "failed_only_while_lost",
        "requests fail only from a loss of tasks until the service is whole again",
        f"{len(failed)} failed, {len(failed) - len(others)} of them while tasks were lost",
        **failures_told(record, others),
    )
