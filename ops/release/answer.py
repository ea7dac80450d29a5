"""Answer of a release: how it ended, why, and how it came to that."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from ops.exit_status import ExitStatus
from ops.markdown import inline, plain
from ops.release.release import Course

_ENDED = {
    ExitStatus.DONE: ("done", "bold green"),
    ExitStatus.NOT_ENOUGH: ("rolled back: too few requests or mails to tell", "bold yellow"),
    ExitStatus.ROLLED_BACK_BAKE: ("rolled back: the candidate is worse", "bold red"),
    ExitStatus.ROLLED_BACK_ALARM: ("rolled back: an alarm went off", "bold red"),
    ExitStatus.ROLLED_BACK_STEP: ("rolled back: a step failed", "bold red"),
    ExitStatus.REFUSED: ("not begun", "bold yellow"),
    ExitStatus.HALF_WAY: ("stopped half way", "bold red"),
}


@dataclass(frozen=True)
class Released:
    """End of a release.

    Attributes:
        course: How it came to that.
    """

    course: Course

    @property
    def status(self) -> ExitStatus:
        """How the command ends."""
        return self.course.status

    def data(self) -> Mapping[str, Any]:
        """All of it."""
        return {
            "ended": _ENDED[self.status][0],
            "wanted": self.course.wanted or None,
            "out": self.course.out.variables(),
            "reasons": list(self.course.reasons),
            "remarks": list(self.course.remarks),
            "steps": list(self.course.steps),
            "bakes": [dict(baked.data()) for baked in self.course.bakes],
        }

    def markdown(self) -> str:
        """Verdict, reasons, steps, and the figures of every bake."""
        lines = [f"**{_ENDED[self.status][0]}**: {inline(str(self.course.out))}", ""]
        lines += [f"- {plain(told)}" for told in (*self.course.reasons, *self.course.remarks)]
        lines += ["", *(f"{number}. {plain(step)}" for number, step in enumerate(self.course.steps, 1))]
        lines += ["", *(baked.markdown() for baked in self.course.bakes)]
        return "\n".join(lines)

    def drawn(self) -> RenderableType:
        """Figures of every bake, steps, verdict, reasons."""
        words, style = _ENDED[self.status]
        return Group(
            *(baked.drawn() for baked in self.course.bakes),
            *(Text(f"  {number}. {step}") for number, step in enumerate(self.course.steps, 1)),
            Text.assemble((words, style), f": {self.course.out}"),
            *(Text(f"  {told}") for told in (*self.course.reasons, *self.course.remarks)),
        )
