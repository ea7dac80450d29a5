import boto3
import pytest
from botocore.stub import Stubber

from common.pages import described_services, described_tasks, listed

_ARN = "arn:aws:ecs:eu-central-1:123456789012:task/main/"


@pytest.fixture
def ecs():
    """A client of ECS whose answers the test puts down beforehand."""
    client = boto3.client(
        "ecs", region_name="eu-central-1", aws_access_key_id="test", aws_secret_access_key="test"
    )
    yield client
    client.close()


def _arns(count):
    return [f"{_ARN}{number:032}" for number in range(count)]


def test_a_list_has_all_its_pages(ecs):
    """120 tasks come as a page of 100 and one of 20."""
    arns = _arns(120)
    with Stubber(ecs) as stub:
        asked = {"cluster": "main"}
        stub.add_response("list_tasks", {"taskArns": arns[:100], "nextToken": "more"}, asked)
        stub.add_response("list_tasks", {"taskArns": arns[100:]}, {**asked, "nextToken": "more"})

        assert arns == listed(ecs, "list_tasks", "taskArns", cluster="main")
        stub.assert_no_pending_responses()


def test_tasks_are_described_a_hundred_at_a_time(ecs):
    """ECS refuses more."""
    arns = _arns(120)
    with Stubber(ecs) as stub:
        for some in (arns[:100], arns[100:]):
            stub.add_response(
                "describe_tasks",
                {"tasks": [{"taskArn": arn} for arn in some]},
                {"cluster": "main", "tasks": some},
            )

        assert arns == [task["taskArn"] for task in described_tasks(ecs, "main", arns)]
        stub.assert_no_pending_responses()


def test_services_are_described_ten_at_a_time(ecs):
    """ECS refuses more."""
    names = [f"service-{number}" for number in range(12)]
    with Stubber(ecs) as stub:
        for some in (names[:10], names[10:]):
            stub.add_response(
                "describe_services",
                {"services": [{"serviceName": name} for name in some]},
                {"cluster": "main", "services": some},
            )

        assert names == [service["serviceName"] for service in described_services(ecs, "main", names)]
        stub.assert_no_pending_responses()


def test_nothing_is_described_without_a_question(ecs):
    """ECS refuses an empty list as well."""
    with Stubber(ecs):
        assert [] == described_services(ecs, "main", [])
        assert [] == described_tasks(ecs, "main", [])
