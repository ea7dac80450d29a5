import re

import pytest

from stage.__main__ import main, parser
from tests.unit.documents import PAGES, ROOT, name_of
from verify.discovery import discovered

README = ROOT / "README.md"


def fenced(language):
    """The lines of README's fenced blocks in a language."""
    blocks = re.findall(rf"^```{language}\n(.*?)^```$", README.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    return [line for block in blocks for line in block.splitlines() if line]


def stage_commands():
    """What README tells a person to type against a stage that is up: the words after `python -m stage`."""
    lines = [line.split() for line in fenced("sh")]
    assert {("python", "-m", "stage")} == {tuple(line[:3]) for line in lines}
    return [line[3:] for line in lines]


def targets():
    """Names of the Makefile's targets, without files that it makes for itself."""
    return re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)


def test_every_command_is_a_target():
    """What README tells a person to type exists."""
    commands = [line.split() for line in fenced("console")]

    assert commands
    assert {"make"} == {program for program, *_ in commands}
    assert {name for _, *names in commands for name in names} <= set(targets())


def test_every_command_on_a_stage_is_shown():
    """`up` is `make stage`; all others stand in README, and nothing else does."""
    (commands,) = [one.choices for one in parser()._subparsers._group_actions]  # noqa: SLF001 - argparse tells no other way

    assert commands.keys() - {"up"} == {name for name, *_ in stage_commands()}


@pytest.mark.parametrize("command", stage_commands(), ids=" ".join)
def test_every_command_explains_itself(command, capsys):
    """What README shows is there; tests/functional/stage/test_commands.py runs each on a stage."""
    with pytest.raises(SystemExit) as ended:
        main([command[0], "--help"])

    shown = capsys.readouterr().out
    assert not ended.value.code
    assert shown.startswith(f"usage: python -m stage {command[0]} [-h] ")
    assert "--json" in shown


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
    assert named <= {rule for scenario in discovered().values() for rule in scenario.rules}
