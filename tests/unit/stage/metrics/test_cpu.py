"""Averages over tasks, and which tasks count."""

import os
import time
from types import SimpleNamespace

import pytest

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
    """Averages over meters that say what a test wants."""

    def meter(pid, _cores):
        if percents[pid] == "ended":
            raise ProcessLookupError
        return SimpleNamespace(percent=lambda: percents[pid])

    return ServiceCpu(lambda: tasks, 0.2, meter)


def test_a_service_is_the_average_of_its_tasks(cpu, tasks, percents, running_task):
    """Each task weighs the same; services do not mix."""
    tasks += [running_task(1), running_task(2), running_task(3, "sender")]
    percents |= {1: 20.0, 2: 80.0, 3: 5.0}
    cpu.averages()
    assert cpu.averages() == {("notifications", "api"): 50.0, ("notifications", "sender"): 5.0}


def test_a_task_counts_from_its_first_full_window(cpu, tasks, percents, running_task):
    """In the window in which it came it does not pull the average down."""
    tasks.append(running_task(1))
    percents |= {1: 90.0, 2: 10.0}
    assert cpu.averages() == {}
    tasks.append(running_task(2))
    assert cpu.averages() == {("notifications", "api"): 90.0}
    assert cpu.averages() == {("notifications", "api"): 50.0}


def test_a_task_counts_only_once_its_quota_applies(cpu, tasks, percents, running_task):
    """What it uses to start, without a quota, is no load."""
    tasks.append(running_task(1, limited=False))
    percents |= {1: 400.0}
    assert [cpu.averages(), cpu.averages()] == [{}, {}]
    tasks[:] = [running_task(1)]
    assert cpu.averages() == {}
    assert cpu.averages() == {("notifications", "api"): 400.0}


@pytest.mark.parametrize("percent", [None, "ended"])
def test_a_task_that_ended_is_not_an_idle_one(cpu, tasks, percents, running_task, percent):
    """It is left out, before and after its meter was made."""
    tasks.append(running_task(1))
    percents[1] = percent
    assert [cpu.averages(), cpu.averages()] == [{}, {}]


def test_a_task_without_a_service_is_nobodys_average(cpu, tasks, percents, running_task):
    """A task that somebody ran by hand belongs to no service."""
    tasks.append(running_task(1, service=""))
    percents[1] = 50.0
    assert [cpu.averages(), cpu.averages()] == [{}, {}]


def test_the_reservation_is_in_cores_of_this_machine(running_task):
    """Half a vCPU is a tenth of a core where a vCPU is a fifth of one."""
    made = []

    def meter(pid, cores):
        made.append((pid, cores))
        return SimpleNamespace(percent=lambda: None)

    ServiceCpu(lambda: [running_task(7, vcpus=0.5)], 0.2, meter).averages()
    assert made == [(7, 0.1)]


def test_the_cpu_clock_of_a_process_is_what_is_read(running_task):
    """A process that works reads above zero."""
    cpu = ServiceCpu(lambda: [running_task(os.getpid())], 1.0)
    cpu.averages()
    used_until = time.process_time() + 0.01
    while time.process_time() < used_until:
        pass
    assert cpu.averages()["notifications", "api"] > 0
