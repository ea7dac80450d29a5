import json
import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.unit.verify.test_target import OUTPUTS
from tests.waiting import LONG
from verify.rights import files

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
    results = json.loads((tmp_path / "results.json").read_text())
    assert {"pass"} == {check["outcome"] for scenario in results["scenarios"] for check in scenario["checks"]}
    cases = ET.parse(tmp_path / "junit.xml").iter("testcase")  # noqa: S314 - our own XML
    assert {"system-out"} == {case[0].tag for case in cases}


def test_a_session_keeps_what_its_roles_were_let_do(tmp_path):
    """The report has a chapter on it, and `python -m verify rights` reads the file."""
    assert 0 == run_load_tests(f"--report={tmp_path}").returncode

    page = (tmp_path / "index.html").read_text()
    assert "staging-email-sender-task</code>: 1 used, 1 never used, 0 with a reason, 0 refused" in page
    (kept,) = files.load([tmp_path / "rights.json"]).decisions
    assert "sqs:ReceiveMessage" == kept.action


def test_one_scenario_runs_alone_and_its_report_says_what_it_rests_on(tmp_path):
    """By the name of its module."""
    done = run_load_tests(f"--report={tmp_path}", "--scenario=lost_task")

    assert 0 == done.returncode, done.stdout
    results = json.loads((tmp_path / "results.json").read_text())
    assert ["Bringing the stage up", "Lost tasks", "Taking the stage down"] == [
        phase["name"] for phase in results["phases"]
    ]
    assert {
        "name": "tasks held to their CPU",
        "yes": True,
        "how": "by the kernel, in a cgroup of version 2",
    } in results["enforced"]
    assert {"git revision", "moto", "Envoy", "Python"} <= results["versions"].keys()
    assert results["command"].startswith(".venv/bin/tox -e load -- ")
    assert f"Again: {results['command']}" in done.stdout
    assert ["Lost tasks"] == [each["title"] for each in results["scenarios"]]


@pytest.mark.parametrize(
    ("broken", "verdict", "status", "line"),
    [
        ("lost", "fail", 1, "test_scenario[autoscaling-accepted_delivered]"),
        ("starved", "inconclusive", 75, "test_scenario[autoscaling-host_had_room]"),
        ("unreachable", "fail", 1, "no request was answered in 30 s"),
        ("interrupted", "fail", 2, "the session was interrupted"),
    ],
)
def test_anything_but_a_pass_is_told_and_exits_with_an_error(tmp_path, broken, verdict, status, line):
    """A starved session is no pass and no failure: it has an exit status of its own."""
    both = "--scenario=autoscaling,lost_task"
    done = run_load_tests(f"--report={tmp_path}", both, broken=broken)

    assert status == done.returncode, done.stdout
    assert f"{verdict.upper()}  " in done.stdout
    assert line in done.stdout
    assert verdict == json.loads((tmp_path / "results.json").read_text())["verdict"]


def test_what_a_starved_host_left_open_is_no_failed_test(tmp_path):
    """The last line of pytest counts it by its own name, and one sentence says what to do.

    A build server finds it skipped in our file, and in the one that pytest writes if it is told to.
    """
    done = run_load_tests(f"--report={tmp_path}", f"--junitxml={tmp_path / 'pytest.xml'}", broken="starved")

    last = done.stdout.strip().splitlines()[-1]
    assert "inconclusive" in last
    assert "failed" not in last
    assert "end what else keeps it busy and run `make verify` again" in done.stdout
    ours, pytests = (ET.parse(tmp_path / name) for name in ("junit.xml", "pytest.xml"))  # noqa: S314 - our own XML
    open_checks = [case.get("name") for case in ours.iter("testcase") if case.find("skipped") is not None]
    skipped = [case.get("name") for case in pytests.iter("testcase") if case.find("skipped") is not None]
    assert "host_had_room" in open_checks
    assert {"inconclusive"} == {one.get("type") for one in ours.iter("skipped")}
    assert sorted(f"test_scenario[autoscaling-{name}]" for name in open_checks) == sorted(skipped)
    assert [] == [*ours.iter("failure"), *pytests.iter("failure"), *pytests.iter("error")]


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
    done = run_load_tests("--target=aws", f"--outputs={outputs_in(tmp_path)}", f"--report={tmp_path}")

    assert 4 == done.returncode
    assert "LOAD_API_KEY" in done.stderr


