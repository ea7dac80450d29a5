"""Answer of `drift`: the verdict, the findings, and what could not be looked at."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from ops.drift.allowed import Sorted
from ops.drift.finding import Finding
from ops.drift.sources import Failure
from ops.exit_status import ExitStatus
from ops.markdown import cell, plain, table

_VERDICTS = {
    ExitStatus.DONE: ("no drift", "bold green"),
    ExitStatus.FOUND: ("drift", "bold red"),
    ExitStatus.UNKNOWN: ("could not tell", "bold yellow"),
}
_HEADER = ("resource", "attribute", "expected", "actual", "may be changed by", "source")
# A URL's user and password, such as those of somebody's subscription.
_LOGIN = re.compile(r"//[^/@\s]+@")


@dataclass(frozen=True)
class Drift:
    """Result of a check.

    Attributes:
        environment: Its name.
        sorted: Findings, and those that may stand.
        failed: Sources that could not be read.
    """

    environment: str
    sorted: Sorted
    failed: Sequence[Failure]

    @property
    def status(self) -> ExitStatus:
        """How the command ends: a finding is certain whatever else could not be looked at."""
        if self.sorted.findings:
            return ExitStatus.FOUND
        return ExitStatus.UNKNOWN if self.failed else ExitStatus.DONE

    def data(self) -> Mapping[str, Any]:
        """All of it."""
        return {
            "verdict": _VERDICTS[self.status][0],
            "environment": self.environment,
            "findings": [_plain(one) for one in self.sorted.findings],
            "allowed": [
                _plain(one) | {"reason": entry.reason, "owner": entry.owner, "until": str(entry.until)}
                for one, entry in self.sorted.standing
            ],
            "notes": list(self._notes()),
            "failed": [{"source": one.source, "reason": _shown(one.reason)} for one in self.failed],
        }

    def markdown(self) -> str:
        """A heading, and a table of findings, in an order that stays the same."""
        lines = [f"## Drift of {plain(self.environment)}: {self._verdict()}", ""]
        if self.sorted.findings:
            lines += [*table(_HEADER, (tuple(map(cell, row)) for row in self._rows())), ""]
        lines += [f"- {plain(note)}" for note in (*self._failures(), *self._notes())]
        return "\n".join(lines)

    def drawn(self) -> RenderableType:
        """Verdict, findings, notes."""
        notes = [Text(f"  {note}") for note in (*self._failures(), *self._notes())]
        found = [line for row in self._rows() for line in _lines(row)]
        return Group(Text(self._verdict().upper(), style=_VERDICTS[self.status][1]), *notes, *found)

    def _verdict(self) -> str:
        count = len(self.sorted.findings)
        word = _VERDICTS[self.status][0]
        return f"{word}, {count} {'finding' if count == 1 else 'findings'}" if count else word

    def _rows(self) -> Iterator[tuple[str, ...]]:
        for one in self.sorted.findings:
            cells = (one.resource, one.attribute, one.expected, one.actual, one.changed_by, one.source)
            yield tuple(map(_shown, cells))

    def _failures(self) -> Iterator[str]:
        for one in self.failed:
            yield f"could not be looked at: {one.source}: {_shown(one.reason)}"

    def _notes(self) -> Iterator[str]:
        for one, entry in self.sorted.standing:
            what = _shown(f"{one.resource} {one.attribute}")
            yield f"allowed until {entry.until} ({entry.owner}): {what}"
        for entry in self.sorted.unused:
            what = f"{entry.resource} {entry.attribute}"
            yield f"ops/drift.yaml:{entry.line} allows what is not there: {what}"


def _lines(row: Sequence[str]) -> Iterator[Text]:
    """A finding below the one before: a table would be too narrow for addresses and policies."""
    resource, attribute, expected, actual, changed_by, source = row
    yield Text()
    yield Text.assemble((resource, "bold"), f"  {attribute}")
    for name, value in (("expected", expected), ("actual", actual)):
        yield Text.assemble((f"  {name:<8}  ", "dim"), value)
    yield Text(f"  {source}; may be changed by {changed_by}", style="dim")


def _plain(finding: Finding) -> dict[str, str]:
    return {name: _shown(value) for name, value in asdict(finding).items()}


def _shown(text: str) -> str:
    return _LOGIN.sub("//(sensitive)@", text)
