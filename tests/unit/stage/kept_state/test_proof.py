"""Proof of what was restored, with a stand-in for Terraform."""

import threading

import pytest

from stage.errors import StageError
from stage.kept_state.proof import Proof
from tests.waiting import SOON


class Terraform:
    """Plans when it is let, and finds what it is told."""

    def __init__(self, changes=(), error=None):
        self.changes, self.error = list(changes), error
        self.let = threading.Event()

    def init(self):
        pass

    def plan_changes(self):
        assert self.let.wait(SOON)
        if self.error is not None:
            raise self.error
        return self.changes

    def kill(self):
        self.error = StageError("killed")
        self.let.set()


@pytest.mark.parametrize(
    ("terraform", "holds", "told"),
    [
        (Terraform(), True, "a plan is empty: it is what is declared"),
        (
            Terraform(["aws_a.x", "aws_b.y"]),
            False,
            "what was restored is not what is declared: a plan changes ",
        ),
        (Terraform(error=StageError("no provider")), False, "no provider"),
    ],
)
def test_it_holds_once_an_empty_plan_is_made(terraform, holds, told):
    """Not before, and whoever asks to be told is."""
    refuted, said = [], []
    proof = Proof(terraform, lambda: refuted.append(True))
    heard = threading.Event()
    proof.start()
    proof.when_done(lambda text: (said.append((text, proof.holds)), heard.set()))
    assert not proof.holds

    terraform.let.set()
    assert heard.wait(SOON)
    proof.close()

    assert bool(terraform.changes) == bool(refuted)
    ((text, held),) = said
    assert text.startswith(told)
    assert (holds, holds) == (held, proof.holds)


def test_nobody_is_told_after_its_end():
    """What is given up holds nothing, and no thread goes on."""
    terraform, said = Terraform(), []
    proof = Proof(terraform, said.append)
    proof.start()
    proof.when_done(said.append)

    proof.close()

    assert (False, []) == (proof.holds, said)
    assert [] == [one for one in threading.enumerate() if one.name.startswith("proof")]
