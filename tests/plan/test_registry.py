import json

import pytest

from tests.plan.view import only

KEY = "arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555"
SERVICES = ["notification-api", "email-sender"]


@pytest.fixture(params=SERVICES)
def repository(request, standalone):
    """Each service's repository."""
    return standalone.one("aws_ecr_repository", name=f"notifications/{request.param}")


def test_one_repository_a_service(staging):
    """Nothing else is stored."""
    names = {one["name"] for one in staging.all("aws_ecr_repository").values()}
    assert names == {f"notifications-staging/{service}" for service in SERVICES}


def test_tags_never_move(repository):
    """A tag names one image for ever."""
    assert "IMMUTABLE" == repository["image_tag_mutability"]


def test_images_are_scanned(repository):
    """Known vulnerabilities are reported on push."""
    assert only(repository["image_scanning_configuration"])["scan_on_push"] is True


def test_images_are_encrypted_with_the_systems_key(repository):
    """The system's own key, whose policy is ours."""
    assert [{"encryption_type": "KMS", "kms_key": KEY}] == repository["encryption_configuration"]


def test_every_repository_forgets_old_images(standalone):
    """There is no repository without a lifecycle policy."""
    policies = {one["repository"] for one in standalone.all("aws_ecr_lifecycle_policy").values()}
    assert policies == {one["name"] for one in standalone.all("aws_ecr_repository").values()}


def test_a_lifecycle_policy_comes_after_its_repository(standalone):
    """It takes the name from the repository itself."""
    sources = standalone.sources("module.registry.aws_ecr_lifecycle_policy.this", "repository")
    assert {"module.registry.aws_ecr_repository.this"} == sources


@pytest.mark.parametrize(
    ("name", "kept"), [("notifications/email-sender", 50), ("small/notification-api", 10)]
)
def test_old_images_expire(standalone, name, kept):
    """Fifty images stay unless told otherwise, enough to roll back to."""
    policy = json.loads(standalone.one("aws_ecr_lifecycle_policy", repository=name)["policy"])
    assert policy == {
        "rules": [
            {
                "rulePriority": 1,
                "description": f"Keep the last {kept} images",
                "selection": {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": kept},
                "action": {"type": "expire"},
            }
        ]
    }


@pytest.mark.parametrize("service", SERVICES)
def test_others_are_told_url_and_arn(standalone, service):
    """Where to push and pull, and what a policy names."""
    host = "123456789012.dkr.ecr.eu-central-1.amazonaws.com"
    arn = "arn:aws:ecr:eu-central-1:123456789012:repository"
    assert standalone.outputs["registry"]["urls"][service] == f"{host}/notifications/{service}"
    assert standalone.outputs["registry"]["arns"][service] == f"{arn}/notifications/{service}"


def test_whoever_uses_a_repository_waits_for_it(standalone):
    """URL and ARN are put together from the repository's own name."""
    assert {"module.registry.aws_ecr_repository.this"} == standalone.output_sources("registry")


def test_a_service_runs_the_image_of_its_own_repository(service):
    """The image is pulled from this account's registry by its release's tag."""
    registry = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/notifications-staging"
    assert service.container.image == f"{registry}/{service.service['name']}:0.1.0"


def test_the_output_says_where_to_push(staging, service):
    """Images are pushed to where the tasks pull them from."""
    urls = staging.outputs["ecr_repository_urls"]
    assert service.container.image == f"{urls[service.service['name']]}:0.1.0"


def test_only_production_keeps_images_of_a_destroyed_repository(staging, production):
    """Destroying staging leaves nothing behind; destroying production is refused while images exist."""
    assert {True} == {one["force_delete"] for one in staging.all("aws_ecr_repository").values()}
    assert {False} == {one["force_delete"] for one in production.all("aws_ecr_repository").values()}


@pytest.mark.parametrize(
    ("name", "force"), [("notifications/email-sender", False), ("small/notification-api", True)]
)
def test_a_repository_with_images_is_destroyed_only_when_asked_to(standalone, name, force):
    """Images are deleted with their repository where that is wanted."""
    assert standalone.one("aws_ecr_repository", name=name)["force_delete"] is force
