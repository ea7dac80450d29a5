"""Program: `python -m tests.load.readme_table --write`, the table of scenarios in `verify/README.md`."""

import re
import sys
from pathlib import Path

from stage.host.shared_files import write_whole
from verify.discovery import discovered

README = Path(__file__).parents[2] / "verify" / "README.md"
_MARKS = re.compile(r"(<!-- begin: scenarios -->\n).*?(<!-- end: scenarios -->)", re.DOTALL)


def table() -> str:
    """A row for each scenario that there is."""
    rows = []
    for name, scenario in discovered().items():
        rules = ", ".join(f"`{rule}`" for rule in scenario.rules)
        rows.append(f"| [`{name}`](scenarios/{name}.py) | {scenario.sentence} | {rules} |\n")
    return "".join(["| scenario | shows | checks |\n", "|---|---|---|\n", *rows])


def with_table(document: str) -> str:
    """A document with the table between its two marks.

    Raises:
        ValueError: It does not have both marks.
    """
    written, count = _MARKS.subn(lambda marks: f"{marks[1]}{table()}{marks[2]}", document)
    if count != 1:
        raise ValueError("verify/README.md lacks its two marks, <!-- begin: scenarios --> and its end")
    return written


if __name__ == "__main__":
    text = with_table(README.read_text("utf-8"))
    if "--write" in sys.argv[1:]:
        write_whole(README, text)
    else:
        sys.stdout.write(table())
