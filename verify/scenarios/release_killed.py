"""The command that releases is killed at each of its steps and within each of its applies, and run again."""

from verify.release_course import Settings, run
from verify.releasing import Wanted
from verify.scenario import Scenario
from verify.verdict.releases import GOOD_RELEASED, killed_at_each_step

STEPS = (
    "looking whether the release can begin",
    "start the candidate without requests",
    "give the candidate 25 %",
    "baking: 3 of",
    "give the candidate 50 %",
    "promote",
    "take the candidate's requests away",
    "remove the candidate",
)
APPLIES = (
    "terraform apply: created",
    "terraform apply: updated",
    "terraform apply: updated",
    "terraform apply: created",
    "terraform apply: updated",
    "terraform apply: destroyed",
)
"""Start, 25 %, 50 %, promotion, no requests, removal."""

SCENARIO = Scenario(
    title="A release that is killed",
    sentence="Whoever releases is killed at each step and within each apply: the next run goes on from there,"
    " no request fails, and nothing is left behind.",
    settings=Settings((Wanted("1.9.0", kills=STEPS), Wanted("1.9.1", kills=APPLIES)), weights=(25, 50)),
    run=run,
    stage_only=True,
    checks=(killed_at_each_step, *GOOD_RELEASED),
    default=False,
    budget_minutes=20.0,
)
