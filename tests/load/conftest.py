"""Brings the target up, runs each scenario once, prints and writes what came of it."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from rich.console import Console

from tests.load import inconclusive
from verify import target as targets
from verify.discovery import discovered
from verify.errors import LoadError
from verify.progress import Progress, progress
from verify.report import html
from verify.report.findings import Finding, Findings
from verify.report.terminal import table
from verify.scenario import Scenario
from verify.target import Target
from verify.verdict import terraform
from verify.verdict.check import Check, by_name

_FINDINGS = pytest.StashKey[Findings]()
_SCENARIOS = pytest.StashKey[Mapping[str, Scenario]]()
_USAGE_ERROR = 4
_API_KEY = "LOAD_API_KEY"


def pytest_addoption(parser):
    """Options that choose what is tested and where the report goes."""
    group = parser.getgroup("load", "load tests")
    group.addoption(
        "--target", choices=["stage", "aws"], default="stage", help="what is driven and judged (stage)"
    )
    group.addoption(
        "--outputs", type=Path, help="with --target=aws: a file that `terraform output -json` wrote"
    )
    group.addoption(
        "--scenario",
        action="append",
        metavar="NAME",
        help="run this one, a module of verify/scenarios; may be repeated (all)",
    )
    group.addoption(
        "--report",
        type=Path,
        default=Path("reports/verify"),
        help="folder for index.html and results.json (reports/verify)",
    )


def pytest_configure(config):
    """Begin with no findings; refuse what cannot work before anything is brought up."""
    if config.option.target == "aws" and config.option.outputs is None:
        raise pytest.UsageError("--target=aws needs --outputs=FILE, written by `terraform output -json`")
    if config.option.target == "aws" and not os.environ.get(_API_KEY):
        raise pytest.UsageError(
            f"--target=aws needs {_API_KEY} in the environment: a key that the Notification API knows, "
            "as <client id>.<key>, of a client whose rate limit is above the load"
        )
    config.stash[_SCENARIOS] = _wanted(config.option.scenario)
    config.stash[_FINDINGS] = Findings(config.option.target)
    config.pluginmanager.register(inconclusive)


def _wanted(names: Sequence[str] | None) -> Mapping[str, Scenario]:
    try:
        found = discovered()
    except LoadError as error:
        raise pytest.UsageError(str(error)) from None
    if unknown := sorted(set(names or ()) - found.keys()):
        raise pytest.UsageError(f"--scenario {unknown[0]}: there are {', '.join(found)}")
    return {name: scenario for name, scenario in found.items() if not names or name in names}


def pytest_generate_tests(metafunc):
    """Make a test for each rule of each scenario."""
    if "scenario_checks" in metafunc.fixturenames:
        rules = [
            (name, rule)
            for name, scenario in metafunc.config.stash[_SCENARIOS].items()
            for rule in scenario.rules
        ]
        metafunc.parametrize(
            ("scenario_checks", "rule"), rules, indirect=["scenario_checks"], scope="session"
        )


@pytest.fixture(scope="session")
def shown(pytestconfig) -> Callable:
    """A context in which a long fixture can say where it is."""
    capture = pytestconfig.pluginmanager.getplugin("capturemanager")

    @contextmanager
    def show(title: str) -> Iterator[Progress]:
        with ExitStack() as stack:
            if capture is not None:
                stack.enter_context(capture.global_and_fixture_disabled())
            yield stack.enter_context(progress(title))

    return show


@pytest.fixture(scope="session")
def target(pytestconfig, shown) -> Iterator[Target]:
    """The system under test, up and steady."""
    if pytestconfig.option.target == "aws":
        try:
            found = targets.from_outputs(pytestconfig.option.outputs, os.environ[_API_KEY])
        except ValueError as error:
            pytest.exit(str(error), returncode=_USAGE_ERROR)
        yield found
        return
    # Whoever drives AWS needs nothing of the stage.
    from stage.errors import StageError  # noqa: PLC0415
    from stage.settings import StageSettings  # noqa: PLC0415
    from stage.stage import Stage  # noqa: PLC0415

    with ExitStack() as stack:
        with shown("Bringing the stage up") as say:
            try:
                stage = stack.enter_context(Stage(StageSettings(progress=say)))
            except StageError as error:
                pytest.exit(f"stage: {error}", returncode=_USAGE_ERROR)
        yield targets.from_stage(stage)


@pytest.fixture(scope="session")
def findings(pytestconfig) -> Findings:
    """What this session has found until now."""
    return pytestconfig.stash[_FINDINGS]


@pytest.fixture(scope="session")
def scenario_checks(request, target, findings, shown) -> Mapping[str, Check]:
    """The checks of a scenario, by name; it runs once for all of them."""
    scenario = request.config.stash[_SCENARIOS][request.param]
    with shown(scenario.title) as say, _told_in_one_line():
        judged = scenario.prove(target, say)
    findings.found.append(Finding(scenario.title, judged.checks, judged.record, scenario.sentence))
    findings.repeated += judged.repeated
    return by_name(judged.checks)


@pytest.fixture(scope="session")
def plan_checks(target, findings, shown) -> Mapping[str, Check]:
    """The check on a second plan, by name."""
    if target.plan_changes is None:
        pytest.skip("no plan can be made of this target from here: make one with `terraform plan`")
    with shown("Planning a second time"):
        checks = terraform.judge_plan(target.plan_changes())
    findings.found.append(Finding("Second plan", checks))
    return by_name(checks)


@pytest.fixture(scope="session")
def destroy_checks(target, findings, shown) -> Mapping[str, Check]:
    """The check on removing everything, by name; only where that is this session's to do."""
    if target.destroy is None:
        pytest.skip("this target was there before and stays")
    with shown("Destroying everything"):
        checks = terraform.judge_destroy(target.destroy())
    findings.found.append(Finding("Destroy", checks))
    return by_name(checks)


@contextmanager
def _told_in_one_line() -> Iterator[None]:
    """What a person can act on needs no traceback, least of all one for each rule."""
    try:
        yield
    except LoadError as error:
        pytest.fail(str(error), pytrace=False)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Keep what broke a fixture: a scenario that could not be judged is no pass."""
    report = yield
    if report.when == "setup" and report.failed and call.excinfo is not None:
        note = f"Not everything could be judged: {call.excinfo.value}"
        notes = item.config.stash[_FINDINGS].notes
        if note not in notes:
            notes.append(note)
    return report


def pytest_terminal_summary(config):
    """Print the table of checks and write the report."""
    findings = config.stash[_FINDINGS]
    if not findings.found and not findings.notes:
        return
    console = Console(highlight=False)
    console.print()
    console.print(table(findings))
    console.print(f"Report: {html.write(findings, config.option.report)}", soft_wrap=True)
