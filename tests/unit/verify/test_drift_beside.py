"""Looks for drift beside something else."""

import pytest

from tests.waiting import eventually
from verify.drift_beside import looking
from verify.errors import LoadError

CLEAN = {"findings": [], "failed": []}
DRIFTED = {
    "findings": [{"resource": "aws_lb.this", "attribute": "rule[7]", "actual": "forward"}],
    "failed": [],
}
UNTOLD = {"findings": [], "failed": [{"source": "state", "reason": "it changes"}]}


def test_it_looks_again_and_again_until_the_block_ends():
    """Each look is kept, with what it found."""
    answers = iter([CLEAN, DRIFTED, UNTOLD])
    with looking(lambda: next(answers, CLEAN)) as beside:
        assert eventually(lambda: len(beside.looks) > 3)

    first, second, third, *_ = beside.looks
    assert first.is_clean
    assert ("aws_lb.this rule[7]: forward",) == second.differs
    assert ("state could not be told: it changes",) == third.untold
    assert len(beside.looks) - 2 == beside.clean
    assert first.began_at <= first.ended_at <= second.began_at
    assert not beside.goes_on


def test_a_look_without_an_answer_ends_it_with_its_error():
    """Whoever waits for looks is not kept waiting."""

    def ask():
        raise LoadError("ops gave no answer")

    with pytest.raises(LoadError, match="ops gave no answer"), looking(ask) as beside:
        assert eventually(lambda: not beside.goes_on)
