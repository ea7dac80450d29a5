import pytest

from stage.authorization.calls.call import Call
from stage.authorization.calls.forms import filled, named_in, new, places
from stage.authorization.errors import UnplacedCallError
from tests.unit.stage.authorization.calls.world import ACCOUNT, REGION

CALL = Call("ecs", "StopTask", {}, REGION, ACCOUNT)


def test_an_arn_is_filled_in_with_names():
    """In the order of its form."""
    assert ("ClusterName", "ServiceName") == places("ecs:service")
    assert f"arn:aws:ecs:{REGION}:{ACCOUNT}:service/mesh/api" == filled(
        "ecs:service", ("mesh", "api"), CALL.where
    )


def test_what_is_made_has_no_number_yet():
    """AWS looks at an asterisk in its place."""
    assert (f"arn:aws:ecs:{REGION}:{ACCOUNT}:task/*/*",) == new("ecs:task", CALL)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("api", "api"),
        (f"arn:aws:ecs:{REGION}:{ACCOUNT}:cluster/mesh", "mesh"),
        (f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/ledger", "ledger"),
        (f"arn:aws:sqs:{REGION}:{ACCOUNT}:mail", "mail"),
        (f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/ecs/api:*", "/ecs/api"),
    ],
)
def test_a_name_is_found_in_an_arn(text, expected):
    """Callers may give either."""
    assert expected == named_in(text)


def test_a_name_of_what_only_an_arn_names_is_refused():
    """A name alone does not tell whose service it is."""
    with pytest.raises(UnplacedCallError, match="api is no ecs:service"):
        filled("ecs:service", ("api",), CALL.where)
