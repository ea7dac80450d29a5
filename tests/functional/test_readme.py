import re
import subprocess

from tests.unit.test_readme import ROOT, targets


def test_help_lists_every_target():
    """`make` is the table of contents, and phony targets are all there are."""
    shown = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout  # noqa: S607 - whichever make there is
    phony = re.search(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)

    assert targets() == re.findall(r"^  make ([a-z-]+) +\S", shown, re.MULTILINE)
    assert set(targets()) == set(phony.group(1).split())
