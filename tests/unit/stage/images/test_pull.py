import logging
from functools import partial

import pytest

from stage.errors import StageError
from stage.images.build import build_image
from stage.images.pull import Images
from stage.images.registry import tagged_images
from stage.images.store import ImageStore
from tests.unit.stage.control_plane.extensions.gaps.ecr import _manifest as manifest
from tests.unit.stage.images.conftest import SERVICE

HOST = "123456789012.dkr.ecr.eu-central-1.amazonaws.com"
NAME = f"{HOST}/shop/demo-app"


@pytest.fixture
def store(tmp_path):
    """GIVEN an empty store."""
    return ImageStore(tmp_path / "images")


@pytest.fixture
def images(ecr, store, tree):
    """GIVEN images of which none is published."""
    return Images(ecr, store, tree)


@pytest.fixture
def published(images):
    """GIVEN images of which the working tree's 1.0.0 is published."""
    images.publish([f"{NAME}:1.0.0"])
    return images


@pytest.fixture
def built(ecr, store, tree, changed):
    """GIVEN 1.1.0, built from a changed copy; gives its digest."""
    return build_image(ecr, store, tree, "demo-app:1.1.0", changed).digest


def main(image):
    """Text of an image's program."""
    return (image.packages / "demo_app" / "__main__.py").read_text()


def test_before_anything_is_published_every_image_is_the_working_trees(ecr, images, tree):
    """Whatever its tag, and whether ECR has it or not."""
    assert tree.root / "services" == images.pull(f"{NAME}:0.0.1", lambda: ecr).packages


def test_what_is_published_is_in_ecr(published, ecr, store, tree):
    """Under its tag, known by where it comes from."""
    (found,) = tagged_images(ecr)

    assert ("shop/demo-app", "1.0.0") == (found.repository, found.tag)
    assert tree.root / SERVICE == store.source(found.repository, found.digest, found.tag)


def test_what_is_published_stays_the_working_trees(ecr, published, tree):
    """So a stage shows what was changed as its tasks are started anew."""
    (tree.root / SERVICE / "__main__.py").write_text("print('edited')")

    assert "print('edited')" == main(published.pull(f"{NAME}:1.0.0", lambda: ecr))


@pytest.mark.parametrize("by", ["tag", "digest", "both"])
def test_what_was_built_is_pulled_by_its_tag_or_its_digest(ecr, published, built, by):
    """From its own files."""
    name = {"tag": ":1.1.0", "digest": f"@{built}", "both": f":1.1.0@{built}"}[by]

    assert "print('1.1.0')" == main(published.pull(f"{NAME}{name}", lambda: ecr))
    assert "print('1.0.0')" == main(published.pull(f"{NAME}:1.0.0", lambda: ecr))


@pytest.mark.parametrize(
    "image",
    [
        f"{NAME}:1.2.0",
        f"{NAME}@sha256:{0:064x}",
        f"{HOST}/shop/other:1.0.0",
        f"{HOST.replace('1234', '9999')}/shop/demo-app:1.0.0",
        f"{HOST.replace('central', 'west')}/shop/demo-app:1.0.0",
    ],
)
def test_what_ecr_has_not_cannot_be_pulled(ecr, published, image):
    """Of another tag, digest, repository, account or region; in ECS's words."""
    with pytest.raises(StageError) as told:
        published.pull(image, lambda: ecr)

    assert (
        "CannotPullContainerError: pull image manifest has been retried 1 time(s): "
        f"failed to resolve ref {image}: {image}: not found"
    ) == str(told.value)


def test_a_manifest_without_files_cannot_be_pulled(published, ecr):
    """Somebody has put it into ECR by hand."""
    ecr.put_image(repositoryName="shop/demo-app", imageTag="2", imageManifest=manifest())

    with pytest.raises(StageError, match=r"CannotPullContainerError: .*nobody its files: build it"):
        published.pull(f"{NAME}:2", lambda: ecr)


def test_an_image_of_another_registry_is_always_the_working_trees(published, tree):
    """There is nobody to put one into it, and it takes no rights."""
    nobody = partial(pytest.fail, "asks ECR")

    assert tree.root / "services" == published.pull("docker.io/shop/demo-app:7", nobody).packages


@pytest.mark.parametrize("is_published", [True, False])
def test_an_image_of_ecr_is_pulled_by_the_task_that_starts(images, is_published):
    """From the start, also where the working tree's is what it gets."""
    if is_published:
        images.publish([f"{NAME}:1.0.0"])

    def denied():
        raise StageError("this task may not")

    with pytest.raises(StageError, match="this task may not"):
        images.pull(f"{NAME}:1.0.0", denied)


def test_what_is_the_same_as_the_working_tree_has_files_of_its_own_once_it_is_built(
    published, ecr, store, tree
):
    """From then on both tags are what they were at that time."""
    build_image(ecr, store, tree, "demo-app:1.0.1", tree.root / SERVICE)
    (tree.root / SERVICE / "__main__.py").write_text("print('edited')")

    assert {"print('1.0.0')"} == {
        main(published.pull(f"{NAME}:{tag}", lambda: ecr)) for tag in ("1.0.0", "1.0.1")
    }


def test_only_what_belongs_to_an_applied_repository_is_published(images, ecr, caplog):
    """Nor is there a tag to publish where a digest names an image; neither keeps a stage from being up."""
    with caplog.at_level(logging.WARNING):
        images.publish(
            [f"{HOST}/shop/lost:1", f"{NAME}@sha256:0a", "example/demo-app:1", f"{NAME}:1", f"{NAME}:1"]
        )

    assert [("shop/demo-app", "1")] == [(one.repository, one.tag) for one in tagged_images(ecr)]
    assert [f"image {HOST}/shop/lost:1 is of no applied repository: no other task will start from it"] == [
        record.message for record in caplog.records
    ]
