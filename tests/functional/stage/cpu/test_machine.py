"""The measurement of the machine, on the machine."""

import os
import subprocess
import sys

import pytest

from stage.cpu import machine
from tests.waiting import START


def test_a_machine_can_do_something():
    """Within its cores, and in about the time that was asked for."""
    host = machine.measure(seconds=0.2)

    assert 0 < host.core
    assert 0 < host.cores <= len(os.sched_getaffinity(0)) + 0.1
    assert 0 < host.share <= 1


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="cores can be chosen on Linux alone")
def test_what_others_take_is_missing():
    """Sixteen busy processes on the one core that is left: the share falls, the core stays what it is."""
    core = min(os.sched_getaffinity(0))
    program = (
        f"import os; os.sched_setaffinity(0, {{{core}}});"
        "from stage.cpu.machine import measure; print(measure(1.0).cores)"
    )

    def measured():
        return float(subprocess.check_output([sys.executable, "-c", program], timeout=START))

    alone = measured()
    hog = f"import os; os.sched_setaffinity(0, {{{core}}})\nwhile True: pass"
    hogs = [subprocess.Popen([sys.executable, "-c", hog]) for _ in range(16)]
    try:
        beside = measured()
    finally:
        for hog in hogs:
            hog.kill()
            hog.wait()
    assert beside < 0.6 * alone
