"""The way of a release, from what is out alone."""

import pytest

from ops.errors import UsageError
from ops.release.out import Canary, Out
from ops.release.steps import WEIGHTS, next_step, next_step_back

OLD, NEW = "1.4.0", "1.5.0"


def way(out, wanted, weights=WEIGHTS):
    """Every step until none is left, as weight, stable tag and whether a bake comes first."""
    steps = []
    while (step := next_step(out, wanted, weights)) is not None:
        out = step.out
        steps.append((out.image_tag, None if out.canary is None else out.canary.weight, step.bake))
    return steps


WHOLE = [
    (OLD, 0, False),
    (OLD, 10, False),
    (OLD, 50, True),
    (NEW, 50, True),
    (NEW, 0, False),
    (NEW, None, False),
]


def test_a_release_goes_from_no_requests_to_all_of_them():
    """A bake comes before more requests and before the promotion, and the candidate leaves without any."""
    assert WHOLE == way(Out(OLD), NEW)


@pytest.mark.parametrize("done", range(len(WHOLE) + 1))
def test_a_release_that_was_interrupted_goes_on_from_where_it_is(done):
    """After any number of steps the rest is the same; a bake that was not finished is made again."""
    out = Out(OLD)
    for _ in range(done):
        out = next_step(out, NEW).out

    assert WHOLE[done:] == way(out, NEW)


def test_a_version_that_is_out_needs_nothing():
    """Asked for once more, a release is done."""
    assert None is next_step(Out(NEW), NEW)


@pytest.mark.parametrize("weight", [1, 10, 25, 49])
def test_a_weight_that_a_person_has_set_is_gone_on_from(weight):
    """Never to a lower one."""
    step = next_step(Out(OLD, Canary(NEW, weight)), NEW)

    assert step.bake
    assert step.out.canary.weight > weight


def test_a_candidate_keeps_its_tasks_on_the_way():
    """As many as whoever began has given it."""
    out = Out(OLD, Canary(NEW, 0, sender_tasks=3))
    while (step := next_step(out, NEW)) and step.out.canary:
        out = step.out
        assert 3 == out.canary.sender_tasks


@pytest.mark.parametrize("out", [Out(OLD, Canary("1.6.0", 10)), Out(NEW, Canary("1.6.0", 0))])
def test_two_releases_at_once_are_refused(out):
    """In words that say how to go on."""
    with pytest.raises(UsageError, match=r"1\.6\.0 is under way .* --abort"):
        next_step(out, NEW)


@pytest.mark.parametrize(
    ("out", "back"),
    [
        (Out(OLD, Canary(NEW, 50)), [(OLD, 0), (OLD, None)]),
        (Out(OLD, Canary(NEW, 0)), [(OLD, None)]),
        (Out(OLD), []),
    ],
)
def test_the_way_back_takes_requests_away_first(out, back):
    """And leaves the stable version as it is."""
    steps = []
    while (step := next_step_back(out)) is not None:
        out = step.out
        steps.append((out.image_tag, None if out.canary is None else out.canary.weight))
        assert not step.bake

    assert back == steps
