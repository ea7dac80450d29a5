"""Exit statuses, in code and on the page that lists them."""

import ast
import configparser
import re
from pathlib import Path

import ops.exit_status
from ops.arguments import FOLDER
from ops.exit_status import ExitStatus
from ops.plan_check.allowances import VARIABLE

PAGE = Path(__file__).resolve().parents[3] / "docs" / "ops.md"


def explained() -> dict[str, str]:
    """Sentence below each status, by name."""
    tree = ast.parse(Path(ops.exit_status.__file__).read_text(encoding="utf-8"))
    (body,) = (node.body for node in tree.body if isinstance(node, ast.ClassDef))
    return {
        named.targets[0].id: told.value.value
        for named, told in zip(body[1::2], body[2::2], strict=True)
        if isinstance(named, ast.Assign)
    }


def test_the_page_lists_every_status_with_its_meaning():
    """Whoever writes a pipeline reads the page, not the code."""
    rows = re.findall(r"^\| (\d+) \| (.+) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)

    assert [(str(int(ExitStatus[name])), meaning) for name, meaning in explained().items()] == rows


def test_what_could_not_be_told_is_not_clean():
    """Nor is a wrong command line a finding, as argparse has it by itself."""
    assert 0 == ExitStatus.DONE
    assert len({int(one) for one in ExitStatus}) == len(ExitStatus)
    assert 64 == ExitStatus.USAGE


def test_a_status_comes_through_tox():
    """It hands on that of an environment that runs alone, and whose only command ends it."""
    tox = configparser.ConfigParser(interpolation=None)
    tox.read(PAGE.parents[1] / "tox.ini")
    environment = tox["testenv:ops"]

    assert "python -m ops {posargs}" == environment["commands"]
    assert not {"ignore_errors", "ignore_outcome", "commands_post"} & set(environment)


def test_tox_passes_on_what_commands_read():
    """Credentials, the state's bucket, GitHub's own variables, what is allowed."""
    tox = configparser.ConfigParser(interpolation=None)
    tox.read(PAGE.parents[1] / "tox.ini")
    passed = set(tox["testenv:ops"]["pass_env"].split(", "))

    assert {"AWS_*", "GITHUB_*", "STATE_BUCKET", FOLDER, VARIABLE, "{[testenv]pass_env}"} <= passed
