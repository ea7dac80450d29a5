import pytest

from tests.unit.stage.control_plane.extensions.gaps.ecr import _manifest as manifest

REPOSITORY = "shop/demo-app"


@pytest.fixture
def ecr(client):
    """ECR."""
    return client("ecr")


@pytest.fixture(params=["IMMUTABLE", "MUTABLE"])
def mutability(request, ecr):
    """GIVEN a repository whose tags may change, or not."""
    ecr.create_repository(repositoryName=REPOSITORY, imageTagMutability=request.param)
    return request.param


def put(ecr, text, tag, **more):
    """Put an image; gives its digest."""
    image = ecr.put_image(repositoryName=REPOSITORY, imageTag=tag, imageManifest=text, **more)["image"]
    return image["imageId"]["imageDigest"]


def tags(ecr):
    """Tags of each image, by its digest."""
    found = ecr.describe_images(repositoryName=REPOSITORY)["imageDetails"]
    return {image["imageDigest"]: image.get("imageTags", []) for image in found}


@pytest.mark.usefixtures("mutability")
def test_an_image_has_as_many_tags_as_it_is_given(ecr):
    """By the same content, whether its digest is told or not."""
    digest = put(ecr, manifest(), "1")

    assert digest == put(ecr, manifest(), "2", imageDigest=digest)
    assert {digest: ["1", "2"]} == tags(ecr)


@pytest.mark.usefixtures("mutability")
def test_the_same_again_is_an_error(ecr):
    """Nothing has changed."""
    put(ecr, manifest(), "1")

    with pytest.raises(ecr.exceptions.ImageAlreadyExistsException):
        put(ecr, manifest(), "1")


def test_a_tag_moves_where_it_may(ecr, mutability):
    """To other content, and to another image that is there."""
    first, second = put(ecr, manifest(1), "1"), put(ecr, manifest(5), "2")

    if mutability == "MUTABLE":
        put(ecr, manifest(5), "1")
        assert {first: [], second: ["2", "1"]} == {first: [], **tags(ecr)}
    else:
        with pytest.raises(ecr.exceptions.ImageTagAlreadyExistsException):
            put(ecr, manifest(5), "1")
        assert {first: ["1"], second: ["2"]} == tags(ecr)
