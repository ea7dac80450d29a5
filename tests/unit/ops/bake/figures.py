"""Figures of two versions that a test makes up."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from ops.bake.evidence import Evidence, Figures, Latency, Minute, Side
from ops.bake.work import MAILS

NOON = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
# What latency does from minute to minute without anybody's fault, as a factor.
SCATTER = (1.0, 1.06, 0.97, 1.02, 0.94, 1.01, 0.98, 1.05, 0.96, 1.03)


def side(  # noqa: D417 - the measures are named as in a case
    *,
    minutes=10,
    first=0,
    requests=500,
    failed=0,
    refused=0,
    p50=0.02,
    p99=0.1,
    latency_requests=None,
    alarms=(),
    minutes_without_tasks=0,
    lost_tasks=0,
    others=(),
    turned=0,
):
    """A side that does the same every minute.

    Args:
        minutes: So many.
        first: Minutes after noon at which they begin.
        requests, failed, refused: A minute's.
        p50, p99: Seconds, but for the scatter.
        latency_requests: Requests that latency was measured of; as many as there were unless told.
        alarms, minutes_without_tasks, lost_tasks: As `Side` has them.
        others: Minutes that differ, each as its number since noon and what it has else.
        turned: By how many minutes its scatter is ahead of the other side's.
    """
    usual = {"requests": requests, "failed": failed, "refused": refused, "p50": p50, "p99": p99}
    different = {one["minute"]: one for one in others}
    counted, measured = [], []
    for number in range(first, first + minutes):
        minute = usual | different.get(number, {})
        begun = NOON + number * MINUTE
        scatter = SCATTER[(number + turned) % len(SCATTER)]
        if minute["requests"]:
            counted.append(Minute(begun, minute["requests"], minute["failed"], minute["refused"]))
            measured.append(
                Latency(
                    begun,
                    minute["requests"] if latency_requests is None else latency_requests,
                    minute["p50"] * scatter,
                    minute["p99"] * scatter,
                )
            )
    return Side(counted, measured, tuple(alarms), minutes_without_tasks, lost_tasks)


def evidence(canary=None, stable=None, **more):
    """Evidence of a canary and a stable version, each described as `side` takes it."""
    return Evidence("notification-api", side(turned=3, **(canary or {})), side(**(stable or {})), **more)


def mails(canary=None, stable=None, *, minutes=10, **more):
    """Evidence of mails, of so many minutes, as `evidence` takes it.

    Where there are few they are compared over all of these minutes.
    """
    sides = ({"minutes": minutes, **(one or {})} for one in (canary, stable))
    return replace(evidence(*sides), service="email-sender", work=MAILS, minutes=minutes, **more)


def candidate(*of, without_canary=()):
    """Figures of a release candidate, of which there is this evidence."""
    return Figures(of, without_canary)
