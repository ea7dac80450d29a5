"""Table of moto's gaps in the README of the extensions.

`python -m tests.unit.stage.control_plane.extensions.gaps.table --write` writes it anew; what stands outside
the two marks is written by hand.
"""

import re
import sys

from stage.control_plane.extensions import EXTENSIONS
from tests.unit.documents import ROOT

COMMAND = "python -m tests.unit.stage.control_plane.extensions.gaps.table --write"
README = ROOT / "stage/control_plane/extensions/README.md"
_BEGIN = f"<!-- From here to the end mark: written by `{COMMAND}`. -->"
_END = "<!-- End. -->"


def renewed(readme):
    """A README with its table as it should be."""
    rows = [
        f"| {_link(name)} | `{gap.name}` | {gap.moto} | {_page(gap)} |"
        for name, extension in EXTENSIONS.items()
        for gap in extension.gaps
    ]
    lines = ["| extension | gap | moto without it | with it |", "|---|---|---|---|", *rows]
    table = "\n".join([_BEGIN, "", *lines, "", _END])
    return re.sub(f"{re.escape(_BEGIN)}.*{re.escape(_END)}", lambda _: table, readme, flags=re.DOTALL)


def _link(name):
    return f"[`{name}`]({name if (README.parent / name).is_dir() else f'{name}.py'})"


def _page(gap):
    return f"[as on AWS]({gap.documentation})" if gap.documentation else "once"


if __name__ == "__main__":
    new = renewed(README.read_text("utf-8"))
    if "--write" in sys.argv:
        README.write_text(new, "utf-8")
    else:
        sys.stdout.write(new)
