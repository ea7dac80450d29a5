"""Program: `python -m tests.bench.generator_cost`, the CPU that the load generator spends on a request.

Locust as `verify/drive.py` runs it, against a server in this process that accepts everything; CPU time of
Locust's process alone, by the kernel's clock, so that a busy machine has little say in it. docs/load.md plans
with it.
"""

import tempfile
import time
from pathlib import Path

import psutil

from tests.functional.verify.accepting_server import AcceptingServer
from verify.drive import Drive
from verify.plan import LoadPlan, Plateau

_RATE = 200.0
_WARM_UP_SECONDS, _SECONDS, _ROUNDS = 5.0, 10.0, 3


def microseconds() -> list[float]:
    """CPU of a request in microseconds, a figure for each round."""
    plan = LoadPlan((Plateau(3600, _RATE),))
    rounds = []
    with (
        AcceptingServer() as server,
        tempfile.TemporaryDirectory() as folder,
        Drive(server.url, "load.key", plan, Path(folder)) as drive,
    ):
        process = psutil.Process(drive.pid)
        time.sleep(_WARM_UP_SECONDS)
        for _ in range(_ROUNDS):
            requests, spent = len(drive.requests()), sum(process.cpu_times()[:2])
            time.sleep(_SECONDS)
            spent = sum(process.cpu_times()[:2]) - spent
            rounds.append(spent / (len(drive.requests()) - requests) * 1e6)
    return sorted(rounds)


if __name__ == "__main__":
    lowest, median, highest = microseconds()
    print(f"{median:.0f} µs a request, {lowest:.0f} to {highest:.0f}, at {_RATE:g} requests/s")  # noqa: T201
