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
    """Many busy processes on the one core that is left: the share falls, the core stays what it is.

    They are more than others may have there already, so that it falls beside other layers of tests as well.
    """
    core = min(os.sched_getaffinity(0))
    # What it imports is not to be waited for beside the others.
    program = (
        f"import os; os.sched_setaffinity(0, {{{core}}});"
        "from stage.cpu.machine import measure; print(); input(); print(measure(1.0).cores)"
    )
    hog = f"import os; os.sched_setaffinity(0, {{{core}}})\nwhile True: pass"

    def measured(hogs=0):
        with subprocess.Popen(
            [sys.executable, "-u", "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as measuring:
            measuring.stdout.readline()
            busy = [subprocess.Popen([sys.executable, "-S", "-c", hog]) for _ in range(hogs)]
            try:
                return float(measuring.communicate("\n", timeout=START)[0])
            finally:
                for one in busy:
                    one.kill()
                    one.wait()

    alone = measured()
    assert measured(hogs=40) < 0.6 * alone
