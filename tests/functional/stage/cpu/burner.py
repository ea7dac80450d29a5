"""Uses CPU at a set pace and tells what its own clock says; run by path, never imported.

`burner.py CORES` keeps its CPU time at CORES x wall time; `burner.py inf` never rests. Each line on
standard input is answered with a JSON line `{"cpu": seconds, "wall": seconds}`.
"""

import json
import select
import sys
import time

# Fine enough that a quota's window of 100 ms sees an even load.
_STEP_SECONDS = 0.01


def main() -> None:
    """Burn until the input ends."""
    cores = float(sys.argv[1])
    cpu_start, wall_start = time.process_time(), time.monotonic()
    while True:
        due = cpu_start + cores * (time.monotonic() - wall_start)
        step_ends = time.process_time() + _STEP_SECONDS
        while time.process_time() < min(due, step_ends):
            pass
        rest = 0.0 if due > step_ends else _STEP_SECONDS
        if select.select([sys.stdin], [], [], rest)[0]:
            if not sys.stdin.readline():
                return
            print(json.dumps({"cpu": time.process_time(), "wall": time.monotonic()}), flush=True)  # noqa: T201 - the answer


main()
