import pytest

from tests.bench import targets
from tests.bench.figures import Round, summary
from tests.bench.measure.calls import Calls


def candidates(**rates):
    """Candidates that do so many a second."""
    return {name: summary(name, [Round(int(rate), 1.0, 1.0, 1.0)]) for name, rate in rates.items()}


API = {targets.NOOP: 1000, targets.PLAIN: 90, targets.OURS: 600, targets.FLOOR: 1200}
SENDER = {targets.CELERY: 100, targets.OURS: 500, targets.FLOOR: 1000}


def calls(rate=targets.CALLS_RATE, **changes):
    """What a rate of requests came to."""
    figures = {"send": 0.45, "receive": 0.125, "settle": 0.125, "p50": 7.0, "p99": 15.0}
    return Calls(
        offered=rate, reached=rate, notifications=800, mail_p50=60.0, mail_p99=120.0, **(figures | changes)
    )


def test_ratios_are_those_of_ours_to_the_others():
    """Six hundred against ninety, a thousand and, in the other room, five hundred against a hundred."""
    found = targets.judge(candidates(**API), candidates(**SENDER))

    assert [pytest.approx(6.67, abs=0.01), 0.6, 0.5, 5.0, 0.5] == [target.figure for target in found]
    assert all(target.met for target in found)


@pytest.mark.parametrize(
    ("api", "sender", "missed"),
    [
        ({**API, targets.PLAIN: 101}, SENDER, "API, times the plain boto3 route"),
        ({**API, targets.NOOP: 1100}, SENDER, "API, share of the no-op route"),
        ({**API, targets.FLOOR: 1201}, SENDER, "API, share of its floor"),
        (API, {**SENDER, targets.CELERY: 101}, "sender, times Celery"),
        (API, {**SENDER, targets.FLOOR: 1001}, "sender, share of its floor"),
    ],
)
def test_a_little_less_is_missed(api, sender, missed):
    """Each target for itself."""
    found = targets.judge(candidates(**api), candidates(**sender))

    assert [missed] == [target.name for target in found if not target.met]


@pytest.mark.parametrize(
    ("changes", "missed"),
    [
        ({}, []),
        ({"send": 0.46}, ["SQS calls a notification at 100 requests/s"]),
        ({"p99": 15.1}, ["p99 of a request at 100 requests/s, ms"]),
    ],
)
def test_calls_are_saved_without_having_callers_wait(changes, missed):
    """At one rate: with fewer requests none would find company, with more each does."""
    found = targets.judge({}, {}, [calls(10, send=1.0), calls(**changes), calls(1000, p99=30.0)])

    assert missed == [target.name for target in found if not target.met]
    assert 2 == len(found)


def test_what_was_not_measured_is_not_judged():
    """A run of one part has that part's targets."""
    assert [] == targets.judge({}, {})
    assert ["sender, times Celery", "sender, share of its floor"] == [
        each.name for each in targets.judge({}, candidates(**SENDER))
    ]
