"""A version comes out under load, and one with a fault is taken back."""

from verify.release_course import Settings, run
from verify.releasing import Wanted, found_in_bake
from verify.scenario import Scenario
from verify.verdict.releases import RELEASED
from verify.versions import FAILS

GOOD = Wanted("1.1.0")
BAD = found_in_bake("1.2.0", FAILS, "fails more requests", "canary")

SCENARIO = Scenario(
    title="Release",
    sentence="A good version comes out by a canary and no request fails; one that fails requests is found on"
    " its share of them and taken back.",
    settings=Settings((GOOD, BAD), bake_rate=75.0),
    run=run,
    stage_only=True,
    checks=RELEASED,
    may_go_off=(
        "notification-api-canary-error-rate",
        "error-rate",
        "notification-api-error-rate",
        "user-impact",
    ),
    budget_minutes=7.0,
)
