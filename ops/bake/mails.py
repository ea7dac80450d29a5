"""Evidence on mails, from what the Email Sender counts for each release, and from its running tasks.

A mail failed if the provider did not take it for now, or if nobody knows what it did with it: a release may
have a part in both. It was refused if the provider took it for wrong, which is the mail's own fault as a
rule (docs/mail-refusals.md). What waits for a provider that takes no mail at all is no attempt: a canary to
which that happens alone is silent. A mail whose task died is counted by whoever finds it, whichever release
lost it: that shows in the tasks.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Container-Insights-metrics-ECS.html
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import pairwise

from ops.bake.evidence import Evidence, Minute, Side
from ops.bake.metrics import MINUTE, Metric, Series, Window, latency_period, newest_in_a_row
from ops.bake.outputs import Sender
from ops.bake.work import MAILS

_NAMESPACE = "Notifications"
_FAILED = {"transient": "MailsTransientFailure", "unknown": "MailsUnknown"}
_REFUSED = {"refused": "MailsRefused"}
_ATTEMPTS = {"sent": "MailsSent", **_FAILED, **_REFUSED}
_TASKS = {"running": "RunningTaskCount", "desired": "DesiredTaskCount"}
_DURATIONS = {"count": "SampleCount", "p50": "p50", "p99": "p99"}
_MILLISECOND = 0.001


def read_mails(window: Window, service: Sender, tasks: Mapping[str, int]) -> Evidence:
    """Figures of a sender of mails and of its canary, without their alarms.

    Args:
        window: What is looked at.
        service: Names of both.
        tasks: How many tasks each side is to have.

    Raises:
        OpsError: CloudWatch did not tell all of it.
        ClientError: AWS refuses.
        BotoCoreError: AWS does not answer.
    """
    names = {"canary": service.canary_service, "stable": service.stable_service}
    counts = window.series(
        {side: {**attempts(service, side), **_tasks(service, names[side])} for side in names}
    )
    minutes = {side: list(_minutes(counts[side])) for side in names}
    period = latency_period(minutes["canary"], window.minutes)
    latencies = window.latencies({side: durations(service, side) for side in names}, period, _MILLISECOND)
    canary, stable = (
        Side(
            minutes=minutes[side],
            latencies=latencies[side],
            minutes_without_tasks=newest_in_a_row(_without_tasks(counts[side])),
            lost_tasks=_lost_tasks(counts[side]),
        )
        for side in ("canary", "stable")
    )
    return Evidence(
        service.stable_service,
        canary,
        stable,
        work=MAILS,
        share=tasks["canary"] / max(1, sum(tasks.values())),
        latency_minutes=period // MINUTE,
        minutes=window.minutes,
        together_minutes=period // MINUTE,
    )


def heartbeat(service: Sender) -> Metric:
    """Metric of which there is a datapoint in each minute in which a task of the sender runs."""
    return Metric(_NAMESPACE, "ProviderUnavailable", "Maximum", _dimensions(service))


def attempts(service: Sender, release: str) -> dict[str, Metric]:
    """Metrics of one release's attempts to send mails, by how they ended."""
    dimensions = {**_dimensions(service), "Release": release}
    return {label: Metric(_NAMESPACE, name, "Sum", dimensions) for label, name in _ATTEMPTS.items()}


def durations(service: Sender, release: str) -> dict[str, Metric]:
    """Statistics of the time that one release took for the mails that it sent."""
    dimensions = {**_dimensions(service), "Release": release}
    return {
        label: Metric(_NAMESPACE, "SendDuration", statistic, dimensions)
        for label, statistic in _DURATIONS.items()
    }


def _dimensions(service: Sender) -> dict[str, str]:
    return {"Service": service.stable_service, "Environment": service.environment}


def _tasks(service: Sender, name: str) -> dict[str, Metric]:
    dimensions = {"ClusterName": service.cluster, "ServiceName": name}
    return {
        label: Metric("ECS/ContainerInsights", metric, "Average", dimensions)
        for label, metric in _TASKS.items()
    }


def _minutes(counts: Mapping[str, Series]) -> Iterator[Minute]:
    """Minutes with attempts; of a count that is zero there is no datapoint."""
    for begun in sorted({begun for label in _ATTEMPTS for begun in counts[label]}):
        number = {label: round(counts[label].get(begun, 0.0)) for label in _ATTEMPTS}
        failed, refused = (sum(number[label] for label in labels) for labels in (_FAILED, _REFUSED))
        if any(number.values()):
            yield Minute(begun, sum(number.values()), failed, refused)


def _without_tasks(counts: Mapping[str, Series]) -> dict[datetime, bool]:
    """Whether no task ran in a minute in which one was to run.

    Of a service without a running task there may be no datapoint for that.
    """
    return {
        begun: desired > 0 and not counts["running"].get(begun)
        for begun, desired in counts["desired"].items()
    }


def _lost_tasks(counts: Mapping[str, Series]) -> int:
    """How often fewer tasks ran than a minute before, and fewer than were to."""
    running = [
        (counts["running"].get(begun, 0.0), desired) for begun, desired in sorted(counts["desired"].items())
    ]
    return sum(now < min(before, desired) for (before, _), (now, desired) in pairwise(running))
