import pytest

from shared.sqs.arrivals import Arrivals


def noted(*instants, longest=1.0):
    """Arrivals at these instants."""
    arrivals = Arrivals(longest)
    for instant in instants:
        arrivals.note(instant)
    return arrivals


def test_nothing_has_arrived_for_as_long_as_counts():
    """Nobody is expected by whoever has seen nobody."""
    assert 1.0 == noted().mean_gap == noted(5.0).mean_gap


def test_the_gap_of_even_arrivals_is_theirs():
    """After some ten of them."""
    assert noted(*(n * 0.1 for n in range(60))).mean_gap == pytest.approx(0.1, rel=0.05)


def test_a_long_silence_is_soon_forgotten():
    """A night without anything counts as much as a second."""
    arrivals = noted(*(n * 0.1 for n in range(60)), 30_000.0)

    assert arrivals.mean_gap < 0.25
