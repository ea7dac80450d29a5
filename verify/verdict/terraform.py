"""The verdict on what Terraform says once everything else is over."""

from collections.abc import Sequence

from verify.verdict.check import Basis, Check, judged

PLAN_RULES = ("second_plan_empty",)
DESTROY_RULES = ("destroy_leaves_nothing",)


def judge_plan(changes: Sequence[str]) -> list[Check]:
    """The one rule: what was applied, scaled and broken still is what is declared."""
    return [
        judged(
            "second_plan_empty",
            "a second plan shows no change, also after scaling and lost tasks",
            f"{len(changes)} changes",
            changes,
            basis=Basis.CONFIGURATION,
        )
    ]


def judge_destroy(left: Sequence[str]) -> list[Check]:
    """The one rule: nothing declared is in the way of its own removal."""
    return [
        judged(
            "destroy_leaves_nothing",
            "terraform destroy removes everything that was applied",
            f"{len(left)} resources left",
            left,
            basis=Basis.CONFIGURATION,
        )
    ]
