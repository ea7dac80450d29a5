"""Verdict on a canary, with its reasons; pure.

Of bakes of a version that is equal to the stable one, at most one in a hundred fails, both services
together and however often it is looked at. Probabilities of false alarms add up at worst, so they are
shared out beforehand: nineteen twentieths to the look at the end, one twentieth to all looks before it
together, as Haybittle and Peto did in clinical trials; and within a look to services and measures, as
`work.py` has it. So what is worse past doubt is found at once, and what is a little worse is found at the
end nearly as well as if nobody had looked before. Only the look at the end can pass.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from ops.bake.compare import Compared
from ops.bake.evidence import Evidence
from ops.bake.reasons import alarmed, broken, lacking, praise, troubled, uncertain, worse

FALSE_ALARMS = 0.01
"""Probability at most with which the bake of an equal version fails."""
_EARLY = 0.05


class Verdict(StrEnum):
    """Verdict on a canary; nothing but a pass promotes it."""

    PASS = "pass"  # noqa: S105 - no password
    FAIL = "fail"
    NOT_ENOUGH = "not enough evidence"


@dataclass(frozen=True)
class Look:
    """One of the looks at a bake.

    Attributes:
        early: Looks that the bake has before the one at its end, this being one of them; 0 for that at its
            end, and for the only one.
    """

    early: int = 0

    @property
    def level(self) -> float:
        """Probability of a false alarm over all that is compared."""
        return FALSE_ALARMS * (_EARLY / self.early if self.early else 1 - _EARLY)


LAST = Look()
"""The look at the end of a bake."""


@dataclass(frozen=True)
class Judgement:
    """Verdict on one service's canary.

    Attributes:
        verdict: Pass, fail or not enough evidence.
        reasons: Sentences, each of which names the service.
        compared: What they rest on.
    """

    verdict: Verdict
    reasons: Sequence[str]
    compared: Compared


def judge(evidence: Evidence, look: Look = LAST) -> Judgement:
    """The verdict on a canary.

    Args:
        evidence: Figures of both sides since the bake began.
        look: Which look at the bake this is; a look at the end that is repeated raises more false alarms.
    """
    compared = Compared.of(evidence)
    verdict, reasons = _verdict(evidence, compared, look)
    return Judgement(verdict, [f"{evidence.service}: {reason}" for reason in reasons], compared)


def together(judgements: Sequence[Judgement]) -> Verdict:
    """The verdict on a release candidate: worse if any of its services is, and good if all of them are."""
    verdicts = {judgement.verdict for judgement in judgements}
    if Verdict.FAIL in verdicts:
        return Verdict.FAIL
    return Verdict.PASS if verdicts == {Verdict.PASS} else Verdict.NOT_ENOUGH


def _verdict(evidence: Evidence, compared: Compared, look: Look) -> tuple[Verdict, list[str]]:
    against = [*broken(evidence), *alarmed(evidence), *worse(evidence.work, compared, look.level)]
    if against:
        return Verdict.FAIL, against
    open_ = [*troubled(evidence, compared), *lacking(evidence, compared), *uncertain(evidence, compared)]
    if look.early:
        open_.append("the bake is not over: nothing speaks against the canary so far")
    if open_:
        return Verdict.NOT_ENOUGH, open_
    return Verdict.PASS, [praise(evidence, compared)]
