import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.waiting import LONG

ROOT = Path(__file__).resolve().parents[3]


def run_load_tests(*options, broken="", **variables):
    """The load tests in a pytest of their own."""
    command = [sys.executable, "-m", "pytest", "tests/load", "-p", "tests.functional.verify.recorded_session"]
    environment = {name: value for name, value in os.environ.items() if name != "LOAD_API_KEY"} | variables
    return subprocess.run(
        [*command, "-p", "no:cacheprovider", *options],
        cwd=ROOT,
        env={**environment, "PYTHONPATH": str(ROOT), "RECORDED_SESSION": broken, "COLUMNS": "200"},
        capture_output=True,
        text=True,
        timeout=LONG,
        check=False,
    )


def test_a_good_session_prints_its_table_and_writes_its_report(tmp_path):
    """Exit status 0, every check with its figure, one page and one file for machines."""
    done = run_load_tests(f"--report={tmp_path}")

    assert 0 == done.returncode, done.stdout
    assert "notification-api 2→3→5→6→2" in done.stdout
    assert "PASS  Every check passed." in done.stdout
    assert "Scale-out and scale-in" in (tmp_path / "index.html").read_text()
    assert {"pass"} == {
        check["outcome"]
        for scenario in json.loads((tmp_path / "results.json").read_text())["scenarios"]
        for check in scenario["checks"]
    }


@pytest.mark.parametrize(
    ("broken", "verdict", "status", "line"),
    [
        ("lost", "fail", 1, "test_scenario[autoscaling-accepted_delivered]"),
        ("starved", "inconclusive", 75, "test_scenario[autoscaling-host_had_room]"),
        ("unreachable", "fail", 1, "no request was answered in 30 s"),
    ],
)
def test_anything_but_a_pass_is_told_and_exits_with_an_error(tmp_path, broken, verdict, status, line):
    """A starved session is no pass and no failure: it has an exit status of its own."""
    done = run_load_tests(f"--report={tmp_path}", broken=broken)

    assert done.returncode == status, done.stdout
    assert f"{verdict.upper()}  " in done.stdout
    assert line in done.stdout
    assert verdict == json.loads((tmp_path / "results.json").read_text())["verdict"]


def test_what_a_starved_host_left_open_is_no_failed_test(tmp_path):
    """The last line of pytest counts it by its own name, and one sentence says what to do."""
    done = run_load_tests(f"--report={tmp_path}", broken="starved")

    last = done.stdout.strip().splitlines()[-1]
    assert "inconclusive" in last
    assert "failed" not in last
    assert "end what else keeps it busy and run `make verify` again" in done.stdout


def test_a_starved_scenario_is_repeated_more_slowly(tmp_path):
    """The second attempt has the host's readings, so the session passes; the report says what it took."""
    done = run_load_tests(f"--report={tmp_path}", broken="starved once")

    assert 0 == done.returncode, done.stdout
    assert "was repeated with AWS minutes of 4 s" in done.stdout
    assert "was repeated with AWS minutes of 4 s" in (tmp_path / "index.html").read_text()


def test_aws_without_its_outputs_is_refused_at_once(tmp_path):
    """The message says what to give."""
    done = run_load_tests("--target=aws", f"--report={tmp_path}", LOAD_API_KEY="load.0123")

    assert 4 == done.returncode
    assert "--outputs=FILE" in done.stderr


def test_aws_without_a_key_for_its_api_is_refused_at_once(tmp_path):
    """Every request would be answered 401, and prove nothing."""
    done = run_load_tests("--target=aws", "--outputs=outputs.json", f"--report={tmp_path}")

    assert 4 == done.returncode
    assert "LOAD_API_KEY" in done.stderr


DROPPED = """
from types import SimpleNamespace
from tests.unit.verify import runs
from verify.scenario import Scenario
from verify.verdict.requests import no_request_failed

SCENARIO = Scenario(
    title="Dropped",
    sentence="A module that is there runs.",
    settings=SimpleNamespace(eased=lambda attempt: attempt),
    run=lambda *_: runs.autoscaling_run(),
    checks=(no_request_failed,),
)
"""


def test_a_scenario_that_is_dropped_into_the_folder_runs(tmp_path):
    """Its checks are tests, and in the report: nothing else had to be told of it."""
    (tmp_path / "dropped.py").write_text(DROPPED)

    done = run_load_tests(f"--report={tmp_path}", "-rp", MORE_SCENARIOS=str(tmp_path))

    assert 0 == done.returncode, done.stdout
    for test in ("dropped-no_request_failed", "autoscaling-settled"):
        assert f"PASSED tests/load/test_scenarios.py::test_scenario[{test}]" in done.stdout
    assert "A module that is there runs." in (tmp_path / "index.html").read_text()


def test_one_scenario_runs_alone(tmp_path):
    """By the name of its module; what Terraform says is asked all the same."""
    done = run_load_tests(f"--report={tmp_path}", "--scenario=lost_task")

    assert 0 == done.returncode, done.stdout
    results = json.loads((tmp_path / "results.json").read_text())
    assert ["Lost tasks", "Second plan", "Destroy"] == [each["title"] for each in results["scenarios"]]


@pytest.mark.parametrize(
    ("source", "options", "message"),
    [
        ("", [], "dropped has no SCENARIO = Scenario(...)"),
        (DROPPED, ["--scenario=burst"], "--scenario burst: there are autoscaling, dropped, lost_task"),
    ],
)
def test_a_scenario_that_is_none_is_refused_at_once(tmp_path, source, options, message):
    """Before a stage is brought up."""
    (tmp_path / "dropped.py").write_text(source)

    done = run_load_tests(f"--report={tmp_path}", *options, MORE_SCENARIOS=str(tmp_path))

    assert 4 == done.returncode
    assert message in done.stderr
