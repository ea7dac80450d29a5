from stage.images.registry import declared_images, tagged_images
from tests.unit.stage.control_plane.extensions.gaps.ecr import _manifest as manifest


def test_every_tag_is_listed(ecr):
    """By repository, and those without a tag as well."""
    ecr.create_repository(repositoryName="shop/another")
    for repository, first, tag in (
        ("shop/demo-app", 1, {"imageTag": "1.0.0"}),
        ("shop/demo-app", 1, {"imageTag": "1.0.1"}),
        ("shop/demo-app", 5, {"imageTag": "1.1.0"}),
        ("shop/another", 1, {}),
    ):
        ecr.put_image(repositoryName=repository, imageManifest=manifest(first), **tag)

    found = tagged_images(ecr)

    assert [
        ("shop/another", ""),
        ("shop/demo-app", "1.0.0"),
        ("shop/demo-app", "1.0.1"),
        ("shop/demo-app", "1.1.0"),
    ] == [(one.repository, one.tag) for one in found]
    assert found[1].digest == found[2].digest != found[3].digest


def test_what_is_declared_is_the_newest_of_each_family(client):
    """Earlier revisions are there as long as nobody deregisters them."""
    ecs = client("ecs")
    for family, image in (("api", "api:1"), ("api", "api:2"), ("load", "load:1"), ("gone", "gone:1")):
        ecs.register_task_definition(
            family=family, containerDefinitions=[{"name": "app", "image": image, "memory": 64}]
        )
    ecs.deregister_task_definition(taskDefinition="gone:1")

    assert ["api:2", "load:1"] == sorted(declared_images(ecs))
