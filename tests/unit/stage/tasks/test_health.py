import threading

import pytest

from stage.tasks.health import HealthMonitor, HealthRecord
from stage.tasks.model import HealthCheck
from tests.waiting import eventually

_CHECK = HealthCheck(("true",), interval=30, timeout=5, retries=3, start_period=10)


class Ending(threading.Event):
    """A container's end that lets no time pass; it comes by itself after so many pauses, if told to."""

    def __init__(self, after=None):
        super().__init__()
        self.pauses = []
        self._after = after

    def wait(self, timeout=None):
        """Note how long would have been waited."""
        self.pauses.append(timeout)
        if len(self.pauses) - 1 == self._after:
            self.set()
        return self.is_set()


def results(*passed, age=100.0):
    """Statuses after each of these results."""
    record = HealthRecord(_CHECK)
    return [str(record.add(passed=one, age=age)) for one in passed]


def test_it_is_unhealthy_after_as_many_failures_in_a_row():
    """Before that, nothing is known."""
    assert ["UNKNOWN", "UNKNOWN", "UNHEALTHY"] == results(False, False, False)


def test_a_success_starts_the_count_again():
    """Failures count in a row only."""
    assert [
        "UNKNOWN",
        "UNKNOWN",
        "HEALTHY",
        "HEALTHY",
        "HEALTHY",
        "UNHEALTHY",
    ] == results(False, False, True, False, False, False)


def test_an_unhealthy_container_recovers():
    """One success is enough."""
    assert ["HEALTHY"] == results(False, False, False, True)[-1:]


def test_failures_in_the_start_period_do_not_count():
    """A slow start is not an illness."""
    assert {"UNKNOWN"} == set(results(*[False] * 9, age=9.9))


def test_a_success_ends_the_start_period():
    """What has worked once is expected to go on working."""
    assert ["HEALTHY", "HEALTHY", "HEALTHY", "UNHEALTHY"] == results(True, False, False, False, age=1.0)


def test_each_change_is_reported_once():
    """Repeated results tell nothing new."""
    reported, ended = [], Ending(after=3)

    HealthMonitor(_CHECK, 0.0, lambda: True, reported.append, ended).start()
    eventually(ended.is_set)

    assert ["HEALTHY"] == reported


@pytest.mark.parametrize(("pause", "taken"), [(0.0, 1.0), (0.9, 1.0), (1.5, 1.5)])
def test_a_pause_is_no_shorter_than_a_second(pause, taken):
    """However fast AWS time runs; the first check comes after one pause."""
    ended = Ending(after=2)

    HealthMonitor(_CHECK, pause, lambda: True, [].append, ended).start()
    eventually(ended.is_set)

    assert [taken] * 3 == ended.pauses


def test_a_check_under_way_at_the_end_is_forgotten():
    """The container has ended: its last check says nothing."""
    reported, ended, probed = [], Ending(), []

    def probe():
        ended.set()
        probed.append(True)
        return True

    monitor = HealthMonitor(_CHECK, 0.0, probe, reported.append, ended)
    monitor.start()
    eventually(lambda: probed)

    assert ([], "UNKNOWN") == (reported, monitor.status)


def test_a_failing_report_does_not_end_the_checks(caplog):
    """The next change is reported again."""
    results, reported, ended = iter([True, False, False, False]), [], Ending()

    def report(status):
        reported.append(str(status))
        if status == "HEALTHY":
            raise OSError("nobody there")
        ended.set()

    check = HealthCheck(("true",), interval=30, timeout=5, retries=1, start_period=0)
    HealthMonitor(check, 0.0, lambda: next(results), report, ended).start()

    eventually(lambda: reported == ["HEALTHY", "UNHEALTHY"])
    assert "nobody there" in caplog.text
