"""A pytest plugin: a check that a starved host leaves open is no failed test, and no passed one."""

import pytest

# EX_TEMPFAIL, "the user is invited to retry" (https://man.openbsd.org/sysexits.3).
EXIT_STATUS = 75
_OUTCOME = "inconclusive"
_SEEN = pytest.StashKey[bool]()


class InconclusiveError(Exception):
    """The host left what was to be checked no room to be seen."""


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(item, call):
    """Give the test an outcome of its own.

    To other plugins it is skipped: pytest's --junitxml takes what it does not know for passed.
    """
    report = yield
    if call.excinfo is not None and call.excinfo.errisinstance(InconclusiveError):
        report.outcome = "skipped"
        report.longrepr = (str(item.path), item.location[1] or 0, f"{_OUTCOME}: {call.excinfo.value}")
        report.inconclusive = str(call.excinfo.value)
        item.config.stash[_SEEN] = True
    return report


@pytest.hookimpl(tryfirst=True)
def pytest_report_teststatus(report):
    """Name it in the progress and in the last line."""
    if hasattr(report, _OUTCOME):
        return _OUTCOME, "I", "INCONCLUSIVE"
    return None


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session, exitstatus):
    """Whoever asks for the exit status learns that it is neither."""
    if exitstatus == pytest.ExitCode.OK and session.config.stash.get(_SEEN, False):
        session.exitstatus = EXIT_STATUS


def pytest_terminal_summary(terminalreporter):
    """List what could not be decided, as pytest lists what failed."""
    for report in terminalreporter.stats.get(_OUTCOME, []):
        terminalreporter.write_line(f"INCONCLUSIVE {report.nodeid} - {report.inconclusive}", yellow=True)
