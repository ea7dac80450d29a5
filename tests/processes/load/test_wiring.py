import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
BUDGET_SECONDS = 60


def run_load_tests(*options, broken="", **variables):
    """The load tests in a pytest of their own."""
    command = [sys.executable, "-m", "pytest", "tests/load", "-p", "tests.processes.load.recorded_session"]
    environment = {name: value for name, value in os.environ.items() if name != "LOAD_API_KEY"} | variables
    return subprocess.run(
        [*command, "-p", "no:cacheprovider", *options],
        cwd=ROOT,
        env={**environment, "PYTHONPATH": str(ROOT), "RECORDED_SESSION": broken, "COLUMNS": "200"},
        capture_output=True,
        text=True,
        timeout=BUDGET_SECONDS,
        check=False,
    )


def test_a_good_session_prints_its_table_and_writes_its_report(tmp_path):
    """Exit status 0, every check with its figure, one page and one file for machines."""
    done = run_load_tests(f"--report={tmp_path}")

    assert done.returncode == 0, done.stdout
    assert "notification-api 2→3→5→6→2" in done.stdout
    assert "PASS  Every check passed." in done.stdout
    assert "Scale-out and scale-in" in (tmp_path / "index.html").read_text()
    assert {"pass"} == {
        check["outcome"]
        for scenario in json.loads((tmp_path / "results.json").read_text())["scenarios"]
        for check in scenario["checks"]
    }


@pytest.mark.parametrize(
    ("broken", "verdict", "line"),
    [
        ("lost", "fail", "test_autoscaling[accepted_delivered]"),
        ("starved", "inconclusive", "test_autoscaling[host_had_room]"),
        ("unreachable", "fail", "no request was answered in 30 s"),
    ],
)
def test_anything_but_a_pass_is_told_and_exits_with_an_error(tmp_path, broken, verdict, line):
    """A starved session fails the build like a broken one, under another name."""
    done = run_load_tests(f"--report={tmp_path}", broken=broken)

    assert done.returncode == 1, done.stdout
    assert f"{verdict.upper()}  " in done.stdout
    assert line in done.stdout
    assert verdict == json.loads((tmp_path / "results.json").read_text())["verdict"]


def test_aws_without_its_outputs_is_refused_at_once(tmp_path):
    """The message says what to give."""
    done = run_load_tests("--target=aws", f"--report={tmp_path}", LOAD_API_KEY="load.0123")

    assert done.returncode == 4
    assert "--outputs=FILE" in done.stderr


def test_aws_without_a_key_for_its_api_is_refused_at_once(tmp_path):
    """Every request would be answered 401, and prove nothing."""
    done = run_load_tests("--target=aws", "--outputs=outputs.json", f"--report={tmp_path}")

    assert done.returncode == 4
    assert "LOAD_API_KEY" in done.stderr
