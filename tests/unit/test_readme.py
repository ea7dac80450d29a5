import re
import subprocess
from pathlib import Path

import pytest

from tests.load.verdict import autoscaling, lost_task, plan

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
PAGES = [README, *sorted((ROOT / "docs").glob("*.md"))]


def fenced(language):
    """The lines of README's fenced blocks in a language."""
    blocks = re.findall(rf"^```{language}\n(.*?)^```$", README.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    return [line for block in blocks for line in block.splitlines() if line]


def targets():
    """Names of the Makefile's targets, without files that it makes for itself."""
    return re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)


def test_every_command_is_a_target():
    """What README tells a person to type exists."""
    commands = [line.split() for line in fenced("console")]

    assert commands
    assert {"make"} == {program for program, *_ in commands}
    assert {name for _, *names in commands for name in names} <= set(targets())


def test_the_pipeline_runs_what_the_readme_shows():
    """A build proves the two commands, the quick one first."""
    run = [line for line in (ROOT / ".ci/run").read_text("utf-8").splitlines() if line.startswith("make ")]

    assert ["make test", "make verify"] == run
    assert sorted(run) == sorted(fenced("console"))


def test_help_lists_every_target():
    """`make` is the table of contents, and phony targets are all there are."""
    shown = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout  # noqa: S607 - whichever make there is
    phony = re.search(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)

    assert targets() == re.findall(r"^  make ([a-z]+) +\S", shown, re.MULTILINE)
    assert set(targets()) == set(phony.group(1).split())


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_relative_link_leads_somewhere(page):
    """A file that moves takes its links along."""
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text("utf-8"))

    assert [] == [link for link in links if not (page.parent / link).exists()]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_path_in_the_text_exists(page):
    """What is set as code and begins with one of the top folders is there."""
    named = re.findall(
        r"`((?:terraform|services|stage|tests|docs|requirements)/[^`\s]*)`", page.read_text("utf-8")
    )

    assert [] == [path for path in named if not list(ROOT.glob(path))]


def test_the_excerpt_names_only_checks_that_exist():
    """The verdict that README shows is one that a run can give."""
    rows = [re.match(r"  (\w+) +(pass|fail|inconclusive) ", line) for line in fenced("text")]
    named = {row.group(1) for row in rows if row}

    assert named
    assert named <= {*autoscaling.RULES, *lost_task.RULES, *plan.PLAN_RULES, *plan.DESTROY_RULES}
