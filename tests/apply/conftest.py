"""One apply for each mesh, looked at from every side, then changed, and then destroyed."""

import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from stage.errors import StageError
from tests.apply import drift
from tests.apply.budget import OverBudgetError
from tests.apply.mode import NAMES, Mode
from tests.apply.phases import Applied, Changed, Destroyed, Drifted
from tests.apply.rehearsal import Rehearsal
from tests.apply.workers import ByMode, mode_of

# What a test may ask for, in the order in which it exists.
_PHASES = ("applied", "changed", "drifted", "destroyed")
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
    with _told_in_one_line(), rehearsing(mode.root, mode.name) as rehearsal:
        variables = {**mode.variables, **_certificate(mode, rehearsal)}
        rehearsal.apply(mode.var_files, variables)
        plan = rehearsal.plan_changes()
        yield Applied(mode, variables, rehearsal, rehearsal.outputs(), plan)


@pytest.fixture(scope="session")
def changed(applied) -> Changed:
    """The system after many variables were changed at once."""
    mode, rehearsal = applied.mode, applied.rehearsal
    variables = {**applied.variables, **mode.changed_variables}
    with _told_in_one_line():
        announced = rehearsal.plan(mode.var_files, variables)
        rehearsal.apply(mode.var_files, variables)
        return Changed(announced, rehearsal.plan_changes(), rehearsal.written())


@pytest.fixture(scope="session")
def drifted(applied, changed) -> Drifted:
    """The system after somebody changed it by hand and Terraform put that right."""
    mode, rehearsal = applied.mode, applied.rehearsal
    drift.shift_all_requests_to_the_canary(applied.aws)
    drift.let_everybody_send(applied.aws, applied.outputs["queue_name"])
    drift.silence(applied.aws, f"{mode.system}-dead-letters")
    with _told_in_one_line():
        noticed = rehearsal.plan_changes()
        rehearsal.apply(mode.var_files, {**applied.variables, **mode.changed_variables})
        return Drifted(noticed, rehearsal.plan_changes())


@pytest.fixture(scope="session")
def destroyed(applied, changed) -> Destroyed:
    """What is left when everything was destroyed, in production once its protection is off."""
    mode, rehearsal = applied.mode, applied.rehearsal
    with _told_in_one_line():
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


def _phase(item: pytest.Item) -> int:
    return max((_PHASES.index(name) for name in item.fixturenames if name in _PHASES), default=0)


@contextmanager
def _told_in_one_line() -> Iterator[None]:
    """What a person can act on needs no traceback."""
    try:
        yield
    except (StageError, OverBudgetError) as error:
        pytest.fail(str(error), pytrace=False)
