"""Answer of the command: what is dangerous in a plan, what of it is allowed, and what the plan does."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from ops.exit_status import ExitStatus
from ops.markdown import cell, code, plain, table
from ops.plan_check.allowances import allows, label, short_name
from ops.plan_check.change import Change
from ops.plan_check.costs import Costs, directed
from ops.plan_check.finding import Finding
from ops.plan_check.rules import find
from ops.plan_check.summary import Summary, summed_up

_CLEAN = "Nothing in the plan is dangerous."
_NOTHING = "(none)"
_HEADER = ("where", "what happens", "before → after")
_ALL_ALLOWED = "All that is dangerous in the plan is allowed."


@dataclass(frozen=True)
class PlanAnswer:
    """Judgement of a plan, for whoever is to apply it or to approve it.

    Attributes:
        findings: Everything dangerous, in the plan's order.
        allowances: Addresses, or short names of them, at which everything is allowed.
        summary: What the plan does.
        costs: What becomes more expensive, and what cheaper.
    """

    findings: Sequence[Finding]
    allowances: Sequence[str]
    summary: Summary
    costs: Costs

    @property
    def status(self) -> ExitStatus:
        """Found, as long as anything dangerous is not allowed."""
        return ExitStatus.FOUND if self.open else ExitStatus.DONE

    @property
    def open(self) -> list[Finding]:
        """Findings that nobody has allowed."""
        return [one for one in self.findings if not allows(self.allowances, one.address)]

    @property
    def allowed(self) -> list[Finding]:
        """Findings that somebody has allowed."""
        return [one for one in self.findings if allows(self.allowances, one.address)]

    @property
    def stale(self) -> list[str]:
        """Allowances of what is not dangerous, or not there."""
        return [
            name for name in self.allowances if not any(allows([name], one.address) for one in self.findings)
        ]

    @property
    def verdict(self) -> str:
        """The result as a sentence."""
        if self.open:
            things, places = len(self.open), len({one.address for one in self.open})
            what = "1 thing is" if things == 1 else f"{things} things are"
            return f"{what} dangerous, at {places} {'address' if places == 1 else 'addresses'}."
        return _ALL_ALLOWED if self.findings else _CLEAN

    def data(self) -> Mapping[str, Any]:
        """All of it, of types that JSON has."""
        return {
            "dangerous": bool(self.open),
            "verdict": self.verdict,
            "findings": [
                {
                    "address": one.address,
                    "kind": str(one.kind),
                    "attribute": one.attribute,
                    "sentence": one.sentence,
                    "before": one.before,
                    "after": one.after,
                    "allowed": allows(self.allowances, one.address),
                    "label": label(one.address),
                    "short_name": short_name(one.address),
                }
                for one in self.findings
            ],
            "stale_allowances": self.stale,
            "summary": self.summary.sentence,
            "resources": {what: dict(types) for what, types in self.summary.types.items()},
            "costs_more": list(self.costs.more),
            "costs_less": list(self.costs.less),
        }

    def markdown(self) -> str:
        """The same as GitHub-flavoured Markdown."""
        lines = [f"**{self.verdict}**", "", f"{self.summary.sentence.capitalize()}."]
        lines += [f"- {plain(line)}" for line in self.summary.lines]
        lines += ["", plain(self.costs.sentence)]
        for title, findings in (("Dangerous", self.open), ("Dangerous, and allowed", self.allowed)):
            if findings:
                lines += ["", f"### {title}", "", *table(_HEADER, map(_row, findings))]
        if self.open:
            lines += ["", "To allow what is found at an address, put its label on the pull request:", ""]
            lines += [
                f"- {code(label(address))} for {code(address)}"
                for address in dict.fromkeys(one.address for one in self.open)
            ]
        if self.stale:
            lines += ["", f"Allowed, but not found: {', '.join(map(code, self.stale))}. Take the label off."]
        return "\n".join(lines)

    def drawn(self) -> RenderableType:
        """The same for a terminal."""
        parts: list[Text] = [Text(self.verdict, style="bold red" if self.open else "bold green")]
        for findings, style, mark in ((self.open, "red", "dangerous"), (self.allowed, "yellow", "allowed")):
            for one in findings:
                parts.append(Text.assemble("\n", (one.address, style), f"  {mark}, {one.kind}"))
                parts.append(Text(f"  {one.sentence}"))
                if one.attribute:
                    parts.append(
                        Text(f"  {one.attribute}: {' → '.join(_values(one))}".rstrip(": "), style="dim")
                    )
        if self.open:
            parts.append(Text("\nTo allow what is found at an address: --allow ADDRESS."))
        parts += [Text(f"\n{self.summary.sentence.capitalize()}.")]
        parts += [Text(f"  {line}") for line in self.summary.lines]
        parts.append(Text(self.costs.sentence))
        if self.stale:
            parts.append(Text(f"Allowed, but not found: {', '.join(self.stale)}.", style="yellow"))
        return Group(*parts)


def judged(changes: Sequence[Change], allowances: Sequence[str]) -> PlanAnswer:
    """The answer to a plan's changes."""
    return PlanAnswer(find(changes), allowances, summed_up(changes), directed(changes))


def _row(finding: Finding) -> tuple[str, str, str]:
    where = f"{cell(finding.address)} {cell(finding.attribute)}".rstrip()
    what = f"{finding.kind}: {plain(finding.sentence)}"
    return where, what, " → ".join(map(cell, _values(finding)))


def _values(finding: Finding) -> list[str]:
    """The value that stands and the one that comes; none if a finding tells neither."""
    if not (finding.before or finding.after):
        return []
    return [finding.before or _NOTHING, finding.after or _NOTHING]
