import ast
import json
import re
import shlex
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ops import __main__ as command_line
from ops.bake import command
from ops.bake.command import window
from ops.errors import OpsError
from ops.exit_status import ExitStatus
from tests.unit.ops.bake.deployed import outputs
from tests.unit.ops.bake.figures import MINUTE, NOON, candidate, evidence, mails

ROOT = Path(__file__).resolve().parents[4]


@pytest.fixture
def file(tmp_path):
    """Outputs of a system with a canary."""
    written = tmp_path / "outputs.json"
    written.write_text(json.dumps(outputs()), "utf-8")
    return written


@pytest.fixture
def figures(monkeypatch):
    """Gives what AWS answers; returns what it was asked for."""
    asked = []

    def figures(answer):
        def read(session, deployed, since, until):
            asked.append((session.region_name, deployed.api.share, since, until))
            if isinstance(answer, Exception):
                raise answer
            return answer

        monkeypatch.setattr(command, "read", read)
        return asked

    return figures


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (candidate(evidence(), mails()), ExitStatus.DONE),
        (candidate(evidence({"failed": 50}), mails()), ExitStatus.FOUND),
        (candidate(evidence(), mails({"requests": 30}, {"requests": 270})), ExitStatus.NOT_ENOUGH),
        (OpsError("CloudWatch has told only a part"), ExitStatus.UNKNOWN),
    ],
    ids=["pass", "fail", "not enough", "unknown"],
)
def test_a_pipeline_goes_by_the_status(figures, file, capsys, answer, status):
    """What AWS does not tell is no pass."""
    figures(answer)

    assert status == command_line.main(["bake", "--outputs", str(file)])


def test_an_early_look_does_not_pass(figures, file, capsys):
    """However good the figures are."""
    figures(candidate(evidence()))

    assert ExitStatus.NOT_ENOUGH == command_line.main(["bake", "--outputs", str(file), "--early", "9"])


def test_aws_is_asked_in_the_region_of_the_outputs_for_the_time_of_the_bake(figures, file, capsys):
    """Not in the one that somebody's profile has."""
    asked = figures(candidate(evidence()))
    command_line.main(
        [
            "bake",
            "--outputs",
            str(file),
            "--since",
            "2026-01-01T12:00:30Z",
            "--until",
            "2026-01-01T13:30:59+01:00",
        ]
    )

    assert [("eu-central-1", 0.1, NOON + MINUTE, NOON + 28 * MINUTE)] == asked


def test_without_a_time_the_newest_minutes_are_compared(figures, file, capsys):
    """A quarter of an hour, as far as its figures have settled."""
    asked = figures(candidate(evidence()))
    before = datetime.now(UTC)
    command_line.main(["bake", "--outputs", str(file)])
    [(_, _, since, until)] = asked

    assert 15 * MINUTE == until - since
    assert before - 3 * MINUTE <= until <= datetime.now(UTC) - 2 * MINUTE


@pytest.mark.parametrize(
    ("until", "minutes", "since", "expected"),
    [
        (timedelta(), 10, None, (-12, -2)),
        (timedelta(seconds=59), 10, None, (-12, -2)),
        (timedelta(minutes=20), 10, timedelta(), (0, 18)),
        (timedelta(minutes=20), 10, timedelta(seconds=1), (1, 18)),
    ],
)
def test_only_whole_minutes_are_compared_whose_figures_have_settled(until, minutes, since, expected):
    """The minute within which the bake began had the weights before it, too."""
    begin = None if since is None else NOON + since

    assert tuple(NOON + number * MINUTE for number in expected) == window(NOON + until, minutes, begin)


@pytest.mark.parametrize(
    "wrong",
    [
        [],
        ["--outputs", "f", "--minutes", "0"],
        ["--outputs", "f", "--minutes", "ten"],
        ["--outputs", "f", "--early", "0"],
        ["--outputs", "f", "--since", "noon"],
        ["--outputs", "f", "--since", "2026-01-01T12:00:00"],
        ["--outputs", "f", "--since", "2026-01-01T12:00:00Z", "--minutes", "5"],
    ],
    ids=str,
)
def test_a_wrong_command_line_is_no_verdict(wrong, capsys):
    """A time without its zone would be somebody's local time."""
    with pytest.raises(SystemExit) as ended:
        command_line.main(["bake", *wrong])

    assert ExitStatus.USAGE == ended.value.code
    assert "usage: python -m ops bake" in capsys.readouterr().err


def test_a_missing_file_is_one_line(tmp_path, capsys):
    """It says how to write it."""
    assert ExitStatus.USAGE == command_line.main(["bake", "--outputs", str(tmp_path / "none")])
    [line] = capsys.readouterr().err.splitlines()
    assert "terraform output -json" in line


def test_the_page_shows_command_lines_that_there_are():
    """Whoever copies one gets no complaint."""
    lines = re.findall(r"^python -m ops (bake .+)$", (ROOT / "docs/ops.md").read_text("utf-8"), re.MULTILINE)

    assert lines
    for line in lines:
        command_line.parser().parse_args(shlex.split(line))


def test_no_other_command_waits_for_scipy():
    """Nothing that the command line imports at its beginning imports it: it takes most of a second."""
    assert "scipy" not in imported_at_once("ops.__main__", set())


def imported_at_once(name, seen):
    """Top names of all that is imported with a module of this repository, itself included."""
    seen.add(name)
    found = {name.partition(".")[0]}
    for path in (
        ROOT.joinpath(*name.split(".")).with_suffix(".py"),
        ROOT.joinpath(*name.split("."), "__init__.py"),
    ):
        if path.is_file():
            for node in ast.parse(path.read_text("utf-8")).body:
                for one in names_of(node):
                    found |= imported_at_once(one, seen) if one not in seen else set()
    return found


def names_of(node):
    """Every name that a statement imports, as what it may be: a module, or something in one."""
    match node:
        case ast.Import(names=names):
            return [alias.name for alias in names]
        case ast.ImportFrom(module=module, names=names):
            return [module, *(f"{module}.{alias.name}" for alias in names)]
    return []
