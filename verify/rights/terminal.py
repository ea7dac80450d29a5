"""Rights on the terminal: what each role uses, and what is wrong at the end."""

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from verify.report.terminal import STYLES
from verify.rights.findings import findings
from verify.rights.judge import Rights, RoleRights
from verify.rights.reasons import name_of
from verify.rights.words import otherwise, shown, what


def drawn(rights: Rights, *, brief: bool = False) -> RenderableType:
    """Each role's rights, used, unused and refused; then the findings, and the verdict below.

    Args:
        rights: What was judged.
        brief: Whether the roles are left out.
    """
    found = findings(rights)
    outcome = "fail" if found else "pass"
    said = (
        f"{len(found)} findings" if found else "each right is used or has a reason, and nothing was refused"
    )
    return Group(
        *(line for role in (() if brief else rights.roles) for line in _role(role)),
        *(Text.assemble((f"{one.about}: ", "bold"), one.sentence) for one in found),
        Text.assemble((outcome.upper(), STYLES[outcome]), "  ", said),
    )


def _role(role: RoleRights) -> Iterator[RenderableType]:
    # No frame: on 80 columns its strokes would cost the resources their line.
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    for name in ("statement", "action", "calls", "on"):
        table.add_column(name, justify="right" if name == "calls" else "left")
    for one in role.used:
        cells = (one.right.statement, one.right.action, f"{one.count}", shown(one.resources))
        table.add_row(*map(Text, cells))
    yield Text(name_of(role.arn), style="bold")
    yield table
    for statement, of_it in what(role.unused):
        yield Text.assemble(("  never used: ", STYLES["fail"]), f"{statement} {of_it}")
    for excused in role.excused:
        right, reason = excused.right, excused.reason
        about = f"{right.statement} {right.action or right.resource}"
        yield Text.assemble(("  never used: ", "dim"), f"{about}: {reason.reason}")
    for decision in role.otherwise:
        yield Text.assemble(("  otherwise: ", "dim"), otherwise(decision))
    for refusal in role.refused:
        style = STYLES["fail"] if refusal.reason is None else "dim"
        yield Text.assemble(("  refused: ", style), refusal.decision.message)
    yield Text()
