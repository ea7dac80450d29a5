import pytest

from verify.bounds import Bounds, require_environment
from verify.errors import LoadError
from verify.plan import LoadPlan, Plateau

BOUNDS = Bounds(requests_per_second=100, users=60, minutes=10)
TWO_A_USER = 2.0


def plan(seconds, rate):
    """A plan whose users send twice a second."""
    return LoadPlan((Plateau(1, 1), Plateau(seconds, rate)), requests_per_second_a_user=TWO_A_USER)


@pytest.mark.parametrize("name", ["production", "development", "Staging", ""])
def test_only_what_is_on_the_list_is_loaded(name):
    """Production above all, however sure somebody is."""
    with pytest.raises(LoadError, match="only staging may be loaded"):
        require_environment(name)
    require_environment("staging")


@pytest.mark.parametrize(
    ("seconds", "rate", "option"),
    [(600, 50, "--max-minutes"), (60, 100.5, "--max-rate"), (60, 100, None), (599, 50, None)],
)
def test_a_load_beyond_a_bound_is_refused_by_its_option(seconds, rate, option):
    """Up to the bound itself, and not beyond."""
    if option is None:
        BOUNDS.require_plan(plan(seconds, rate))
        return
    with pytest.raises(LoadError, match=f"and {option} allows"):
        BOUNDS.require_plan(plan(seconds, rate))


def test_users_are_bounded_by_themselves():
    """Slow users are many: each may have a request open."""
    slow = LoadPlan((Plateau(60, 61),), requests_per_second_a_user=1.0)

    with pytest.raises(LoadError, match="61 requests/s need 61 users, and --max-users allows 60"):
        BOUNDS.require_plan(slow)
    BOUNDS.require_rate(61, plan(60, 1))


def test_bounds_are_told_before_anything_is_sent():
    """Whoever says --yes knows to what."""
    assert "at most 100 requests/s by 60 users for 10 minutes" == str(BOUNDS)
