"""One apply for each mesh, looked at from every side, then changed, and then destroyed."""

import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from stage.errors import StageError
from tests.apply import drift
from tests.apply.budget import OverBudgetError
from tests.apply.mode import NAMES, Mode
from tests.apply.phases import Applied, CanaryRemoved, Changed, Destroyed, Drifted, RolledBack
from tests.apply.rehearsal import Rehearsal
from tests.apply.services import images
from tests.apply.workers import ByMode, mode_of

# What a test may ask for, in the order in which it exists.
_PHASES = ("applied", "changed", "drifted", "rolled_back", "canary_removed", "destroyed")
# A release that no task of gets healthy.
_BAD_RELEASE = "6.6.6"
# What a person has to take off production before it can be removed.
_PROTECTED = ("ledger", "load_balancer")


def pytest_addoption(parser):
    """Say where logs go."""
    parser.addoption(
        "--report", type=Path, default=Path("reports/apply"), help="folder for logs and times (reports/apply)"
    )


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(items):
    """Run one mode after the other, each phase by phase, whatever order pytest has chosen."""
    result = yield
    items.sort(key=lambda item: (mode_of(item.nodeid), _phase(item)))
    return result


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Give each mode a worker of its own: an apply is mostly waiting, so they run side by side."""
    return ByMode(config, log)


@pytest.fixture(scope="session")
def rehearsing(pytestconfig, tmp_path_factory) -> Callable[[Path, str], Rehearsal]:
    """Makes a rehearsal of a root module that says on the terminal where it is."""
    if shutil.which("terraform") is None:
        pytest.fail("terraform is not on PATH: install Terraform 1.11 or newer", pytrace=False)
    capture = pytestconfig.pluginmanager.getplugin("capturemanager")

    def make(root: Path, name: str) -> Rehearsal:
        def say(text: str) -> None:
            with capture.global_and_fixture_disabled():
                # Standard output is how a worker talks to the one who started it.
                print(f"{name}: {text}", file=sys.stderr, flush=True)  # noqa: T201 - a sign of life

        workdir = tmp_path_factory.mktemp(name) / "terraform"
        return Rehearsal(root, workdir, pytestconfig.option.report.resolve() / name, say)

    return make


@pytest.fixture(scope="session", params=NAMES)
def applied(request, rehearsing) -> Iterator[Applied]:
    """The system after its first apply; to be looked at, not to be touched."""
    mode = Mode(request.param)
    with told_in_one_line(), rehearsing(mode.root, mode.name) as rehearsal:
        variables = {**mode.variables, **_certificate(mode, rehearsal)}
        rehearsal.apply(mode.var_files, variables)
        steps = list(rehearsal.steps)
        plan = rehearsal.plan_changes()
        yield Applied(mode, variables, rehearsal, rehearsal.outputs(), plan, steps)


@pytest.fixture(scope="session")
def changed(applied) -> Changed:
    """The system after many variables were changed at once."""
    mode, rehearsal = applied.mode, applied.rehearsal
    variables = {**applied.variables, **mode.changed_variables}
    with told_in_one_line():
        announced = rehearsal.plan(mode.var_files, variables)
        rehearsal.apply(mode.var_files, variables)
        steps = list(rehearsal.steps)
        return Changed(announced, rehearsal.plan_changes(), steps, rehearsal.written())


@pytest.fixture(scope="session")
def drifted(applied, changed) -> Drifted:
    """The system after somebody changed it by hand and Terraform put that right."""
    mode, rehearsal = applied.mode, applied.rehearsal
    drift.shift_all_requests_to_the_canary(applied.aws)
    drift.let_everybody_send(applied.aws, applied.outputs["queue_name"])
    drift.silence(applied.aws, f"{mode.system}-dead-letters")
    with told_in_one_line():
        noticed = rehearsal.plan_changes()
        rehearsal.apply(mode.var_files, {**applied.variables, **mode.changed_variables})
        return Drifted(noticed, rehearsal.plan_changes())


@pytest.fixture(scope="session")
def rolled_back(applied, changed) -> RolledBack:
    """The system after a release that ECS took back."""
    mode, rehearsal = applied.mode, applied.rehearsal
    variables = {**applied.variables, **mode.changed_variables}
    rehearsal.fleet.refuse = _refuse_the_bad_release
    with pytest.raises(StageError) as error:
        rehearsal.apply(mode.var_files, {**variables, "image_tag": _BAD_RELEASE})
    with told_in_one_line():
        running = images(applied)
        plan = rehearsal.plan_changes()
        rehearsal.apply(mode.var_files, variables)
        return RolledBack(str(error.value), running, plan, rehearsal.plan_changes())


@pytest.fixture(scope="session")
def canary_removed(applied, changed) -> CanaryRemoved:
    """The system after an apply without the canary that had half of the requests."""
    mode, rehearsal = applied.mode, applied.rehearsal
    with told_in_one_line():
        rehearsal.apply(mode.var_files, {**applied.variables, **mode.changed_variables, "canary": None})
        steps = list(rehearsal.steps)
        return CanaryRemoved(steps, rehearsal.plan_changes())


@pytest.fixture(scope="session")
def destroyed(applied, changed) -> Destroyed:
    """What is left when everything was destroyed, in production once its protection is off."""
    mode, rehearsal = applied.mode, applied.rehearsal
    with told_in_one_line():
        if mode.environment == "production":
            off = "".join(f'module "{name}" {{\n  deletion_protection = false\n}}\n' for name in _PROTECTED)
            rehearsal.override("unprotected", off)
            rehearsal.apply(mode.var_files, {**applied.variables, **mode.changed_variables})
        return Destroyed(rehearsal.destroy(), applied.aws)


def _certificate(mode: Mode, rehearsal: Rehearsal) -> dict[str, str]:
    """What an account has before the system comes: a certificate for its HTTPS listener."""
    if mode.environment != "production":
        return {}
    answer = rehearsal.aws("acm").request_certificate(DomainName="notifications.example")
    return {"certificate_arn": answer["CertificateArn"]}


def _refuse_the_bad_release(definition: Mapping[str, Any]) -> str:
    """Why ECS cannot run a task definition."""
    image = definition["containerDefinitions"][0]["image"]
    return f"CannotPullContainerError: {image}" if image.endswith(f":{_BAD_RELEASE}") else ""


def _phase(item: pytest.Item) -> int:
    return max((_PHASES.index(name) for name in item.fixturenames if name in _PHASES), default=0)


@contextmanager
def told_in_one_line() -> Iterator[None]:
    """What a person can act on needs no traceback."""
    try:
        yield
    except (StageError, OverBudgetError) as error:
        pytest.fail(str(error), pytrace=False)
