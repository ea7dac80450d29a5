from types import SimpleNamespace

from tests.apply.services import described
from tests.unit.in_pages import InPages, page


class Ecs(InPages):
    """25 services, ten to a page and ten to a description."""

    def list_services(self, *, cluster, nextToken=None):  # noqa: N803 - the API's name
        return page("serviceArns", [f"{cluster}/{number}" for number in range(25)], nextToken, 10)

    def describe_services(self, *, cluster, services):
        assert 0 < len(services) <= 10
        return {"services": [{"serviceName": arn.removeprefix(f"{cluster}/")} for arn in services]}


def test_services_beyond_a_page_are_described():
    """A cluster may have more services than ECS lists at once."""
    applied = SimpleNamespace(aws=lambda _: Ecs(), outputs={"cluster_name": "c"})

    assert [str(number) for number in range(25)] == list(described(applied))
