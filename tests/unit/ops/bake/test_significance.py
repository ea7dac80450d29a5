import numpy as np
import pytest
from scipy import stats

from ops.bake.significance import (
    harmfully_slow,
    is_noticeably_slower,
    more_failures,
    most_excess,
    rate_bounds,
    slower,
)
from ops.bake.work import HARMFUL_EXCESS

SCATTERED = np.array([0.020, 0.021, 0.019, 0.022, 0.018, 0.023, 0.0195, 0.0205])


@pytest.mark.parametrize("table", [(3, 50, 1, 450), (0, 50, 4, 450), (5, 5, 0, 45), (12, 500, 5, 500)])
def test_failures_are_compared_by_fishers_test(table):
    """Its probability is that of the table and of all that are worse for the canary."""
    failed, requests, stable_failed, stable_requests = table
    cells = [[failed, requests - failed], [stable_failed, stable_requests - stable_failed]]

    assert pytest.approx(stats.fisher_exact(cells, alternative="greater").pvalue) == more_failures(*table)


@pytest.mark.parametrize(("failed", "requests"), [(0, 20), (1, 20), (7, 500), (20, 20)])
def test_bounds_of_a_rate_are_exact(failed, requests):
    """Also where nothing failed, or everything."""
    interval = stats.binomtest(failed, requests).proportion_ci(confidence_level=0.95, method="exact")

    assert (pytest.approx(interval.low), pytest.approx(interval.high)) == rate_bounds(failed, requests, 0.025)


def test_without_a_failure_harm_is_ruled_out_by_598_requests():
    """With a harmful rate so many go well less than once in twenty times: 0.995 to the power of 598."""
    assert most_excess(0, 597, 0, 6000, 0.05) > HARMFUL_EXCESS
    assert most_excess(0, 598, 0, 6000, 0.05) <= HARMFUL_EXCESS


def test_what_is_not_known_of_the_stable_version_counts_as_well():
    """A stable version of which few requests are known may be better than it looks."""
    assert most_excess(6, 600, 60, 6000, 0.05) < most_excess(6, 600, 6, 600, 0.05)


def test_numbers_and_arrays_give_the_same():
    """A simulation tests what is used."""
    failed = np.array([3, 4])

    assert [more_failures(3, 50, 2, 60), more_failures(4, 50, 2, 60)] == list(
        more_failures(failed, 50, 2, 60)
    )
    assert [most_excess(3, 50, 2, 60, 0.05), most_excess(4, 50, 2, 60, 0.05)] == list(
        most_excess(failed, 50, 2, 60, 0.05)
    )
    assert [slower(SCATTERED + 0.001, SCATTERED)] * 2 == list(
        slower(np.array([SCATTERED + 0.001] * 2), np.array([SCATTERED] * 2))
    )


@pytest.mark.parametrize(
    ("table", "lots"),
    [
        ((40, 200, 10, 400), (4, 20, 1, 40)),
        ((49, 195, 11, 391), (4, 20, 2, 40)),
        ((9, 9, 0, 9), (0, 1, 0, 1)),
    ],
)
def test_what_comes_together_counts_as_one(table, lots):
    """As few of the canary's lots as can have failed, and as many of the stable version's."""
    assert more_failures(*lots) == more_failures(*table, together=10)


def test_a_minute_that_is_far_out_counts_no_more_than_one_that_is_a_little_out():
    """Ranks are compared, and a pause of two seconds is one rank."""
    little, far = SCATTERED.copy(), SCATTERED.copy()
    little[3], far[3] = 0.024, 2.0

    assert slower(little, SCATTERED) == slower(far, SCATTERED)


def test_equal_latencies_without_any_scatter_are_no_worse():
    """A load balancer's latencies of whole milliseconds may all be the same."""
    assert 1.0 == slower([0.0125] * 8, [0.0125] * 8)
    assert harmfully_slow([0.0125] * 8, [0.0125] * 8, 0.005) < 0.05


@pytest.mark.parametrize(
    ("canary", "stable", "expected"),
    [
        (0.1199, 0.100, False),
        (0.1201, 0.100, True),
        (0.0049, 0.001, False),
        (0.0061, 0.001, True),
    ],
)
def test_slower_is_what_somebody_may_feel(canary, stable, expected):
    """A fifth more, and five milliseconds more of a request."""
    assert expected == is_noticeably_slower([canary] * 3, [stable] * 3, 0.005)


@pytest.mark.parametrize(
    ("canary", "stable", "expected"),
    [
        (0.149, 0.100, True),
        (0.151, 0.100, False),
        (0.0109, 0.001, True),
        (0.0111, 0.001, False),
    ],
)
def test_harm_is_half_as_long_again(canary, stable, expected):
    """And ten milliseconds more."""
    assert expected == (harmfully_slow([canary] * 8, [stable] * 8, 0.005) <= 0.05)
