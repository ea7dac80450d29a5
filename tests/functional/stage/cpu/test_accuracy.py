"""The stage's CPU readings against the processes' own clocks, under real quotas, for ten seconds."""

import json
import math

import pytest
from filelock import FileLock

from common.shared_files import write_whole
from stage.cpu.quota import choose_quota
from stage.cpu.usage import Utilisation
from stage.errors import StageError

from .conftest import Burner, percents_between

QUOTA_CORES = 0.25
LOADS = {"30 %": 0.3, "60 %": 0.6, "90 %": 0.9, "saturated": math.inf}
SECONDS = 10.0


@pytest.fixture(scope="session")
def measurements(tmp_path_factory, worker_id):
    """What came of each method and load, in percent of the quota.

    "read" is what the stage reads, "own" what the process's own clock says, "least" and "most" what it may
    have said when the stage read, "starved" how long others had the CPU that it wanted and was granted.

    All at once, as tasks run on the stage, and only once for all workers of a parallel run.
    """
    if worker_id == "master":
        return measure()
    shared = tmp_path_factory.getbasetemp().parent / "cpu-accuracy.json"
    with FileLock(f"{shared}.lock"):
        if not shared.exists():
            write_whole(shared, json.dumps(measure()))
    return json.loads(shared.read_text())


@pytest.fixture(params=["cgroup", "duty-cycle"])
def measured(request, measurements):
    """One method's measurements."""
    method = request.param
    if method == "cgroup":
        method = request.getfixturevalue("cgroup_method")
    return measurements[method]


def test_the_reading_is_the_process_s_own_clock(measured):
    """The stage reads within 5 points of what the process's own CPU clock says."""
    assert {} == {
        load: percents
        for load, percents in measured.items()
        if not percents["least"] - 5.0 < percents["read"] < percents["most"] + 5.0
    }


def test_the_load_was_what_it_should_be(measured):
    """A quota leaves a process that wants less than it alone."""
    assert {} == {
        load: percents
        for load, percents in measured.items()
        if load != "saturated"
        and not (
            percents["own"] < 100 * LOADS[load] + 10.0
            and percents["own"] + percents["starved"] > 100 * LOADS[load] - 10.0
        )
    }


def test_the_quota_holds_a_saturating_process(measured):
    """A process that never rests gets its quota: no more, and no less but for what the machine denied it."""
    saturated = measured["saturated"]

    assert saturated["own"] < 105.0
    assert saturated["own"] + saturated["starved"] > 80.0


def measure():
    """Run every load under every method that works here, side by side."""
    quotas, runs = [], []
    try:
        for method in ("cgroup-v2", "cgroup-v1", "duty-cycle"):
            try:
                quotas.append(choose_quota("accuracy", method))
            except StageError:
                continue
            for name, load in LOADS.items():
                burner = Burner(load * QUOTA_CORES)
                runs.append((method, name, burner))
                quotas[-1].attach(burner.pid, QUOTA_CORES)
        begun = [Begun(method, burner) for method, _, burner in runs]
        last = runs[-1][2]
        while last.reading().wall - begun[-1].before.wall < SECONDS:
            pass
        percents = {}
        for (method, name, _), one in zip(runs, begun, strict=True):
            percents.setdefault(method, {})[name] = one.percents()
        return percents
    finally:
        for *_, burner in runs:
            burner.end()
        for quota in quotas:
            quota.close()


class Begun:
    """A burner whose use is being measured; the stage's readings lie between two of its own each time."""

    def __init__(self, method, burner):
        self._method, self._burner = method, burner
        self._since = burner.reading()
        self._utilisation = Utilisation(burner.pid, QUOTA_CORES)
        self._starved = starved_seconds(method, burner)
        self.before = burner.reading()

    def percents(self):
        """What it has come to, in percent of the quota."""
        until = self._burner.reading()
        read = self._utilisation.percent()
        starved = starved_seconds(self._method, self._burner) - self._starved
        after = self._burner.reading()
        least, most = percents_between((self._since, self.before), (until, after), QUOTA_CORES)
        percent = 100 / ((until.wall - self.before.wall) * QUOTA_CORES)
        own = percent * (until.cpu - self.before.cpu)
        return {"read": read, "own": own, "least": least, "most": most, "starved": percent * starved}


def starved_seconds(method, burner):
    """How long a burner was denied what its quota grants.

    Only the duty cycle has to live with that. Under cgroups, weights prevent it, and the kernel counts
    throttled time as waiting too.
    """
    return burner.starved_seconds() if method == "duty-cycle" else 0.0
