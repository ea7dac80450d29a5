import pytest

from common import budget as module
from common.budget import FACTOR_VARIABLE, MAX_FACTOR, budget, host_factor, spent
from common.errors import SetupError


@pytest.fixture
def host(monkeypatch):
    """Says how slow the host is from now on; nothing was measured before."""
    monkeypatch.delenv(FACTOR_VARIABLE, raising=False)
    module._host.cache_clear()  # noqa: SLF001 - what a process has learned is its own
    yield lambda factor: monkeypatch.setattr(module, "_measure", lambda: factor)
    module._host.cache_clear()  # noqa: SLF001 - the next one measures for itself


def test_a_host_is_never_faster_than_the_budgets_and_never_without_end_slower(monkeypatch):
    """What fails is told in the end, on any machine."""
    monkeypatch.delenv(FACTOR_VARIABLE, raising=False)

    assert 1 <= host_factor() <= MAX_FACTOR


def test_the_environment_says_how_slow_the_host_is(monkeypatch, host):
    """Nothing is measured where it is known."""
    host(2.0)
    monkeypatch.setenv(FACTOR_VARIABLE, "7.5")

    assert 7.5 == host_factor()


@pytest.mark.parametrize("given", ["0.5", "0", "-1", "nan", "inf", "slow", ""])
def test_a_factor_that_cannot_be_is_refused(monkeypatch, given):
    """No budget is ever shorter than it is written."""
    monkeypatch.setenv(FACTOR_VARIABLE, given)

    with pytest.raises(SetupError, match=f"{FACTOR_VARIABLE}={given}: give a number from 1 on"):
        host_factor()


def test_a_budget_grows_with_the_host_s_slowness(host):
    """Ten seconds of a quiet machine are thirty on one that needs three times as long."""
    host(3.0)

    assert 30.0 == budget(10.0)


def test_a_budget_is_spent_after_its_seconds(host):
    """Not before."""
    host(2.0)

    assert [False, True] == [spent(elapsed, budget(10.0)) for elapsed in (20.0, 20.1)]


def test_a_budget_is_extended_where_the_host_has_become_slower(host):
    """Others came after the process had measured it: the same work takes four times as long now."""
    host(1.0)
    allowed = budget(10.0)
    host(4.0)

    assert [False, False, True] == [spent(elapsed, allowed) for elapsed in (11.0, 40.0, 41.0)]


def test_a_quiet_moment_takes_nothing_back(host):
    """Who waits on a busy host is not given up because it rests while it is measured again."""
    host(1.0)
    allowed = budget(10.0)
    host(4.0)
    assert not spent(11.0, allowed)

    host(1.0)

    assert not spent(40.0, allowed)


def test_only_what_is_about_to_be_given_up_measures(host, monkeypatch):
    """What comes in time costs nothing."""
    host(1.0)
    allowed = budget(10.0)
    monkeypatch.setattr(module, "_measure", lambda: pytest.fail("measured"))

    assert not spent(10.0, allowed)
