import pytest

from verify.plan import Control, LoadPlan, Plateau, users_at

PLAN = LoadPlan((Plateau(10, 20), Plateau(5, 95.5)), requests_per_second_a_user=2.0)


@pytest.mark.parametrize(("elapsed", "rate"), [(0, 20), (9.9, 20), (10, 95.5), (14.9, 95.5), (15, None)])
def test_plateaus_follow_one_another(elapsed, rate):
    """Each lasts its real seconds, then the load ends."""
    assert rate == PLAN.rate_at(elapsed)


def test_users_are_rounded_up():
    """95.5 requests a second need 48 users at 2 each."""
    assert 48 == PLAN.users(95.5)


def test_a_plan_survives_its_file(tmp_path):
    """The load generator reads what the driver wrote."""
    PLAN.write(tmp_path)

    assert PLAN == LoadPlan.read(tmp_path)


def test_without_a_change_the_plan_holds(tmp_path):
    """No control file is no change."""
    assert 10 == users_at(PLAN, Control.read(tmp_path), 0)


def test_a_changed_rate_holds_through_all_plateaus(tmp_path):
    """Whoever drives decides when it falls again."""
    Control(requests_per_second=4).write(tmp_path)

    assert [2, 2] == [users_at(PLAN, Control.read(tmp_path), elapsed) for elapsed in (0, 12)]


def test_a_rate_of_nothing_is_a_rate():
    """Zero is not the same as no change."""
    assert 0 == users_at(PLAN, Control(requests_per_second=0), 0)


def test_an_end_ends_at_once(tmp_path):
    """The plan's own times do not matter any more."""
    Control(ended=True).write(tmp_path)

    assert users_at(PLAN, Control.read(tmp_path), 0) is None


def test_a_changed_rate_does_not_outlast_the_plan():
    """The plan is the budget: a driver that died leaves no load behind."""
    assert users_at(PLAN, Control(requests_per_second=4), 15) is None


def test_users_start_as_fast_as_each_process_of_locust_can_take():
    """One process alone, or each of the workers, gets a hundred a second."""
    assert (100, 100, 400) == tuple(LoadPlan((), workers=workers).users_a_second for workers in (0, 1, 4))
    assert (False, False, True) == tuple(LoadPlan((), workers=workers).distributed for workers in (0, 1, 2))
