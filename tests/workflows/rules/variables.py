"""Variables and secrets of the repository: docs/workflows.md names those that workflows read."""

import re
from collections.abc import Iterator

from tests.workflows.declared import ROOT, Workflows

PAGE = ROOT / "docs" / "workflows.md"
_READ = re.compile(r"\b(?:vars|secrets)\.(\w+)")
_NAMED = re.compile(r"^ *\| ((?:`[A-Z_]+`(?:, )?)+) \|", re.MULTILINE)


def documented(workflows: Workflows, page: str) -> Iterator[str]:
    """Whoever sets the repository up finds each in the table, and none that nobody reads.

    Args:
        workflows: All.
        page: Text of docs/workflows.md.
    """
    named = {name for row in _NAMED.findall(page) for name in re.findall(r"`(\w+)`", row)}
    read = {name for text in workflows.texts.values() for name in _READ.findall(text)}
    for name in sorted(read - named):
        yield f"{name} is read by a workflow and not named by docs/workflows.md"
    for name in sorted(named - read):
        yield f"{name} is named by docs/workflows.md and read by no workflow"
