import math
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


def test_descendants_count(burn):
    """What a shell's child uses is the shell's."""
    burner = burn(math.inf, wrapper=("sh", "-c", '"$0" "$@"; true'))
    used = burner.reading().cpu

    assert cpu_clock_seconds(burner.pid) < used <= process_cpu_seconds(burner.pid)


def test_a_descendant_that_ends_takes_nothing_back():
    """The use between two readings is never negative."""
    families = iter([[os.getpid(), os.getppid()], [os.getpid()]])
    meter = CpuMeter(os.getpid(), lambda _pid: next(families))

    assert 0 <= meter.spent() < cpu_clock_seconds(os.getpid())


def test_utilisation_is_percent_of_the_reservation(burn):
    """A saturated core is 400 % of a quarter of a core."""
    burner = burn(math.inf)
    start = burner.reading()
    utilisation = Utilisation(burner.pid, 0.25)
    while (end := burner.reading()).wall - start.wall < 0.5:
        pass

    own = 100 * (end.cpu - start.cpu) / (end.wall - start.wall) / 0.25
    assert pytest.approx(own, rel=0.1) == utilisation.percent()


def test_utilisation_of_an_ended_task_is_missing(burn):
    """A task that has ended yields no figure rather than a low one."""
    burner = burn(0.0)
    utilisation = Utilisation(burner.pid, 0.25)
    burner.end()

    assert utilisation.percent() is None
