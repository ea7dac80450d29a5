"""Answer of `nightly`: what drift and the plan check found, and what GitHub was not told."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from ops.drift.answer import Drift
from ops.exit_status import ExitStatus
from ops.markdown import code, plain
from ops.review.answer import Review

_DRIFT = {ExitStatus.FOUND: "drift", ExitStatus.UNKNOWN: "drift could not be told"}
_PLAN = {ExitStatus.FOUND: "a dangerous plan", ExitStatus.UNKNOWN: "the plan could not be judged"}


@dataclass(frozen=True)
class Nightly:
    """Both halves of a nightly check, each of which stands alone.

    Attributes:
        environment: Its name.
        drift: What differs from what is declared.
        review: What an apply would do.
        untold: What could not be read from GitHub, or written there; empty if nothing.
    """

    environment: str
    drift: Drift
    review: Review
    untold: str = ""

    @property
    def status(self) -> ExitStatus:
        """How the command ends: what could not be told is no answer, whatever else was found."""
        statuses = {self.drift.status, self.review.status}
        if self.untold or ExitStatus.UNKNOWN in statuses:
            return ExitStatus.UNKNOWN
        return ExitStatus.FOUND if ExitStatus.FOUND in statuses else ExitStatus.DONE

    @property
    def is_clean(self) -> bool:
        """Whether both could be told, and neither found anything."""
        return {self.drift.status, self.review.status} == {ExitStatus.DONE}

    @property
    def title(self) -> str:
        """The result in a few words."""
        found = [_DRIFT.get(self.drift.status, ""), _PLAN.get(self.review.status, "")]
        return f"{self.environment}: {', '.join(one for one in found if one) or 'nothing found'}"

    def things(self) -> Mapping[str, str]:
        """All that was found or could not be told, by what it is, with a line of Markdown for each.

        The values that differ are no part of what a thing is, nor are the reasons why something could not
        be told: both may be others each night.
        """
        return dict(self._things())

    def _things(self) -> Iterator[tuple[str, str]]:
        for one in self.drift.sorted.findings:
            yield f"drift {one.resource} {one.attribute}", f"{code(one.resource)} {code(one.attribute)}"
        for failure in self.drift.failed:
            yield f"unknown {failure.source}", f"could not be looked at: {plain(failure.source)}"
        if self.review.plan is None:
            yield "unplanned", "it could not be planned"
        else:
            for danger in self.review.plan.open:
                what = f"{code(danger.address)}: {plain(danger.sentence)}"
                yield f"plan {danger.kind} {danger.address} {danger.attribute}", what

    def data(self) -> Mapping[str, Any]:
        """All of it, of types that JSON has."""
        return {
            "environment": self.environment,
            "verdict": self.title,
            "drift": dict(self.drift.data()),
            "review": dict(self.review.data()),
            "untold": self.untold,
        }

    def markdown(self) -> str:
        """Both, one below the other."""
        untold = ["", f"- GitHub: {plain(self.untold)}"] if self.untold else []
        return "\n".join([self.drift.markdown().rstrip(), "", self.review.markdown(), *untold])

    def drawn(self) -> RenderableType:
        """The same for a terminal."""
        untold = [Text(f"\nGitHub: {self.untold}", style="yellow")] if self.untold else []
        return Group(self.drift.drawn(), Text(), self.review.drawn(), *untold)
