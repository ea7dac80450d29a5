import pytest

from tests.bench.figures import Round, milliseconds, percentile, summary


@pytest.mark.parametrize(("percent", "expected"), [(50, 5), (99, 10), (100, 10), (10, 1), (11, 2)])
def test_percentiles_are_values_that_were_measured(percent, expected):
    """Nothing is made up between two of them."""
    assert expected == percentile([10, 9, 8, 7, 6, 5, 4, 3, 2, 1], percent)


def test_of_nothing_there_is_no_percentile():
    """It would look as if something had been measured."""
    with pytest.raises(ValueError, match="nothing was measured"):
        percentile([], 50)


def test_times_are_told_in_milliseconds():
    """Measured in seconds."""
    assert (20.0, 30.0) == milliseconds([0.03, 0.01, 0.02])


def test_a_rate_is_per_second_of_cpu():
    """A thousand in a quarter of a second."""
    done = Round(count=1000, cpu_seconds=0.25, p50=1.0, p99=2.0)

    assert (4000.0, 250.0) == (done.per_vcpu, done.cpu_micros)


def test_one_disturbed_round_does_not_show():
    """The median is told, and the spread beside it."""
    rounds = [Round(100, cpu, p50, 9.0) for cpu, p50 in ((0.1, 1.0), (0.2, 2.0), (5.0, 50.0))]
    told = summary("ours", rounds)

    assert (500.0, 20.0, 1000.0) == (told.per_vcpu, told.lowest, told.highest)
    assert (2000.0, 2.0, 9.0) == (told.cpu_micros, told.p50, told.p99)
