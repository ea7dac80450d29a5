import pytest

from stage.cpu.machine import HostLoad


@pytest.fixture
def stat(tmp_path):
    """A /proc/stat of one core; fields: user nice system idle iowait irq softirq steal guest guest_nice."""
    stat = tmp_path / "stat"
    stat.write_text("cpu  1 1 1 1 0 0 0 0 0 0\ncpu0 100 0 100 800 0 0 0 0 0 0\n")
    return stat


def test_is_busy_since_the_last_call(stat):
    """Each call answers for the time since the one before."""
    load = HostLoad(stat, {0})
    stat.write_text("cpu0 130 0 100 870 0 0 0 0 0 0\n")
    assert pytest.approx(30.0) == load.busy_percent()

    stat.write_text("cpu0 220 0 100 880 0 0 0 0 0 0\n")
    assert pytest.approx(90.0) == load.busy_percent()


def test_steal_is_busy_and_iowait_is_idle(stat):
    """What the hypervisor gave to others was not there for us; waiting for disks leaves the CPU free."""
    load = HostLoad(stat, {0})
    stat.write_text("cpu0 100 0 100 800 60 0 0 40 0 0\n")

    assert pytest.approx(40.0) == load.busy_percent()


def test_guests_are_not_counted_twice(stat):
    """Guest time is part of user time already."""
    load = HostLoad(stat, {0})
    stat.write_text("cpu0 150 0 100 850 0 0 0 0 50 0\n")

    assert pytest.approx(50.0) == load.busy_percent()


def test_within_a_tick_the_last_answer_stands(stat):
    """Asked again before the kernel has counted on, the figure is the same."""
    load = HostLoad(stat, {0})
    stat.write_text("cpu0 130 0 100 870 0 0 0 0 0 0\n")
    load.busy_percent()

    assert pytest.approx(30.0) == load.busy_percent()


def test_cores_that_this_process_may_not_use_do_not_count(stat):
    """A run that is kept to one core is starved by what is on that core, not by what is beside it."""
    stat.write_text("cpu  0 0 0 0\ncpu0 0 0 0 0 0 0 0 0\ncpu1 0 0 0 0 0 0 0 0\ncpu10 0 0 0 0 0 0 0 0\n")
    ours, theirs = HostLoad(stat, {1}), HostLoad(stat, {0, 10})
    stat.write_text("cpu  0 0 0 0\ncpu0 1 0 0 99 0 0 0 0\ncpu1 90 0 0 10 0 0 0 0\ncpu10 3 0 0 97 0 0 0 0\n")

    assert pytest.approx(90.0) == ours.busy_percent()
    assert pytest.approx(2.0) == theirs.busy_percent()


def test_reads_this_machine():
    """The real /proc/stat yields a percentage."""
    assert 0.0 <= HostLoad().busy_percent() <= 100.0
