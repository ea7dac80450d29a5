import statistics

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


def test_of_an_even_number_of_rounds_the_middle_is_between_two():
    """Each figure for itself, be the rounds in whatever order."""
    rounds = [
        Round(100, cpu, p50, p99)
        for cpu, p50, p99 in ((0.5, 4.0, 10.0), (0.1, 8.0, 40.0), (0.25, 2.0, 20.0), (0.2, 6.0, 80.0))
    ]
    told = summary("ours", rounds)

    # 200, 1,000, 400 and 500 a second; 5,000, 1,000, 2,500 and 2,000 microseconds.
    assert ("ours", 450.0, 200.0, 1000.0) == (told.name, told.per_vcpu, told.lowest, told.highest)
    assert (2250.0, 5.0, 30.0) == (told.cpu_micros, told.p50, told.p99)


def test_without_a_round_there_is_no_summary():
    """A candidate that did nothing has no figure."""
    with pytest.raises(statistics.StatisticsError):
        summary("ours", [])


@pytest.mark.parametrize("values", [[7.0], [7.0, 7.0, 7.0]])
def test_a_percentile_of_equal_values_is_that_value(values):
    """Also of one alone, and of a hundredth of it."""
    assert {7.0} == {percentile(values, percent) for percent in (0, 1, 50, 99, 100)}


@pytest.mark.parametrize(("percent", "expected"), [(1, 2), (50, 100), (99, 198), (100, 200)])
def test_a_percentile_leaves_out_as_many_as_it_says(percent, expected):
    """The worst two of two hundred are not in the 99th."""
    assert expected == percentile(range(200, 0, -1), percent)


def test_the_slowest_are_told_without_the_slowest_hundredth():
    """p50 and p99 of two hundred."""
    assert (100_000.0, 198_000.0) == milliseconds(range(1, 201))