def outputs_in(folder, **more):
    """What Terraform prints of staging, in a file."""
    file = folder / "outputs.json"
    file.write_text(json.dumps({name: {"value": value} for name, value in {**OUTPUTS, **more}.items()}))
    return file


def test_production_is_never_loaded(tmp_path):
    """Not with a key, not with --yes."""
    outputs = outputs_in(tmp_path, environment="production")

    done = run_load_tests("--target=aws", f"--outputs={outputs}", "--yes", LOAD_API_KEY="load.0123")

    assert 4 == done.returncode
    assert "'production': only staging may be loaded" in done.stderr


def test_nothing_is_loaded_that_nobody_has_confirmed(tmp_path):
    """The message says what would be loaded, how hard and how long; CI need not be asked."""
    options = ("--target=aws", f"--outputs={outputs_in(tmp_path)}", "--max-rate=50", "--scenario=nobody")

    done = run_load_tests(*options, LOAD_API_KEY="load.0123", CI="")
    in_ci = run_load_tests(*options, LOAD_API_KEY="load.0123", CI="true")

    assert (4, 4) == (done.returncode, in_ci.returncode)
    assert "https://notifications.example with at most 50 requests/s by 5000 users" in done.stderr
    assert "say that you want that with --yes" in done.stderr
    assert "--scenario nobody" in in_ci.stderr


def test_fewer_than_no_workers_are_refused_at_once(tmp_path):
    """Before anything is brought up."""
    done = run_load_tests("--workers=-1", f"--report={tmp_path}")

    assert 4 == done.returncode
    assert "--workers -1: give a number of processes, such as 2" in done.stderr


DROPPED = """
from types import SimpleNamespace
from tests.unit.verify import runs
from verify.scenario import Scenario
from verify.verdict.delivery import accepted_delivered

SCENARIO = Scenario(
    title="Dropped",
    sentence="A module that is there runs.",
    settings=SimpleNamespace(eased=lambda attempt: attempt),
    run=lambda *_: runs.autoscaling_run(),
    checks=(accepted_delivered,),
)
"""


def test_a_scenario_that_is_dropped_into_the_folder_runs(tmp_path):
    """Its checks are tests, and in the report: nothing else had to be told of it."""
    (tmp_path / "dropped.py").write_text(DROPPED)

    done = run_load_tests(
        f"--report={tmp_path}", "-rp", "--scenario=dropped,autoscaling", MORE_SCENARIOS=str(tmp_path)
    )

    assert 0 == done.returncode, done.stdout
    for test in ("dropped-accepted_delivered", "autoscaling-settled"):
        assert f"PASSED tests/load/test_scenarios.py::test_scenario[{test}]" in done.stdout
    assert "A module that is there runs." in (tmp_path / "index.html").read_text()


@pytest.mark.parametrize(
    ("options", "titles"),
    [
        (["--scenario=lost_task"], ["Lost tasks"]),
        (["--scenario=lost_task", "--scenario=autoscaling"], ["Scale-out and scale-in", "Lost tasks"]),
        ([], ["Scale-out and scale-in", "Release"]),
    ],
)
def test_those_scenarios_run_that_are_asked_for(tmp_path, options, titles):
    """By the names of their modules; without any, the default set."""
    done = run_load_tests(f"--report={tmp_path}", *options)

    assert 0 == done.returncode, done.stdout
    results = json.loads((tmp_path / "results.json").read_text())
    assert titles == [each["title"] for each in results["scenarios"]]


@pytest.mark.parametrize(
    ("source", "options", "message"),
    [
        ("", [], "dropped has no SCENARIO = Scenario(...)"),
        (DROPPED, ["--scenario=burst"], "--scenario burst: there are autoscaling, "),
    ],
)
def test_a_scenario_that_is_none_is_refused_at_once(tmp_path, source, options, message):
    """Before a stage is brought up."""
    (tmp_path / "dropped.py").write_text(source)

    done = run_load_tests(f"--report={tmp_path}", *options, MORE_SCENARIOS=str(tmp_path))

    assert 4 == done.returncode
    assert message in done.stderr
