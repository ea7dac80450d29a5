import os
import time

import pytest

from stage.cpu.usage import CpuMeter, cpu_clock_seconds, process_cpu_seconds

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
