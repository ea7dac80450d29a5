import random
from dataclasses import replace

import pytest

from tests.unit.verify import runs
from verify.record import Request
from verify.verdict import noisy_client as rules

ALL = (rules.noisy_client_limited, rules.only_noisy_client_limited, rules.others_unaffected)
# Four rounds of ten seconds of silence and ten of noise.
BURSTS = tuple(
    (runs.real(5) + 20.0 * number + 10.0, runs.real(5) + 20.0 * number + 20.0) for number in range(4)
)
NOISE, LIMIT = 25.0, 0.25


def noisy_run(slower=1.0, seed=1):
    """A correct run; in the noise others wait `slower` times as long."""
    draw = random.Random(seed)  # noqa: S311 - nothing here is secret
    base = runs.lost_task_run()
    requests = []
    for number in range(2000):
        at = runs.real(5) + number / 20
        wait = draw.lognormvariate(-4.2, 0.35)
        loud = any(start <= at <= end for start, end in BURSTS)
        requests.append(Request(at, at + wait * (slower if loud else 1.0), 202, f"n-{number}", client="load"))
    for start, end in BURSTS:
        count = round((end - start) * NOISE)
        for number in range(count):
            at = start + number / NOISE
            free = number % (count // 5) == 0
            answer = {"status": 202, "id": f"m-{at}"} if free else {"status": 429, "retry_after": "4"}
            requests.append(Request(at, at + 0.004, client="limited", **answer))
    return replace(
        base,
        requests=tuple(requests),
        bursts=BURSTS,
        burst_rate=NOISE,
        limited_rate=LIMIT,
        baseline=(runs.real(5), BURSTS[0][0]),
    )


def failed(run):
    """Names of the rules that the run breaks."""
    return {check.name for check in (rule(run) for rule in ALL) if check.outcome != "pass"}


def changed(run, which, **changes):
    """The run, with some of its requests changed."""
    return replace(
        run, requests=tuple(replace(one, **changes) if which(one) else one for one in run.requests)
    )


@pytest.mark.parametrize("seed", range(20))
def test_a_correct_run_passes_whatever_chance_does(seed):
    """Waits scatter by a third; the verdict does not."""
    assert set() == failed(noisy_run(seed=seed))


@pytest.mark.parametrize("seed", range(5))
def test_others_who_wait_longer_fail(seed):
    """A quarter is more than a tenth, and more than chance."""
    assert {"others_unaffected"} == failed(noisy_run(slower=1.35, seed=seed))


def test_a_few_very_slow_answers_do_not_move_a_median():
    """One garbage collection is nobody's noise."""
    run = noisy_run()
    slow = changed(run, lambda one: one.id in {"n-250", "n-650"}, finished_at=runs.real(6) + 60.0)

    assert set() == failed(slow)


def test_too_few_requests_say_nothing():
    """A pass needs something to compare."""
    run = noisy_run()
    few = [one for one in run.requests if one.client == "limited"] + list(run.requests[:50])

    assert "others_unaffected" in failed(replace(run, requests=tuple(few)))


def test_another_client_that_is_refused_fails():
    """Whatever the status."""
    run = noisy_run()
    for status in (429, 503):
        refused = changed(run, lambda one: one.id == "n-250", status=status, id="")
        assert {"only_noisy_client_limited"} == failed(refused)


def test_a_noisy_client_that_is_told_something_else_fails():
    """A 503 would mean that the noise got as far as the queue."""
    run = noisy_run()
    first = next(one for one in run.requests if one.status == 429)

    assert "only_noisy_client_limited" in failed(changed(run, lambda one: one == first, status=503))


def test_a_noise_that_was_none_fails():
    """Then nothing was shown."""
    run = noisy_run()
    quiet = [one for number, one in enumerate(run.requests) if one.client == "load" or number % 2]

    assert "noisy_client_limited" in failed(replace(run, requests=tuple(quiet)))


def test_a_limit_that_is_not_kept_fails():
    """Fifty times its rate gets through."""
    run = noisy_run()
    loud = changed(
        run, lambda one: one.client == "limited" and int(one.started_at * 25) % 3 == 0, status=202, id="m"
    )

    assert "noisy_client_limited" in failed(loud)


def test_a_429_that_does_not_say_when_fails():
    """A client that knows nothing comes again at once."""
    assert {"noisy_client_limited"} == failed(
        changed(noisy_run(), lambda one: one.status == 429, retry_after="")
    )
