"""Thousands of notifications at once, and a relay that answers late: CPU idles while the queue grows."""

from verify.scenario import SATURATION, Scenario
from verify.scenarios.backlog import Settings, run
from verify.verdict.always import ALWAYS
from verify.verdict.backlog import (
    backlog_drained,
    backlog_steps,
    burst_accepted,
    cpu_alone_would_not_scale,
    sender_followed_backlog,
)
from verify.verdict.tasks import back_at_minimum, desired_explained, running_followed

SCENARIO = Scenario(
    title="Backlog before a slow relay",
    sentence="A relay that answers late lets the queue grow while the sender's CPU idles: only its backlog"
    " scales it, and the queue drains in its time.",
    # A mail takes two to three of the relay's replies, and a task sends fifty at a time: later ones leave its
    # CPU nothing to do.
    settings=Settings(count=3000, latency=700),
    run=run,
    checks=(
        burst_accepted,
        sender_followed_backlog,
        cpu_alone_would_not_scale,
        backlog_steps,
        backlog_drained,
        desired_explained,
        running_followed,
        back_at_minimum,
        *ALWAYS,
    ),
    may_go_off=SATURATION,
    default=False,
    budget_minutes=2.5,
)
