import pytest

from tests.bench import targets
from tests.bench.figures import Round, summary


def candidates(**rates):
    """Candidates that do so many a second."""
    return {name: summary(name, [Round(int(rate), 1.0, 1.0, 1.0)]) for name, rate in rates.items()}


API = {targets.NOOP: 1000, targets.PLAIN: 90, targets.OURS: 600}
SENDER = {targets.CELERY: 100, targets.OURS: 500}


def test_ratios_are_those_of_ours_to_the_others():
    """Six hundred against ninety, a thousand and, in the other room, five hundred against a hundred."""
    found = targets.judge(candidates(**API), candidates(**SENDER))

    assert [pytest.approx(6.67, abs=0.01), 0.6, 5.0] == [target.figure for target in found]
    assert all(target.met for target in found)


@pytest.mark.parametrize(
    ("api", "sender", "missed"),
    [
        ({**API, targets.PLAIN: 101}, SENDER, "API, times the plain boto3 route"),
        ({**API, targets.NOOP: 1100}, SENDER, "API, share of the no-op route"),
        (API, {**SENDER, targets.OURS: 499}, "sender, times Celery"),
    ],
)
def test_a_little_less_is_missed(api, sender, missed):
    """Each target for itself."""
    found = targets.judge(candidates(**api), candidates(**sender))

    assert [missed] == [target.name for target in found if not target.met]


def test_what_was_not_measured_is_not_judged():
    """A run of one part has that part's targets."""
    assert [] == targets.judge({}, {})
    assert ["sender, times Celery"] == [each.name for each in targets.judge({}, candidates(**SENDER))]
