import os
import time

import pytest

from stage.cpu.usage import CpuMeter, Utilisation, cpu_clock_seconds, process_cpu_seconds

NOBODY = 4_200_099


def test_reads_the_process_s_own_clock():
    """What we read of ourselves lies between two readings of our own CPU clock."""
    before = time.process_time()
    read = cpu_clock_seconds(os.getpid())

    assert before <= read <= time.process_time()


def test_a_process_that_is_gone_has_no_clock():
    """There is no reading, not even zero, for a process that does not exist."""
    with pytest.raises(ProcessLookupError):
        process_cpu_seconds(NOBODY)


def test_a_descendant_that_ends_takes_nothing_back():
    """The use between two readings is never negative."""
    families = iter([[os.getpid(), os.getppid()], [os.getpid()]])
    meter = CpuMeter(os.getpid(), lambda _pid: next(families))

    assert 0 <= meter.spent() < cpu_clock_seconds(os.getpid())


def test_a_reading_since_the_start_covers_the_process_s_whole_life():
    """What we used until now, and the time since we were started."""
    before = process_cpu_seconds(os.getpid())
    wall = time.monotonic()
    utilisation = Utilisation(os.getpid(), 1.0, since_start=True)
    use = utilisation.use()

    assert before <= use.used <= process_cpu_seconds(os.getpid())
    assert use.reserved > time.monotonic() - wall
    assert use.reserved * (os.cpu_count() or 1) > time.process_time()


def test_a_reading_since_the_start_is_followed_by_one_since_the_last():
    """The start counts once."""
    utilisation = Utilisation(os.getpid(), 1.0, since_start=True)
    first = utilisation.use()

    assert utilisation.use().used < first.used


def test_nothing_is_read_since_the_start_of_a_process_that_is_gone():
    """It has no start either."""
    with pytest.raises(ProcessLookupError):
        Utilisation(NOBODY, 1.0, since_start=True)
