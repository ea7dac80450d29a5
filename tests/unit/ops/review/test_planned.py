import pytest

from ops.errors import OpsError, UsageError
from ops.release.out import Canary, Out
from ops.review.planned import planned
from tests.unit.ops.environments import CANARY, OUT, GivenEnvironment


def silent(_):
    """Say nothing."""


def test_a_plan_is_made_with_what_is_out():
    """Else it would take a release back that is under way."""
    environment = GivenEnvironment(CANARY)

    assert Out("1", Canary("2", 10, 1)) == planned(environment, silent).out
    assert [{"image_tag": "1", "canary": CANARY["canary"]}] == environment.asked


def test_where_nothing_is_applied_the_plan_is_that_of_a_first_apply():
    """With what the environment's own variables say."""
    environment = GivenEnvironment(None)

    assert None is planned(environment, silent).out
    assert [{}] == environment.asked


def test_what_came_out_meanwhile_is_planned_with():
    """A plan waits for an apply that is under way."""
    environment = GivenEnvironment(OUT, CANARY, CANARY)

    assert Out("1", Canary("2", 10, 1)) == planned(environment, silent).out
    assert [None, CANARY["canary"]] == [asked["canary"] for asked in environment.asked]


def test_what_never_rests_is_no_plan():
    """It could not be told."""
    with pytest.raises(OpsError, match="each of 3 plans"):
        planned(GivenEnvironment(*[OUT, CANARY] * 4), silent)


def test_another_environment_is_told():
    """Its plan would be about something else."""
    with pytest.raises(UsageError, match="what is applied there is production, not staging"):
        planned(GivenEnvironment(OUT | {"environment": "production"}), silent)
