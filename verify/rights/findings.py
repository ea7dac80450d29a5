"""Findings on rights, as sentences."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from verify.rights.judge import Refusal, Rights, RoleRights
from verify.rights.reasons import name_of
from verify.rights.words import by_pattern, named
from verify.verdict.check import Basis, Check, judged


@dataclass(frozen=True)
class Finding:
    """A finding.

    Attributes:
        kind: "unused", "refused" or "reason".
        about: Name of the role, or place of the reason.
        sentence: What is wrong.
    """

    kind: str
    about: str
    sentence: str


def findings(rights: Rights) -> Sequence[Finding]:
    """Everything that keeps rights from being enough, and no more than that."""
    return [
        *(one for role in rights.roles for one in _unused(role)),
        *(_refused(one) for one in rights.refused if one.reason is None),
        *(
            Finding("reason", one.place, f"nobody grants {one.role} {one.action or one.resource}")
            for one in rights.idle
        ),
        *(
            Finding("reason", one.place, f"{one.action or one.resource} is used by all of {one.role}")
            for one in rights.stale
        ),
        *(Finding("reason", one.place, f"nothing refused {one.role} {one.action}") for one in rights.unmet),
    ]


def checks(rights: Rights) -> list[Check]:
    """The findings as checks, which a report shows like a scenario's."""
    told = {
        kind: [f"{one.about}: {one.sentence}" for one in findings(rights) if one.kind == kind]
        for kind in ("unused", "refused", "reason")
    }
    used, unused, excused = (
        sum(len(getattr(role, name)) for role in rights.roles) for name in ("used", "unused", "excused")
    )
    return [
        judged(
            "rights_used",
            "something uses each right, or a reason says why it is there",
            f"{used} of {used + unused + excused} used, {excused} with a reason",
            told["unused"],
            basis=Basis.CONFIGURATION,
        ),
        judged(
            "nothing_refused",
            "no call is refused but those that are meant to be",
            f"calls refused: {sum(one.decision.count for one in rights.refused)}",
            told["refused"],
            basis=Basis.DECISIONS,
        ),
        judged(
            "reasons_hold",
            "each reason is for something that is as it says",
            f"reasons for nothing: {len(told['reason'])}",
            told["reason"],
            basis=Basis.CONFIGURATION,
        ),
    ]


def _unused(role: RoleRights) -> Iterator[Finding]:
    about = name_of(role.arn)
    for (statement, pattern), actions in by_pattern(role.unused).items():
        of = f" of {pattern}" if pattern else ""
        them = "it" if actions == actions[:1] else "them"
        yield Finding("unused", about, f"{statement} grants {named(actions)}{of}, and nothing used {them}")
    for right in role.unused:
        if right.resource:
            sentence = f"{right.statement} is about {right.resource}, and nothing was done there"
            yield Finding("unused", about, sentence)


def _refused(refusal: Refusal) -> Finding:
    decision = refusal.decision
    times = "" if decision.count == 1 else f" ({decision.count} times)"
    return Finding("refused", name_of(decision.principal), f"{decision.message}{times}")
