"""Checks that hold in every scenario, and those that belong together in some."""

from collections.abc import Callable, Sequence

from verify.record import ScenarioRecord
from verify.verdict.alarms import alarms_as_wanted
from verify.verdict.check import Check
from verify.verdict.delivery import accepted_delivered
from verify.verdict.keep_alive import keep_alive_outlasts
from verify.verdict.limits import bounds_as_declared, cooldowns_kept, running_within_desired
from verify.verdict.mails import (
    delivered_as_sent,
    delivered_in_time,
    no_dead_letters,
    no_other_mail,
    one_mail_each,
)
from verify.verdict.quota import cpu_agrees_with_clocks, cpu_within_quota
from verify.verdict.rights import rights_suffice
from verify.verdict.traffic import enough_requests, one_task_each, statuses_documented

Rule = Callable[[ScenarioRecord], Check]

ONE_EFFECT: Sequence[Rule] = (
    accepted_delivered,
    delivered_as_sent,
    one_mail_each,
    no_other_mail,
    no_dead_letters,
    one_task_each,
)
"""One effect for each notification, whatever is slow, lost or in the way."""

FLEET: Sequence[Rule] = (
    bounds_as_declared,
    cooldowns_kept,
    running_within_desired,
    cpu_within_quota,
    cpu_agrees_with_clocks,
)
"""The fleet keeps to what is declared of it."""

ALWAYS: Sequence[Rule] = (
    *ONE_EFFECT,
    enough_requests,
    statuses_documented,
    *FLEET,
    keep_alive_outlasts,
    rights_suffice,
    alarms_as_wanted,
)
"""Checks that hold in every scenario."""

UNDISTURBED: Sequence[Rule] = (delivered_in_time,)
"""Checks that hold as well where no dependency is slow or away."""
