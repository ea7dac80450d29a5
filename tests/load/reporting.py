"""A pytest plugin: keeps what a session finds, says meanwhile where it is, and reports at its end."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from verify.progress import progress
from verify.record import ScenarioRecord
from verify.report import html, provenance
from verify.report.enforced import Enforced, Limits, enforced
from verify.report.findings import Findings
from verify.report.phases import Stopwatch
from verify.report.terminal import console, table
from verify.rights import files, reasons
from verify.rights.judge import judge
from verify.rights.observed import Observed, of_callers
from verify.target import Target

_FINDINGS = pytest.StashKey[Findings]()
_STOPWATCH = pytest.StashKey[Stopwatch]()
_ENFORCED = pytest.StashKey[Callable[[list[ScenarioRecord]], list[Enforced]]]()


def add_options(group) -> None:
    """Add the options of the report to a group of pytest's."""
    group.addoption(
        "--report",
        type=Path,
        default=Path("reports/verify"),
        help="folder for index.html, results.json and junit.xml (reports/verify)",
    )


def pytest_configure(config):
    """Begin with no findings."""
    config.stash[_FINDINGS] = Findings(config.option.target)
    config.stash[_STOPWATCH] = Stopwatch(config.stash[_FINDINGS].phases)


def note_target(config, target: Target, limits: Limits | None) -> None:
    """Say what is tested, and how the stage holds its tasks to their limits: None where AWS does."""
    config.stash[_ENFORCED] = lambda records: enforced(target, records, limits)


def note_rights(config, target: Target) -> None:
    """Keep what roles were let do, before the system goes: for the report and for `verify rights`."""
    if target.read_rights is None or target.read_roles is None:
        return
    observed = of_callers(Observed(target.read_rights(), target.read_roles()))
    files.save(config.option.report / "rights.json", observed)
    config.stash[_FINDINGS].rights = judge(observed, reasons.read())


@pytest.fixture(scope="session")
def findings(pytestconfig) -> Findings:
    """What this session has found until now."""
    return pytestconfig.stash[_FINDINGS]


@pytest.fixture(scope="session")
def shown(pytestconfig) -> Callable:
    """A context in which a long fixture can say where it is, and whose time is in the report."""
    capture = pytestconfig.pluginmanager.getplugin("capturemanager")

    @contextmanager
    def show(title: str) -> Iterator[Callable[[str], None]]:
        with ExitStack() as stack:
            if capture is not None:
                stack.enter_context(capture.global_and_fixture_disabled())
            say = stack.enter_context(progress(title))
            yield stack.enter_context(pytestconfig.stash[_STOPWATCH].phase(title, say))

    return show


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


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session, exitstatus):
    """A session that was interrupted has judged a part, which is no pass however good it was."""
    if exitstatus == pytest.ExitCode.INTERRUPTED:
        session.config.stash[_FINDINGS].notes.append(
            "Not everything could be judged: the session was interrupted"
        )


def pytest_terminal_summary(config):
    """Print the table of checks and write the report."""
    findings = config.stash[_FINDINGS]
    if not findings.found and not findings.notes:
        return
    findings.versions = provenance.versions(findings.target)
    findings.command = provenance.command(config.invocation_params.args, os.environ)
    if (told := config.stash.get(_ENFORCED, None)) is not None:
        findings.enforced = told(findings.records)
    shown_on = console()
    shown_on.print()
    shown_on.print(table(findings))
    shown_on.print(f"Again: {findings.command}", soft_wrap=True)
    shown_on.print(f"Report: {html.write(findings, config.option.report)}", soft_wrap=True)
