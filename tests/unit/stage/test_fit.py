"""Sizes and pace for machines of every kind."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stage.cpu.machine import HostSpeed
from stage.fit import fit

SPEEDS = st.floats(0.05, 8.0)
CORES = st.floats(0.1, 64.0)


def test_the_reference_machine_has_the_figures_that_everything_was_chosen_with():
    """Two free cores at the reference speed."""
    chosen = fit(HostSpeed(core=1.0, cores=2.0))

    assert (0.4, 2.0, 1.0, 1.0) == (
        chosen.vcpu_cores,
        chosen.minute_seconds,
        chosen.load_factor,
        chosen.slowness,
    )


def test_a_slow_core_carries_fewer_requests_in_longer_minutes():
    """A third of the speed: the same share of a core, a third of the load, three times the time."""
    chosen = fit(HostSpeed(core=1 / 3, cores=2.0))

    assert (0.4, 6.0, 0.33) == (chosen.vcpu_cores, chosen.minute_seconds, chosen.load_factor)


def test_a_missing_core_makes_tasks_smaller():
    """What else runs on the machine leaves one core: the largest fleet still fits in it."""
    chosen = fit(HostSpeed(core=1.0, cores=1.0))

    assert (0.2, 4.0, 0.5) == (chosen.vcpu_cores, chosen.minute_seconds, chosen.load_factor)


def test_a_large_machine_is_quieter_and_not_busier():
    """More cores change nothing; faster ones carry more requests in the same minutes."""
    assert fit(HostSpeed(1.0, 2.0)) == fit(HostSpeed(1.0, 32.0))
    assert (2.0, 2.5) == (
        fit(HostSpeed(2.5, 2.0)).minute_seconds,
        fit(HostSpeed(2.5, 2.0)).load_factor,
    )


@given(SPEEDS, CORES)
def test_an_aws_minute_has_as_many_requests_on_every_slower_machine(core, cores):
    """Or the figures of a minute would mean less the slower a machine is."""
    chosen = fit(HostSpeed(core, cores))

    if chosen.minute_seconds < 12.0 and chosen.vcpu_cores > 0.1 and core <= 1.0:
        assert pytest.approx(2.0, rel=0.12) == chosen.load_factor * chosen.minute_seconds


@given(SPEEDS, CORES)
def test_no_machine_gets_what_no_stage_can_be_brought_up_with(core, cores):
    """A quota that can be enforced, a clock that goes, and some load."""
    chosen = fit(HostSpeed(core, cores))

    assert 0.1 <= chosen.vcpu_cores <= 0.4
    assert 2.0 <= chosen.minute_seconds <= 12.0
    assert 0 < chosen.load_factor
    assert 1.0 <= chosen.slowness


def test_what_a_person_chose_stays():
    """The load follows the chosen size, so that it still saturates the smallest fleet."""
    chosen = fit(HostSpeed(1.0, 1.0), vcpu_cores=0.8, minute_seconds=60.0)

    assert (0.8, 60.0, 2.0) == (chosen.vcpu_cores, chosen.minute_seconds, chosen.load_factor)
