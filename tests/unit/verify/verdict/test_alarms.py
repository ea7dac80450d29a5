from dataclasses import replace

import pytest

from tests.unit.verify import runs
from verify.discovery import discovered
from verify.timeline import AlarmChange
from verify.verdict.alarms import alarms_as_wanted

WANTED = ("latency", "errors", "refusals", "age")


def run_with(*names):
    """A run in which these alarms go off a minute after each other, and come back."""
    run = runs.autoscaling_run()
    changes = [
        AlarmChange(runs.moment(8 + number + back), name, "OK" if back else "ALARM")
        for number, name in enumerate(names)
        for back in (0, 10)
    ]
    changes.sort(key=lambda change: change.at)
    run = runs.with_timeline(run, alarms=tuple(changes))
    return replace(run, wanted_alarms=WANTED, unordered_alarms=("errors", "refusals"))


@pytest.mark.parametrize(
    ("names", "outcome"),
    [
        (("latency", "errors", "refusals", "age"), "pass"),
        (("latency", "refusals", "errors", "age"), "pass"),
        (("errors", "latency", "refusals", "age"), "fail"),
        (("latency", "errors", "age", "refusals"), "fail"),
        (("age", "latency", "errors", "refusals"), "fail"),
        (("latency", "refusals", "age"), "fail"),
        (("latency", "errors", "refusals", "age", "other"), "fail"),
    ],
)
def test_alarms_that_one_thing_sets_off_may_go_off_in_any_order(names, outcome):
    """Before and after them the order counts, and all of them have to go off."""
    assert outcome == alarms_as_wanted(run_with(*names)).outcome


@pytest.mark.parametrize("scenario", discovered().values(), ids=discovered().keys())
def test_what_may_come_in_any_order_is_wanted_one_after_the_other(scenario):
    """Else the order of what stands between would be lost."""
    together = scenario.in_any_order
    begin = scenario.alarms.index(together[0]) if together else 0

    assert tuple(together) == tuple(scenario.alarms[begin : begin + len(together)])
