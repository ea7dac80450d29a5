"""Brings the target up and runs each scenario once."""

import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from common.errors import SetupError
from tests.load import inconclusive, reporting
from verify import target as targets
from verify.bounds import Bounds
from verify.discovery import discovered, selected
from verify.errors import LoadError
from verify.report.enforced import Limits
from verify.report.findings import Finding
from verify.scenario import Scenario
from verify.target import Target
from verify.verdict.check import Check, by_name

_SCENARIOS = pytest.StashKey[Mapping[str, Scenario]]()
_AWS = pytest.StashKey[Target]()
_BOUNDS = Bounds()
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
        "--restored",
        action="store_true",
        help="with --target=stage: begin with what was applied before, if nothing of it has changed",
    )
    group.addoption(
        "--restored-from",
        type=Path,
        metavar="FILE",
        help="with --target=stage: begin with this kept state, and apply what differs from it",
    )
    group.addoption(
        "--scenario",
        action="append",
        metavar="NAME[,NAME]",
        help="run these, modules of verify/scenarios; may be repeated (those of the default set)",
    )
    group.addoption("--all", action="store_true", dest="all_scenarios", help="run every scenario there is")
    group.addoption(
        "--workers",
        type=int,
        metavar="N",
        help="let N Locust workers make the load, led by a master of their own (one process; with "
        "--target=aws as many tasks of ECS as load_generator declares, 1 for this machine)",
    )
    group.addoption(
        "--yes", action="store_true", help="with --target=aws: load that system, without being asked again"
    )
    group.addoption(
        "--max-rate",
        type=float,
        default=_BOUNDS.requests_per_second,
        metavar="REQUESTS",
        help=f"a second, with --target=aws ({_BOUNDS.requests_per_second:g})",
    )
    group.addoption(
        "--max-users",
        type=int,
        default=_BOUNDS.users,
        metavar="USERS",
        help=f"at the same time, with --target=aws ({_BOUNDS.users})",
    )
    group.addoption(
        "--max-minutes",
        type=float,
        default=_BOUNDS.minutes,
        metavar="MINUTES",
        help=f"that the load of a scenario lasts at most, with --target=aws ({_BOUNDS.minutes:g})",
    )
    reporting.add_options(group)


def pytest_configure(config):
    """Refuse what cannot work before anything is brought up."""
    if config.option.target == "aws" and config.option.outputs is None:
        raise pytest.UsageError("--target=aws needs --outputs=FILE, written by `terraform output -json`")
    if (config.option.workers or 0) < 0:
        raise pytest.UsageError(f"--workers {config.option.workers}: give a number of processes, such as 2")
    if config.option.target == "aws":
        config.stash[_AWS] = _account(config.option)
    config.stash[_SCENARIOS] = _wanted(config.option)
    config.pluginmanager.register(inconclusive)
    config.pluginmanager.register(reporting)


def _account(options) -> Target:
    """The system in an account, once it is clear that it may be loaded."""
    bounds = Bounds(options.max_rate, options.max_users, options.max_minutes)
    try:
        found = targets.from_outputs(options.outputs, os.environ.get(_API_KEY, ""), options.workers, bounds)
    except LoadError as error:
        raise pytest.UsageError(str(error)) from None
    if not options.yes and not os.environ.get("CI"):
        raise pytest.UsageError(f"this loads {found.url} with {bounds}: say that you want that with --yes")
    return found


def _wanted(options) -> Mapping[str, Scenario]:
    try:
        return selected(
            discovered(),
            options.scenario or (),
            all_scenarios=options.all_scenarios,
            account=options.target == "aws",
        )
    except LoadError as error:
        raise pytest.UsageError(str(error)) from None


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
def target(pytestconfig, shown) -> Iterator[Target]:
    """The system under test, up and steady."""
    if pytestconfig.option.target == "aws":
        reporting.note_target(pytestconfig, pytestconfig.stash[_AWS], None)
        yield pytestconfig.stash[_AWS]
        return
    # Whoever drives AWS needs nothing of the stage.
    from stage.stage import Stage  # noqa: PLC0415

    with ExitStack() as stack:
        with shown("Bringing the stage up") as say:
            try:
                stage = stack.enter_context(Stage(_settings(pytestconfig.option, say)))
                stage.wait_for_proof()
                say(str(stage.origin))
            except SetupError as error:
                pytest.exit(f"stage: {error}", returncode=_USAGE_ERROR)
        found = replace(targets.from_stage(stage), workers=pytestconfig.option.workers or 0)
        limits = Limits(stage.quota_method, memory="by a watch on what is resident")
        reporting.note_target(pytestconfig, found, limits)
        yield found
        reporting.note_rights(pytestconfig, found)
        with shown("Taking the stage down"):
            stack.close()


def _settings(option, say):
    """The stage's settings: what is restored is proved by an empty plan before anything is driven.

    Everything is applied and released with the rights that a pipeline has.
    """
    from stage.settings import KEPT_STATES, StageSettings  # noqa: PLC0415

    return StageSettings(
        kept_states=KEPT_STATES,
        restored=option.restored,
        restored_from=option.restored_from,
        as_deploy_role=True,
        progress=say,
    )


@pytest.fixture(scope="session")
def scenario_checks(request, target, findings, shown) -> Mapping[str, Check]:
    """The checks of a scenario, by name; it runs once for all of them."""
    scenario = request.config.stash[_SCENARIOS][request.param]
    with shown(scenario.title) as say, _told_in_one_line():
        judged = scenario.prove(target, say)
    findings.add(Finding(scenario.title, judged.checks, judged.record, scenario.sentence))
    findings.repeated += judged.repeated
    return by_name(judged.checks)


@contextmanager
def _told_in_one_line() -> Iterator[None]:
    """What a person can act on needs no traceback, least of all one for each rule."""
    try:
        yield
    except LoadError as error:
        pytest.fail(str(error), pytrace=False)
