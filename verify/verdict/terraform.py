"""Whether Terraform still finds what it declared."""

from itertools import pairwise

from verify.record import ScenarioRecord
from verify.verdict.check import Basis, Check, judged

SECOND_PLAN = "second plan"
"""Label of the mark at the instant at which a plan is begun."""


def second_plan_empty(record: ScenarioRecord) -> Check:
    """A plan shows no change while scaling has made the fleet larger than it is declared.

    A desired count that equals the minimum would hide a lost `ignore_changes`, so that a plan made then
    proves nothing, and fails.
    """
    changes = record.planned_changes
    expectation = "a plan shows no change while more tasks are desired than the minimum"
    if changes is None:
        # On AWS it is made by whoever has the state.
        return Check("second_plan_empty", "pass", "no plan can be made from here", expectation)
    api = record.timeline.api
    desired = [
        sample.desired
        for mark in record.marks
        if mark.label == SECOND_PLAN
        for sample, following in pairwise([*api.samples, None])
        if sample is not None and sample.at <= mark.at and (following is None or following.at > mark.at)
    ]
    problems = [f"it would change {change}" for change in changes]
    if not desired or max(desired) <= api.minimum:
        problems.append("it was made when no more tasks were desired than the minimum")
    return judged(
        "second_plan_empty",
        expectation,
        f"{len(changes)} changes, {max(desired, default=0)} tasks desired, the minimum is {api.minimum}",
        problems,
        basis=Basis.CONFIGURATION,
    )
