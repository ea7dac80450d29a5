"""Drift is looked for, again and again, while a version is released and the fleet grows and shrinks."""

from verify.release_course import Settings, run
from verify.releasing import Wanted
from verify.scenario import SATURATION, Scenario
from verify.verdict.releases import GOOD_RELEASED, drift_looked_for_meanwhile

SCENARIO = Scenario(
    title="Drift beside releases and scaling",
    sentence="What a release and scaling change is never drift: a hundred looks beside them find nothing.",
    settings=Settings((Wanted("1.10.0"),), weights=(25, 50), drift_checks=100),
    run=run,
    stage_only=True,
    checks=(drift_looked_for_meanwhile, *GOOD_RELEASED),
    may_go_off=SATURATION,
    default=False,
    budget_minutes=60.0,
)
