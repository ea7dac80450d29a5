"""Sessions to report on, and what tests look for in a report."""

from dataclasses import replace
from datetime import UTC, datetime

from tests.unit.verify import runs
from verify.report.findings import Finding, Findings
from verify.scenarios import autoscaling, lost_task
from verify.verdict.check import Check

EVIL = "<script>alert('x')</script> & [bold] \"quoted\""


def found(*findings):
    """A session that began at a known time."""
    return Findings("stage", list(findings), datetime(2026, 1, 1, 12, 0, tzinfo=UTC))


def a_good_session():
    """Both scenarios, as they should be."""
    scaled, lost = runs.autoscaling_run(), runs.lost_task_run()
    return found(
        *(
            Finding(scenario.title, scenario.judge(record), record, scenario.sentence)
            for scenario, record in ((autoscaling.SCENARIO, scaled), (lost_task.SCENARIO, lost))
        )
    )


def calm_run():
    """A good run in which no task was lost, and no request with one."""
    run = runs.autoscaling_run()
    accepted = tuple(request for request in run.requests if request.accepted)
    return replace(run, faults=(), wanted_faults=(), requests=accepted)


def check(outcome, **more):
    """A check with such an outcome."""
    return Check(**{"name": "rule", "outcome": outcome, "figure": "1", "expectation": "two"} | more)
