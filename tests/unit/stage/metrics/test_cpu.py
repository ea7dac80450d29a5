"""Averages over tasks, and which tasks count."""

import os
import time
from types import SimpleNamespace

import pytest

from stage.cpu.usage import CpuUse
from stage.metrics.cpu import ServiceCpu


@pytest.fixture
def tasks():
    """The tasks that run; a test changes them."""
    return []


@pytest.fixture
def percents():
    """What the meter of each process will say."""
    return {}


@pytest.fixture
def cpu(tasks, percents):
    """Averages over meters that say what a test wants, for one second or for (percent, seconds)."""

    def use(pid):
        if percents[pid] is None:
            return None
        percent, seconds = percents[pid] if isinstance(percents[pid], tuple) else (percents[pid], 1.0)
        return CpuUse(percent / 100 * seconds, seconds)

    def meter(pid, _cores, *, since_start):
        if percents[pid] == "ended":
            raise ProcessLookupError
        return SimpleNamespace(use=lambda: use(pid))

    return ServiceCpu(lambda: tasks, 0.2, meter)


def test_a_service_is_the_average_of_its_tasks(cpu, tasks, percents, running_task):
    """Each task weighs the same; services do not mix."""
    tasks += [running_task(1), running_task(2), running_task(3, "sender")]
    percents |= {1: 20.0, 2: 80.0, 3: 5.0}
    cpu.averages()
    assert {("notifications", "api"): 50.0, ("notifications", "sender"): 5.0} == cpu.averages()


def test_the_first_call_only_begins(cpu, tasks, percents, running_task):
    """What tasks used before anybody looked is nobody's minute."""
    tasks.append(running_task(1))
    percents[1] = 90.0
    assert [{}, {("notifications", "api"): 90.0}] == [cpu.averages(), cpu.averages()]


def test_a_task_counts_from_its_start(cpu, tasks, percents, running_task):
    """In the window in which it came it counts for as much of it as it ran: half as much here."""
    tasks.append(running_task(1))
    percents |= {1: 40.0, 2: (100.0, 0.5)}
    cpu.averages()
    tasks.append(running_task(2, limited=False))
    assert {("notifications", "api"): pytest.approx(60.0)} == cpu.averages()


def test_a_new_task_is_measured_since_its_start_and_an_old_one_is_not(tasks, running_task):
    """Whoever runs when the measuring begins has a past that is not its load."""
    made = []

    def meter(pid, _cores, *, since_start):
        made.append((pid, since_start))
        return SimpleNamespace(use=lambda: None)

    cpu = ServiceCpu(lambda: tasks, 0.2, meter)
    tasks.append(running_task(1))
    cpu.averages()
    tasks.append(running_task(2))
    cpu.averages()
    assert [(1, False), (2, True)] == made


def test_a_start_without_quota_counts_as_the_whole_reservation(cpu, tasks, percents, running_task):
    """On Fargate it could have used no more. The window in which the quota comes to apply is a start's."""
    tasks.append(running_task(1, limited=False))
    percents[1] = 400.0
    cpu.averages()
    starting = cpu.averages()
    tasks[:] = [running_task(1)]
    limited_meanwhile = cpu.averages()
    assert [{("notifications", "api"): 100.0}] * 2 == [starting, limited_meanwhile]


def test_a_task_under_its_quota_reads_as_measured(cpu, tasks, percents, running_task):
    """A quota that lets a little too much through is seen."""
    tasks.append(running_task(1))
    percents[1] = 103.0
    cpu.averages()
    assert {("notifications", "api"): pytest.approx(103.0)} == cpu.averages()


@pytest.mark.parametrize("percent", [None, "ended"])
def test_a_task_that_ended_is_not_an_idle_one(cpu, tasks, percents, running_task, percent):
    """It is left out, before and after its meter was made."""
    tasks.append(running_task(1))
    percents[1] = percent
    assert [{}, {}] == [cpu.averages(), cpu.averages()]


def test_a_task_without_a_service_is_nobodys_average(cpu, tasks, percents, running_task):
    """A task that somebody ran by hand belongs to no service."""
    tasks.append(running_task(1, service=""))
    percents[1] = 50.0
    assert [{}, {}] == [cpu.averages(), cpu.averages()]


def test_the_reservation_is_in_cores_of_this_machine(running_task):
    """Half a vCPU is a tenth of a core where a vCPU is a fifth of one."""
    made = []

    def meter(pid, cores, *, since_start):
        made.append((pid, cores))
        return SimpleNamespace(use=lambda: None)

    ServiceCpu(lambda: [running_task(7, vcpus=0.5)], 0.2, meter).averages()
    assert [(7, 0.1)] == made


def test_the_cpu_clock_of_a_process_is_what_is_read(running_task):
    """A process that works reads above zero."""
    cpu = ServiceCpu(lambda: [running_task(os.getpid())], 1.0)
    cpu.averages()
    used_until = time.process_time() + 0.01
    while time.process_time() < used_until:
        pass
    assert cpu.averages()["notifications", "api"] > 0
