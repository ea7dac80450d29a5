import pytest

from .conftest import CLUSTER, create_service
from .test_events import register


def desired(aws):
    """What the service wants now."""
    (service,) = aws.ecs.describe_services(cluster=CLUSTER, services=["api"])["services"]
    return service["desiredCount"]


def test_the_desired_count_is_what_was_asked_for(aws, up, call):
    """ECS does the rest."""
    said = call("scale", "api", "4")

    assert (0, "api: desired 2 → 4\n", "") == (said.status, said.out, said.err)
    assert 4 == desired(aws)


@pytest.mark.parametrize("count", ["2", "6"])
def test_within_the_bounds_nothing_is_warned_of(aws, up, call, count):
    """The bounds themselves are within them."""
    register(aws)

    assert "" == call("scale", "api", count).err


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        ("1", "1 is below autoscaling's minimum of 2: the next scale-out goes to 2 at least"),
        ("7", "7 is above autoscaling's maximum of 6: the next scale-in goes to 6 at most"),
    ],
)
def test_outside_of_the_bounds_it_is_done_and_warned_of(aws, up, call, count, expected):
    """ECS takes it; autoscaling does not leave it for ever."""
    register(aws)

    said = call("scale", "api", count, "--json")

    assert 0 == said.status
    assert f"stage: {expected}\n" == said.err
    assert expected in said.out
    assert int(count) == desired(aws)


def test_bounds_of_another_service_do_not_count(aws, up, call):
    """Each service has its own."""
    aws.logs.create_log_group(logGroupName="/shop/other")
    create_service(aws, "other")
    aws.autoscaling.register_scalable_target(
        ServiceNamespace="ecs",
        ResourceId=f"service/{CLUSTER}/other",
        ScalableDimension="ecs:service:DesiredCount",
        MinCapacity=1,
        MaxCapacity=2,
    )

    assert "" == call("scale", "api", "9").err


@pytest.mark.parametrize("count", ["-1", "two"])
def test_a_count_that_cannot_be(aws, up, call, count):
    """Nothing is changed."""
    with pytest.raises(SystemExit, match="2"):
        call("scale", "api", count)

    assert 2 == desired(aws)
