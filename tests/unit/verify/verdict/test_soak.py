import random
from dataclasses import replace

import pytest

from tests.unit.verify import runs
from verify.record import Resources
from verify.verdict import soak as rules

ALL = (rules.tasks_last, rules.memory_flat, rules.descriptors_flat, rules.connections_flat)
MIB = 1024 * 1024
SAMPLES = 180
TASKS = ((runs.API, "task/1"), (runs.API, "task/2"), (runs.SENDER, "task/3"))


def soaked(leak=None, per_sample=0.0, seed=1):
    """Half an hour of samples, in which memory settles within the first third; one thing may leak."""
    draw = random.Random(seed)  # noqa: S311 - nothing here is secret
    found = []
    for number in range(SAMPLES):
        for service, arn in TASKS:
            values = {
                "memory_bytes": (60 + min(number, 50) * 0.4 + draw.uniform(-1, 1)) * MIB,
                "descriptors": 30 + draw.randrange(5),
                "connections": 12 + draw.randrange(5),
            }
            if leak and arn == "task/2":
                values[leak] += per_sample * number
            values = {name: int(value) for name, value in values.items()}
            found.append(Resources(1000.0 + 10 * number, service, arn, **values))
    return replace(runs.lost_task_run(), resources=tuple(found))


def failed(run):
    """Names of the rules that the run breaks."""
    return {check.name for check in (rule(run) for rule in ALL) if check.outcome != "pass"}


@pytest.mark.parametrize("seed", range(10))
def test_what_fills_at_first_and_scatters_then_is_flat(seed):
    """Caches and pools are no leak."""
    assert set() == failed(soaked(seed=seed))


@pytest.mark.parametrize(
    ("leak", "per_sample", "rule"),
    [
        ("memory_bytes", 0.06 * MIB, "memory_flat"),
        ("descriptors", 0.06, "descriptors_flat"),
        ("connections", 0.06, "connections_flat"),
    ],
)
def test_a_leak_in_one_task_fails(leak, per_sample, rule):
    """7 MiB or as many descriptors over the part that is judged; the task is named."""
    run = soaked(leak, per_sample)

    assert {rule} == failed(run)
    assert "task/2" in next(check.detail for check in (one(run) for one in ALL) if check.outcome == "fail")


def test_a_peak_is_no_slope():
    """A burst of connections that goes away again is what they are for."""
    run = soaked()
    peak = [replace(one, connections=90) if 2000 <= one.at < 2100 else one for one in run.resources]

    assert set() == failed(replace(run, resources=tuple(peak)))


def test_a_task_that_was_replaced_fails():
    """A leak that a restart cuts short would look flat."""
    run = soaked()
    others = [
        replace(one, task_arn="task/4") if one.task_arn == "task/3" and one.at > 2000 else one
        for one in run.resources
    ]

    assert {"tasks_last"} == failed(replace(run, resources=tuple(others)))


@pytest.mark.parametrize(
    "kept", [lambda one: one.service == runs.API, lambda one: one.at < 1100, lambda _: False]
)
def test_what_was_not_looked_at_fails(kept):
    """No service is left out, and a few samples are no slope."""
    run = soaked()

    assert "tasks_last" in failed(replace(run, resources=tuple(filter(kept, run.resources))))


def test_a_slope_is_what_most_pairs_say():
    """One wild point moves it little."""
    line = [(float(x), 2.0 * x) for x in range(20)]

    assert 2.0 == rules.slope(line)
    assert 2.0 == pytest.approx(rules.slope([*line[:-1], (19.0, 900.0)]), rel=0.05)
    assert 0.0 == rules.slope(line[:1])
