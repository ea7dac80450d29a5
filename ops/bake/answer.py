"""Answer of `bake`: the verdict, and the figures that it rests on."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Self

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from ops.bake.compare import Failures, Slowness
from ops.bake.enough import Further, further
from ops.bake.evidence import Evidence, Figures, Side
from ops.bake.judge import Judgement, Look, Verdict, judge, together
from ops.bake.reasons import milliseconds, probability
from ops.exit_status import ExitStatus
from ops.markdown import inline, plain, table

_STATUS = {
    Verdict.PASS: ExitStatus.DONE,
    Verdict.FAIL: ExitStatus.FOUND,
    Verdict.NOT_ENOUGH: ExitStatus.NOT_ENOUGH,
}
_STYLES = {Verdict.PASS: "bold green", Verdict.FAIL: "bold red", Verdict.NOT_ENOUGH: "bold yellow"}
_COLUMNS = ("canary", "stable", "test")

Row = tuple[str, str, str, str]


@dataclass(frozen=True)
class Part:
    """Verdict on one service's canary with its evidence.

    Attributes:
        evidence: Figures of both sides.
        judgement: What they say.
        further: What is lacking; None if nothing is or nobody can tell.
    """

    evidence: Evidence
    judgement: Judgement
    further: Further | None

    @classmethod
    def of(cls, evidence: Evidence, look: Look) -> Self:
        """Judge."""
        judgement = judge(evidence, look)
        lacks = judgement.verdict is Verdict.NOT_ENOUGH
        return cls(evidence, judgement, further(evidence) if lacks else None)

    def reasons(self) -> Iterator[str]:
        """Reasons of the judgement, and how much more it would take."""
        yield from self.judgement.reasons
        if self.further is not None:
            minutes = self.further.minutes
            time = "never" if minutes is None else f"{minutes:,} minutes"
            yield (
                f"{self.evidence.service}: about {self.further.requests:,} more {self.evidence.work.many}"
                f" of the canary would tell: {time} at the present rate"
            )

    def data(self) -> Mapping[str, Any]:
        """All figures: seconds, failures a request or mail, probabilities."""
        return {
            "verdict": str(self.judgement.verdict),
            "reasons": list(self.judgement.reasons),
            "canary": _side(self.evidence.canary),
            "stable": _side(self.evidence.stable),
            "failures": {one.measure.name: _failures(one) for one in self.judgement.compared.failures},
            "latency": [self._latency(one) for one in self.judgement.compared.slowness],
            "further": None if self.further is None else asdict(self.further),
        }

    @property
    def header(self) -> Row:
        """Heads of the columns: the service, with the verdict on it."""
        return f"{self.evidence.service}: {self.judgement.verdict}", *_COLUMNS

    def rows(self) -> Iterator[Row]:
        """Measures of both sides, each with the test that compares them."""
        failures = self.judgement.compared.failures
        for counts in [one.counts for one in failures[:1]]:
            yield self.evidence.work.many, f"{counts.canary_requests:,}", f"{counts.stable_requests:,}", ""
        for one in failures:
            yield (
                one.measure.name,
                _rate(one.counts.canary_failed, one.counts.canary_requests, one.canary_bounds),
                _rate(one.counts.stable_failed, one.counts.stable_requests, one.stable_bounds),
                f"{probability(one.p)} if equal, at most {100 * one.max_excess:.2g} points more",
            )
        for slow in self.judgement.compared.slowness:
            yield (
                f"{slow.name}, median of {len(slow.canary)} periods of {self.evidence.latency_minutes} min",
                milliseconds(slow.canary_median),
                milliseconds(slow.stable_median),
                f"{probability(slow.p)} if equal, {probability(slow.p_harmful)} if harmful",
            )
        canary, stable = (
            ", ".join(one.alarms) or "none" for one in (self.evidence.canary, self.evidence.stable)
        )
        yield "alarms", canary, stable, ""

    def _latency(self, one: Slowness) -> dict[str, Any]:
        return {
            "name": one.name,
            "count": len(one.canary),
            "minutes": self.evidence.latency_minutes,
            "canary": one.canary_median,
            "stable": one.stable_median,
            "p": one.p,
            "p_harmful": one.p_harmful,
        }


@dataclass(frozen=True)
class Baked:
    """Verdict on a release candidate: of each of its services, and of all together.

    Attributes:
        parts: Of each service that has a canary.
        without_canary: Names of services of which no canary is known.
    """

    parts: Sequence[Part]
    without_canary: Sequence[str] = ()

    @classmethod
    def of(cls, figures: Figures, early: int = 0) -> Self:
        """Judge.

        Args:
            figures: Of both sides of each service.
            early: Looks before the end of the bake, this being one of them; 0 for that at its end.
        """
        return cls([Part.of(one, Look(early)) for one in figures.evidence], figures.without_canary)

    @property
    def verdict(self) -> Verdict:
        """The verdict on all services."""
        return together([part.judgement for part in self.parts])

    @property
    def reasons(self) -> list[str]:
        """Reasons that bear on the verdict, each a sentence that names its service."""
        return [reason for part in self._deciding for reason in part.judgement.reasons] + self._unknown

    @property
    def alarmed(self) -> bool:
        """Whether an alarm of a canary is on, and none of its stable service."""
        sides = [(part.evidence.canary, part.evidence.stable) for part in self.parts]
        return any(canary.alarms and not stable.alarms for canary, stable in sides)

    @property
    def status(self) -> ExitStatus:
        """How the command ends: nothing but a pass promotes."""
        return _STATUS[self.verdict]

    def data(self) -> Mapping[str, Any]:
        """All figures, by services."""
        return {
            "verdict": str(self.verdict),
            "reasons": self.reasons,
            "services": {part.evidence.service: part.data() for part in self.parts},
            "without_canary": list(self.without_canary),
        }

    def markdown(self) -> str:
        """Verdict, reasons and a table of each service."""
        lines = [f"**{str(self.verdict).capitalize()}**", "", *(f"- {plain(one)}" for one in self._told())]
        for part in self.parts:
            rows = (tuple(map(inline, row)) for row in part.rows())
            lines += ["", *table(tuple(map(inline, part.header)), rows)]
        return "\n".join(lines)

    def drawn(self) -> RenderableType:
        """Verdict, reasons and a table of each service."""
        drawn: list[RenderableType] = [
            Text(self.verdict.upper(), style=_STYLES[self.verdict]),
            *(Text(f"  {reason}") for reason in self._told()),
        ]
        for part in self.parts:
            shown = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
            for name in part.header:
                shown.add_column(name)
            for row in part.rows():
                shown.add_row(*map(Text, row))
            drawn += [Text(), shown]
        return Group(*drawn)

    @property
    def _deciding(self) -> list[Part]:
        """Parts that have the verdict of all: a worse candidate is no better for its other service."""
        return [part for part in self.parts if part.judgement.verdict is self.verdict]

    @property
    def _unknown(self) -> list[str]:
        return [f"{name}: no canary of it is known, so it is not compared" for name in self.without_canary]

    def _told(self) -> list[str]:
        return [reason for part in self._deciding for reason in part.reasons()] + self._unknown


def _side(side: Side) -> dict[str, Any]:
    return {
        "requests": side.requests,
        "failed": sum(minute.failed for minute in side.minutes),
        "minutes": len(side.minutes),
        "refused": sum(minute.refused for minute in side.minutes),
        "minutes_without_tasks": side.minutes_without_tasks,
        "lost_tasks": side.lost_tasks,
        "alarms": list(side.alarms),
    }


def _failures(failures: Failures) -> dict[str, Any]:
    return {
        **asdict(failures.counts),
        "canary_bounds": list(failures.canary_bounds),
        "stable_bounds": list(failures.stable_bounds),
        "p": failures.p,
        "max_excess": failures.max_excess,
    }


def _rate(failed: int, requests: int, bounds: tuple[float, float]) -> str:
    low, high = bounds
    return f"{failed:,} = {failed / requests:.2%} ({low:.2%} to {high:.2%})"
