import re

import pytest

from tests.unit.documents import PAGES, ROOT, name_of
from verify.discovery import discovered
from verify.verdict import terraform

README = ROOT / "README.md"


def fenced(language):
    """The lines of README's fenced blocks in a language."""
    blocks = re.findall(rf"^```{language}\n(.*?)^```$", README.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    return [line for block in blocks for line in block.splitlines() if line]


def targets():
    """Names of the Makefile's targets, without files that it makes for itself."""
    return re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)


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


def test_every_layer_of_tests_is_run():
    """A folder of tests that README names has an environment of its name, which a target runs."""
    row = next(line for line in README.read_text("utf-8").splitlines() if "(tests/)" in line)
    layers = re.findall(r"`(\w+)`", row.replace("`tests/`", ""))
    makefile = (ROOT / "Makefile").read_text("utf-8")
    run = {name for names in re.findall(r"-m tests\.layers (.+)", makefile) for name in names.split()}

    assert layers
    assert [] == [name for name in layers if not (ROOT / "tests" / name).is_dir()]
    assert [] == [name for name in layers if name not in run]


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_make_target_in_the_text_exists(page):
    """What a page tells a person to make can be made."""
    named = re.findall(r"(?:^\s*|`)make(?: -C \.\.)? ([a-z-]+)", page.read_text("utf-8"), re.MULTILINE)

    assert [] == [name for name in named if name not in targets()]


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_image_is_built_for_a_platform(page):
    """Fargate runs what cpu_architecture says, whatever machine builds."""
    builds = re.findall(r"^.*\bdocker (?:buildx )?build\b.*$", page.read_text("utf-8"), re.MULTILINE)

    assert [] == [build for build in builds if "--platform linux/" not in build]


def test_the_excerpt_names_only_checks_that_exist():
    """The verdict that README shows is one that a run can give."""
    rows = [re.match(r"  (\w+) +(pass|fail|inconclusive) ", line) for line in fenced("text")]
    named = {row.group(1) for row in rows if row}

    assert named
    rules = {rule for scenario in discovered().values() for rule in scenario.rules}
    assert named <= rules | {*terraform.PLAN_RULES, *terraform.DESTROY_RULES}
