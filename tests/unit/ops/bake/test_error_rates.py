"""How often a bake is wrong: exactly where that can be counted, by simulation with seeds where it cannot."""

import numpy as np
import pytest
from scipy import stats

from ops.bake.compare import MIN_LATENCY_REQUESTS, MISSED_HARM
from ops.bake.evidence import Evidence, Latency, Minute, Side
from ops.bake.judge import FALSE_ALARMS, LAST, Look, Verdict, judge
from ops.bake.significance import is_noticeably_slower, more_failures, most_excess, slower
from ops.bake.work import HARMFUL_EXCESS, MAILS, REQUESTS
from tests.unit.ops.bake.figures import MINUTE, NOON

LOOKS = 10
EARLY = Look(LOOKS - 1)
BAKES = 3000
FAILED_REQUESTS, FAILED_MAILS, REFUSED_MAILS = REQUESTS.measures + MAILS.measures


def outcomes(canary_requests, stable_requests, canary_rate, stable_rate):
    """Every outcome that is not out of the question: failures of both sides, and their probability."""
    sides = []
    for requests, rate in ((canary_requests, canary_rate), (stable_requests, stable_rate)):
        low, high = stats.binom.ppf([1e-9, 1 - 1e-9], requests, rate).astype(int)
        failed = np.arange(low, high + 1)
        sides.append((failed, stats.binom.pmf(failed, requests, rate)))
    (canary, canary_p), (stable, stable_p) = sides
    return canary[:, None], stable[None, :], canary_p[:, None] * stable_p[None, :]


@pytest.mark.parametrize("rate", [0.0005, 0.01])
@pytest.mark.parametrize("requests", [(5000, 5000), (500, 4500), (60, 540)], ids=str)
def test_equal_versions_seldom_fail_by_their_failures(requests, rate):
    """Counted over every outcome, at any rate and however little the canary gets."""
    canary, stable, p = outcomes(*requests, rate, rate)
    for measure in (FAILED_REQUESTS, FAILED_MAILS):
        level = LAST.level * measure.part
        failed = more_failures(canary, requests[0], stable, requests[1]) <= level

        assert p[failed].sum() <= level


@pytest.mark.parametrize(
    ("measure", "number"), [(FAILED_REQUESTS, 5000), (FAILED_MAILS, 7700)], ids=["requests", "mails"]
)
def test_a_doubled_error_rate_is_found(measure, number):
    """Two percent instead of one, at 5,000 requests or 7,700 mails a side, counted over every outcome."""
    canary, stable, p = outcomes(number, number, 0.02, 0.01)
    found = more_failures(canary, number, stable, number) <= LAST.level * measure.part

    assert 0.95 <= p[found].sum() <= 0.96


@pytest.mark.parametrize("together", [1, REFUSED_MAILS.together])
def test_refusals_that_come_together_are_no_canarys_fault(together):
    """Whole receives of mails to a list of old addresses, which chance gives to one version or the other."""
    chance = np.random.default_rng(6)
    sizes = chance.integers(1, REFUSED_MAILS.together + 1, (BAKES, 400))
    to_canary, refused = chance.random((2, *sizes.shape)) < [[[0.3]], [[0.05]]]
    canary, stable = ((sizes * (refused & side)).sum(axis=1) for side in (to_canary, ~to_canary))
    requests = [(sizes * side).sum(axis=1) for side in (to_canary, ~to_canary)]
    false = (more_failures(canary, requests[0], stable, requests[1], together) <= 0.01).mean()

    assert (together == REFUSED_MAILS.together) == (false <= 0.01), false


@pytest.mark.parametrize("rate", [0.0, 0.001, 0.01, 0.03])
@pytest.mark.parametrize("requests", [(598, 5400), (1000, 1000), (5000, 5000), (5000, 45000)], ids=str)
def test_a_harmful_canary_seldom_passes(requests, rate):
    """Half a percentage point more failures than the stable version's, counted over every outcome."""
    canary, stable, p = outcomes(*requests, rate + HARMFUL_EXCESS, rate)
    passed = most_excess(canary, requests[0], stable, requests[1], MISSED_HARM) <= HARMFUL_EXCESS

    assert p[passed].sum() <= MISSED_HARM


@pytest.mark.parametrize("rate", [0.0, 0.01, 0.05, 0.2])
@pytest.mark.parametrize(
    ("mails", "harmful"), [((9, 9), 0.3), ((20, 40), 0.3), ((60, 60), 0.1), ((200, 400), 0.02)], ids=str
)
def test_a_canary_that_hurts_more_mails_than_is_tolerated_seldom_passes(mails, harmful, rate):
    """However few they are, counted over every outcome."""
    canary, stable, p = outcomes(*mails, rate + harmful, rate)
    passed = most_excess(canary, mails[0], stable, mails[1], MISSED_HARM) <= harmful

    assert p[passed].sum() <= MISSED_HARM


@pytest.mark.parametrize(
    ("requests", "mails", "seed"),
    [((500, 500), (500, 500), 1), ((50, 450), (200, 400), 2), ((500, 500), (1, 2), 7)],
    ids=str,
)
def test_ten_looks_at_equal_versions_raise_one_false_alarm_in_a_hundred_bakes_at_most(requests, mails, seed):
    """Both services, failures, refusals and latencies together, with minutes that are bad on both sides."""
    chance = np.random.default_rng(seed)
    rate = np.where(chance.random((BAKES, LOOKS)) < 0.05, 0.1, 0.01)

    fails = failing(chance, REQUESTS, requests, (rate, rate)) | failing(chance, MAILS, mails, (rate, rate))

    assert fails.mean() <= FALSE_ALARMS


