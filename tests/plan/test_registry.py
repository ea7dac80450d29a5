import json

import pytest

from tests.plan.view import only


@pytest.fixture(params=["notification-api", "email-sender"])
def repository(request, staging):
    """Each service's repository."""
    return staging.one("aws_ecr_repository", name=f"notifications-staging/{request.param}")


def test_one_repository_a_service(staging):
    """Nothing else is stored."""
    assert len(staging.all("aws_ecr_repository")) == 2


def test_tags_never_move(repository):
    """A tag names one image for ever."""
    assert repository["image_tag_mutability"] == "IMMUTABLE"


def test_images_are_scanned(repository):
    """Known vulnerabilities are reported on push."""
    assert only(repository["image_scanning_configuration"])["scan_on_push"] is True


def test_old_images_expire(staging, repository):
    """Fifty images stay, enough to roll back to."""
    policy = json.loads(staging.one("aws_ecr_lifecycle_policy", repository=repository["name"])["policy"])
    rule = only(policy["rules"])
    expected = {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": 50}
    assert rule["selection"] == expected
    assert rule["action"] == {"type": "expire"}


def test_a_service_runs_the_image_of_its_own_repository(service):
    """The image is pulled from this account's registry by its release's tag."""
    registry = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/notifications-staging"
    assert service.container.image == f"{registry}/{service.service['name']}:0.1.0"


def test_the_output_says_where_to_push(staging, service):
    """What the pipeline pushes to is what the tasks pull from."""
    urls = staging.outputs["ecr_repository_urls"]
    assert service.container.image == f"{urls[service.service['name']]}:0.1.0"


def test_only_production_keeps_images_of_a_destroyed_repository(staging, production):
    """Destroying staging leaves nothing behind; destroying production is refused while images exist."""
    assert {one["force_delete"] for one in staging.all("aws_ecr_repository").values()} == {True}
    assert {one["force_delete"] for one in production.all("aws_ecr_repository").values()} == {False}
