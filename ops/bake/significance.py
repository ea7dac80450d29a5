"""Tests of a canary against the stable version; each takes arrays as well as numbers.

Failures are compared by Fisher's exact test. It holds its level at every rate and every number of
requests, however few of them fail, and takes less than a millisecond. Boschloo's finds a little more and took
160 seconds for 2,000 requests a side. A posterior probability would need a prior, which decides just where it
matters: where nothing has failed yet.

Latencies are compared by ranks, as Kayenta does (https://netflixtechblog.com/automated-canary-analysis-at-netflix-with-kayenta-3260bc7acc69):
one minute that is far out counts no more than one that is a little out, and nothing has to be normal.
"""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

# It is slower if it is so by a fifth, and by what somebody feels, however sure the ranks are.
_SLOWER_FACTOR = 1.2
# It is harmfully slow if it takes half as long again, and twice what somebody feels longer.
_HARMFUL_FACTOR = 1.5
_HARMFUL_FELT = 2

Floats = NDArray[np.float64]


def more_failures(
    canary_failed: ArrayLike,
    canary_requests: ArrayLike,
    stable_failed: ArrayLike,
    stable_requests: ArrayLike,
    together: int = 1,
) -> Floats:
    """Probability of so many failures of the canary, or more, if both versions were equal.

    Fisher's exact test, one-sided: of all that failed, how much would chance give to the canary's requests.

    What comes together and shares one fate is dealt in lots: of the canary's as few have failed as can
    have, of the stable version's as many.

    Args:
        canary_failed: The canary's failures.
        canary_requests: All of the canary's.
        stable_failed: The stable version's failures.
        stable_requests: All of the stable version's.
        together: The most that may come together.
    """
    failed = np.floor_divide(canary_failed, together)
    others_failed, requests, others = (
        -np.floor_divide(np.negative(one), together)
        for one in (stable_failed, canary_requests, stable_requests)
    )
    p: Floats = np.asarray(
        stats.hypergeom.sf(failed - 1, requests + others, failed + others_failed, requests)
    )
    return p


def rate_bounds(failed: ArrayLike, requests: ArrayLike, level: float) -> tuple[Floats, Floats]:
    """Exact bounds of a failure rate (Clopper and Pearson), each missed with a probability of `level`."""
    failed, requests = np.asarray(failed, dtype=float), np.asarray(requests, dtype=float)
    with np.errstate(invalid="ignore"):
        low = np.where(failed > 0, stats.beta.ppf(level, failed, requests - failed + 1), 0.0)
        high = np.where(failed < requests, stats.beta.ppf(1 - level, failed + 1, requests - failed), 1.0)
    return low, high


def most_excess(
    canary_failed: ArrayLike,
    canary_requests: ArrayLike,
    stable_failed: ArrayLike,
    stable_requests: ArrayLike,
    level: float,
) -> Floats:
    """Upper bound of the canary's failure rate less the stable one's, missed with a probability of `level`.

    Newcombe's bound of a difference (Statistics in Medicine 17, 1998, page 873, method 10), but of exact
    bounds of both rates instead of Wilson's: it is a little too high, so that nothing passes too early.
    """
    canary = np.divide(canary_failed, canary_requests)
    stable = np.divide(stable_failed, stable_requests)
    high = rate_bounds(canary_failed, canary_requests, level)[1] - canary
    low = stable - rate_bounds(stable_failed, stable_requests, level)[0]
    bound: Floats = canary - stable + np.hypot(high, low)
    return bound


def slower(canary: ArrayLike, stable: ArrayLike) -> Floats:
    """Probability of ranks of the canary's latencies so high, or higher, if both versions were equal.

    Mann and Whitney's test, one-sided, along the last axis; exact for up to eight latencies without ties.
    """
    return _ranks(canary, stable, "greater")


def is_noticeably_slower(canary: ArrayLike, stable: ArrayLike, felt_seconds: float) -> NDArray[np.bool_]:
    """Whether the canary's median latency is above the stable version's by more than nobody feels.

    Args:
        canary: Seconds.
        stable: Seconds.
        felt_seconds: What is less is no difference, whatever part it is of.
    """
    mine, others = (np.median(np.asarray(one), axis=-1) for one in (canary, stable))
    noticeable: NDArray[np.bool_] = mine >= np.maximum(others * _SLOWER_FACTOR, others + felt_seconds)
    return noticeable


def harmfully_slow(canary: ArrayLike, stable: ArrayLike, felt_seconds: float) -> Floats:
    """Probability of ranks of the canary's latencies so low, or lower, if it were just harmfully slow.

    Args:
        canary: Seconds.
        stable: Seconds.
        felt_seconds: What is less than twice this is no harm, whatever part it is of.
    """
    others = np.asarray(stable)
    harmful = np.maximum(others * _HARMFUL_FACTOR, others + _HARMFUL_FELT * felt_seconds)
    return _ranks(canary, harmful, "less")


def _ranks(canary: ArrayLike, stable: ArrayLike, alternative: str) -> Floats:
    found: Any = stats.mannwhitneyu(canary, stable, alternative=alternative, axis=-1)
    p: Floats = np.asarray(found.pvalue)
    return p