def test_ten_looks_find_a_doubled_error_rate():
    """Two percent instead of one, at 5,000 requests a side: looking early costs nothing of what is found."""
    assert failing(np.random.default_rng(3), REQUESTS, (500, 500), (0.02, 0.01)).mean() >= 0.95


def failing(chance, work, requests, rates):
    """Which simulated bakes fail, of ten minutes with a look at each.

    Args:
        chance: Generator of random numbers.
        work: What both versions do.
        requests: A minute's, of the canary and of the stable version.
        rates: Their failure rates; each a number, or one for each bake and minute.
    """
    fails = np.zeros(BAKES, dtype=bool)
    for measure in work.measures:
        fails |= failing_by(chance, measure, requests, rates)
    if min(requests) >= MIN_LATENCY_REQUESTS:
        fails |= slower_by(chance, work)
    return fails


def looks():
    """The looks at a bake, by the minutes that there are then."""
    return [(minutes, LAST if minutes == LOOKS else EARLY) for minutes in range(1, LOOKS + 1)]


def failing_by(chance, measure, requests, rates):
    """Which bakes fail by a measure of failures."""
    failed = [
        chance.binomial(one, rate, (BAKES, LOOKS)).cumsum(axis=1)
        for one, rate in zip(requests, rates, strict=True)
    ]
    fails = np.zeros(BAKES, dtype=bool)
    for minutes, look in looks():
        # What many bakes have in common is worked out once.
        both = np.stack([one[:, minutes - 1] for one in failed])
        pairs, places = np.unique(both, axis=1, return_inverse=True)
        canary, stable = (number * minutes for number in requests)
        p = more_failures(pairs[0], canary, pairs[1], stable, measure.together)
        fails |= (p <= look.level * measure.part)[places]
    return fails


def slower_by(chance, work):
    """Which bakes fail by a latency: p50 and p99 scatter on both sides at once, and on each by itself."""
    shared = np.exp(0.3 * chance.standard_normal((2, 1, BAKES, LOOKS)))
    latencies = shared * np.exp(0.3 * chance.standard_normal((2, 2, BAKES, LOOKS)))
    fails = np.zeros(BAKES, dtype=bool)
    for minutes, look in looks():
        level = look.level * work.latency_part
        for canary, stable in latencies[..., :minutes]:
            noticeable = is_noticeably_slower(canary, stable, work.felt_seconds)
            fails |= (slower(canary, stable) <= level) & noticeable
    return fails


def bakes(number, canary_rate, canary_latency, seed):
    """Evidence of so many bakes of ten minutes with 500 requests a minute on either side."""
    chance = np.random.default_rng(seed)
    for _ in range(number):
        sides = []
        for rate, latency in ((canary_rate, canary_latency), (0.01, 0.02)):
            failed = chance.binomial(500, rate, LOOKS).tolist()
            p50, p99 = (
                np.exp(0.1 * chance.standard_normal((2, LOOKS))) * [[latency], [5 * latency]]
            ).tolist()
            times = [NOON + number * MINUTE for number in range(LOOKS)]
            sides.append(
                Side(
                    [Minute(time, 500, one) for time, one in zip(times, failed, strict=True)],
                    [Latency(time, 500, *one) for time, *one in zip(times, p50, p99, strict=True)],
                )
            )
        yield Evidence("notification-api", *sides)


def until(evidence, minutes):
    """The evidence as it was after so many minutes."""
    sides = (
        Side(one.minutes[:minutes], one.latencies[:minutes]) for one in (evidence.canary, evidence.stable)
    )
    return Evidence(evidence.service, *sides)


def baked(evidence):
    """The verdict of a bake that is looked at each minute, and the minutes that it took."""
    for minutes in range(1, LOOKS):
        if judge(until(evidence, minutes), EARLY).verdict is Verdict.FAIL:
            return Verdict.FAIL, minutes
    return judge(evidence).verdict, LOOKS


def test_bakes_of_an_equal_version_hardly_ever_fail_and_mostly_pass():
    """One percent of the requests fails on both sides, which leaves a few bakes open."""
    verdicts = [baked(one)[0] for one in bakes(20, 0.01, 0.02, seed=3)]

    assert 0 == verdicts.count(Verdict.FAIL)
    assert verdicts.count(Verdict.PASS) >= 12


@pytest.mark.parametrize(("rate", "latency"), [(0.02, 0.02), (0.01, 0.03)], ids=["failures", "latency"])
def test_bakes_of_a_worse_version_mostly_fail_and_never_pass(rate, latency):
    """Twice as many failures, or half as long again."""
    verdicts = [baked(one)[0] for one in bakes(20, rate, latency, seed=4)]

    assert verdicts.count(Verdict.FAIL) >= 18
    assert 0 == verdicts.count(Verdict.PASS)


def test_bakes_of_a_version_that_is_worse_past_doubt_end_early():
    """Five times as many failures are found in the first minutes."""
    for verdict, minutes in map(baked, bakes(10, 0.05, 0.02, seed=5)):
        assert Verdict.FAIL == verdict
        assert minutes <= 5
