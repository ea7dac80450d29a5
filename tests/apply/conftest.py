"""One apply, changed from mesh to mesh, looked at from every side and destroyed; beside it the first run."""

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
from tests.apply.chain import Chain
from tests.apply.document import FirstRun
from tests.apply.mode import NAMES, ROOT, Mode
from tests.apply.phases import Applied, Changed, Destroyed, RolledBack
from tests.apply.rehearsal import Rehearsal
from tests.apply.services import images
from tests.apply.standing import standing
from tests.apply.workers import ByChain, chain_of, mode_of

# What a test may ask for, in the order in which it exists.
_PHASES = ("applied", "changed", "rolled_back", "destroyed")
# A release that no task of gets healthy.
_BAD_RELEASE = "6.6.6"


def pytest_addoption(parser):
    """Say where logs go."""
    parser.addoption(
        "--report", type=Path, default=Path("reports/apply"), help="folder for logs and times (reports/apply)"
    )


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(items):
    """Run one system after the other, mode by mode and phase by phase, whatever order pytest has chosen."""
    result = yield
    items.sort(key=lambda item: (chain_of(item.nodeid), _place(item), _phase(item)))
    return result


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Give each system a worker of its own: an apply is mostly waiting, so they run side by side."""
    return ByChain(config, log)


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


@pytest.fixture(scope="session")
def first_run(rehearsing) -> Iterator[FirstRun]:
    """The system after the last command of the document, in an account where nothing was."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SUITE_PYTHON", sys.executable)
        patch.setenv("PYTHONPATH", f"{ROOT.parent}:{ROOT.parent / 'services'}")
        with told_in_one_line(), rehearsing(ROOT, "first_run") as rehearsal:
            yield FirstRun(rehearsal, rehearsal.folder)


@pytest.fixture(scope="session")
def after_the_first_run(first_run) -> Chain:
    """The system of the first run, to be brought to other variables; any image is there by then."""
    first_run.rehearsal.fleet.refuse = lambda _definition: ""
    return Chain("first_run", first_run.rehearsal)


@pytest.fixture(scope="session")
def production(rehearsing) -> Iterator[Chain]:
    """An account with a certificate for the HTTPS listener, and roles that do everything in it."""
    with told_in_one_line(), rehearsing(ROOT, "production") as rehearsal:
        answer = rehearsal.aws("acm").request_certificate(DomainName="notifications.example")
        rehearsal.prepare_account("production", {}, secrets_declared=True)
        rehearsal.account.try_faulty_deploy_role()
        given = {"certificate_arn": answer["CertificateArn"]}
        yield Chain("production", rehearsal, given, standing(rehearsal.aws))


@pytest.fixture(scope="session", params=NAMES)
def applied(request) -> Applied:
    """The system in a mode, which it reaches from the one before; to be looked at, not to be touched."""
    with told_in_one_line():
        return _chain(request, request.param).reach(request.param)


@pytest.fixture(scope="session")
def changed(request, applied) -> Changed:
    """The system after some variables were changed at once, and others behind Terraform's back."""
    drift.shift_all_requests_to_the_canary(applied.aws)
    drift.let_everybody_send(applied.aws, applied.outputs["queue_name"])
    drift.silence(applied.aws, f"{applied.mode.system}-dead-letters")
    with told_in_one_line():
        return _chain(request, applied.mode.name).change(applied)


@pytest.fixture(scope="session")
def rolled_back(applied) -> RolledBack:
    """The system after a release that ECS took back."""
    rehearsal, files = applied.rehearsal, applied.mode.var_files
    rehearsal.fleet.refuse = _refuse_the_bad_release
    with pytest.raises(StageError) as error:
        rehearsal.apply(files, {**applied.variables, "image_tag": _BAD_RELEASE})
    with told_in_one_line():
        running = images(applied)
        plan = rehearsal.plan_changes()
        rehearsal.apply(files, applied.variables)
        return RolledBack(str(error.value), running, plan, rehearsal.plan_changes())


@pytest.fixture(scope="session")
def destroyed(request, applied) -> Destroyed:
    """What is left when everything was destroyed, its protection taken off before."""
    drift.unprotect(applied.aws, applied.mode.system)
    with told_in_one_line():
        before = _chain(request, applied.mode.name).before
        return Destroyed(applied.rehearsal.destroy(), before, applied.aws)


def _chain(request: pytest.FixtureRequest, mode: str) -> Chain:
    """The chain of a mode, alone: the other has an account of its own."""
    chain: Chain = request.getfixturevalue(
        {"production": "production", "first_run": "after_the_first_run"}[Mode(mode).chain]
    )
    return chain


def _refuse_the_bad_release(definition: Mapping[str, Any]) -> str:
    """Why ECS cannot run a task definition."""
    image = definition["containerDefinitions"][0]["image"]
    return f"CannotPullContainerError: {image}" if image.endswith(f":{_BAD_RELEASE}") else ""


def _place(item: pytest.Item) -> int:
    """Place of a test's mode in its chain; what has none comes before.

    Raises:
        UsageError: A worker could not tell by the test's name which system it is about.
    """
    mode = mode_of(item.nodeid)
    applied = item.callspec.params.get("applied", "") if hasattr(item, "callspec") else ""
    if applied != mode:
        raise pytest.UsageError(f"{item.nodeid}: its mode comes first in a name: parametrize `applied` last")
    return NAMES.index(mode) if mode else -1


def _phase(item: pytest.Item) -> int:
    return max((_PHASES.index(name) for name in item.fixturenames if name in _PHASES), default=0)


@contextmanager
def told_in_one_line() -> Iterator[None]:
    """What a person can act on needs no traceback."""
    try:
        yield
    except (StageError, OverBudgetError) as error:
        pytest.fail(str(error), pytrace=False)
