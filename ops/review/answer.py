"""Answer of `review`: what an apply would do, what of it is dangerous, and what GitHub was not told."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from ops.exit_status import ExitStatus
from ops.markdown import plain
from ops.plan_check.answer import PlanAnswer

_FIRST = "Nothing is out there yet: this is the plan of a first apply."


@dataclass(frozen=True)
class Review:
    """Judgement of what an apply of an environment would do.

    Attributes:
        environment: Its name.
        plan: Judgement of the plan; None if there can be none.
        is_first: Nothing is out there yet.
        failure: Why there is no plan; empty if there is one.
        untold: What could not be read from GitHub, or written there.
    """

    environment: str
    plan: PlanAnswer | None
    is_first: bool = False
    failure: str = ""
    untold: tuple[str, ...] = ()

    @property
    def status(self) -> ExitStatus:
        """How the command ends: a verdict that nobody was told of is no answer."""
        if self.plan is None or self.untold:
            return ExitStatus.UNKNOWN
        return self.plan.status

    @property
    def verdict(self) -> str:
        """The result as a sentence."""
        return self.plan.verdict if self.plan else f"It could not be planned: {self.failure}"

    def data(self) -> Mapping[str, Any]:
        """All of it, of types that JSON has."""
        return {
            "environment": self.environment,
            "verdict": self.verdict,
            "plan": None if self.plan is None else dict(self.plan.data()),
            "is_first": self.is_first,
            "untold": list(self.untold),
        }

    def markdown(self) -> str:
        """A heading and the judgement."""
        lines = [f"## Plan of {plain(self.environment)}", ""]
        lines += [f"{_FIRST}\n"] if self.is_first else []
        lines += [self.plan.markdown() if self.plan else f"**{plain(self.verdict)}**"]
        lines += ["", *(f"- GitHub: {plain(one)}" for one in self.untold)]
        return "\n".join(lines).rstrip()

    def drawn(self) -> RenderableType:
        """The same for a terminal."""
        judgement = self.plan.drawn() if self.plan else Text(self.verdict, style="bold yellow")
        first = [Text(_FIRST)] if self.is_first else []
        return Group(*first, judgement, *(Text(f"GitHub: {one}", style="yellow") for one in self.untold))
