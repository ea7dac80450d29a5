import pytest

from stage.authorization.calls.call import Call
from stage.authorization.calls.places import place
from tests.unit.stage.authorization.calls.world import ACCOUNT, REGION, Things

WORLD = Things()
SERVICE = {"ClusterName": "cluster || 'default'", "ServiceName": "services"}
ECS = f"arn:aws:ecs:{REGION}:{ACCOUNT}"


def arns(kind, spec, parameters):
    """What a place gives for parameters."""
    return place(kind, spec, {"queue": "queue_url"}).arns(
        Call("any", "Any", parameters, REGION, ACCOUNT), WORLD
    )


def test_names_are_read_in_the_way_of_their_type():
    """Several of them one after the other."""
    assert [f"arn:aws:sqs:{REGION}:{ACCOUNT}:a", f"arn:aws:sqs:{REGION}:{ACCOUNT}:b"] == arns(
        "sqs:queue", "Urls", {"Urls": [f"https://x/{ACCOUNT}/a", f"https://x/{ACCOUNT}/b"]}
    )


def test_an_arn_is_taken_as_it_is():
    """Whatever account it is of."""
    other = "arn:aws:sqs:us-east-1:444455556666:queue"
    assert [other] == arns("sqs:queue", "Url", {"Url": other})


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({"services": ["a", "b"]}, [f"{ECS}:service/default/a", f"{ECS}:service/default/b"]),
        ({"cluster": "mesh", "services": ["a"]}, [f"{ECS}:service/mesh/a"]),
        ({"cluster": f"{ECS}:cluster/mesh", "services": ["a"]}, [f"{ECS}:service/mesh/a"]),
        ({"services": [f"{ECS}:service/other/a"]}, [f"{ECS}:service/other/a"]),
        ({"cluster": "mesh"}, []),
    ],
)
def test_names_are_put_together(parameters, expected):
    """Each of them may be an ARN, of which the last is the whole."""
    assert expected == arns("ecs:service", SERVICE, parameters)


def test_another_account_may_be_named():
    """It is the caller's own otherwise."""
    spec = {"QueueName": "Name", "Account": "Owner"}
    assert [f"arn:aws:sqs:{REGION}:444455556666:a"] == arns(
        "sqs:queue", spec, {"Name": "a", "Owner": "444455556666"}
    )
    assert [f"arn:aws:sqs:{REGION}:{ACCOUNT}:a"] == arns("sqs:queue", spec, {"Name": "a"})


def test_a_place_fills_the_whole_arn():
    """One that leaves out a name is a mistake of the data."""
    with pytest.raises(ValueError, match="ClusterName, ServiceName"):
        place("ecs:service", {"ServiceName": "service"}, {})
