import shutil

import pytest

from stage.errors import StageError
from stage.images.build import build_image
from stage.images.store import ImageStore
from tests.unit.stage.images.conftest import SERVICE, write

REPOSITORY = "shop/demo-app"


@pytest.fixture
def store(tmp_path):
    """GIVEN an empty store."""
    return ImageStore(tmp_path / "images")


@pytest.fixture
def build(ecr, store, tree, changed):
    """Builds an image of the changed copy, or of another folder."""
    return lambda image, source=changed: build_image(ecr, store, tree, image, source)


def described(ecr):
    """Digest and tags of each image in ECR."""
    found = ecr.describe_images(repositoryName=REPOSITORY)["imageDetails"]
    return {image["imageDigest"]: image["imageTags"] for image in found}


@pytest.mark.parametrize("image", ["demo-app:1.1.0", "shop/demo-app:1.1.0"])
def test_an_image_is_kept_and_put_into_ecr(build, ecr, store, changed, tree, image):
    """Its repository is the applied one, by its whole name or its last part."""
    built = build(image)

    assert (REPOSITORY, "1.1.0", True) == (built.repository, built.tag, built.new)
    assert {built.digest: ["1.1.0"]} == described(ecr)
    packages = store.image(REPOSITORY, built.digest).packages
    assert "print('1.1.0')" == (packages / "demo_app" / "__main__.py").read_text()
    assert changed == store.source(REPOSITORY, built.digest, "1.1.0")
    assert (tree.root / "services" / "shared", changed) == built.copied


def test_the_same_content_again_changes_nothing(build, ecr, store, changed, tmp_path):
    """From wherever, and it says so; what it was built from first is told."""
    first = build("demo-app:1.1.0")
    elsewhere = tmp_path / "elsewhere"
    shutil.copytree(changed, elsewhere)

    again = build("demo-app:1.1.0", elsewhere)

    assert (first.digest, False) == (again.digest, again.new)
    assert {first.digest: ["1.1.0"]} == described(ecr)
    assert changed == store.source(REPOSITORY, first.digest, "1.1.0")


def test_other_content_is_refused_where_tags_do_not_change(build, ecr, store, tree):
    """The image that has the tag stays as it was."""
    first = build("demo-app:1.1.0")

    with pytest.raises(
        StageError, match=r"shop/demo-app:1\.1\.0 is there with other content.*take another tag"
    ):
        build("demo-app:1.1.0", tree.root / SERVICE)

    assert {first.digest: ["1.1.0"]} == described(ecr)
    assert "1.1.0" in (store.image(REPOSITORY, first.digest).packages / "demo_app/__main__.py").read_text()


def test_other_content_takes_the_tag_where_it_may(build, ecr, tree):
    """As ECR has it."""
    ecr.put_image_tag_mutability(repositoryName=REPOSITORY, imageTagMutability="MUTABLE")
    build("demo-app:1.1.0")

    second = build("demo-app:1.1.0", tree.root / SERVICE)

    assert second.new
    assert ["1.1.0"] == described(ecr)[second.digest]


@pytest.mark.parametrize("image", ["demo-app@sha256:0a", "demo-app:1@sha256:0a", "demo-app:-1"])
def test_an_image_needs_a_tag(build, image):
    """One that a registry takes."""
    with pytest.raises(StageError, match="name repository and tag, as in notification-api"):
        build(image)


def test_a_repository_that_was_not_applied(build, ecr):
    """The message has those that there are."""
    with pytest.raises(StageError, match="there is no repository other: there is shop/demo-app"):
        build("other:1")
    ecr.delete_repository(repositoryName=REPOSITORY)
    with pytest.raises(StageError, match="there is no repository demo-app: there is none"):
        build("demo-app:1")


def test_a_name_that_may_be_either(build, ecr):
    """The whole name tells them apart."""
    ecr.create_repository(repositoryName="other/demo-app")

    with pytest.raises(StageError, match=r"demo-app may be .*shop/demo-app.*: give the whole name"):
        build("demo-app:1")
    assert REPOSITORY == build("shop/demo-app:1").repository


def test_a_folder_without_dockerfile(build, tmp_path):
    """Nothing is put into ECR."""
    with pytest.raises(StageError, match="Dockerfile cannot be read"):
        build("demo-app:1", tmp_path)


def test_an_image_that_cannot_be_run_is_not_put_into_ecr(build, ecr, changed):
    """It is told when it is built, not when a task starts."""
    write(changed / "Dockerfile", "FROM python\nCMD python -m demo_app\n")

    with pytest.raises(StageError, match="has CMD in shell form"):
        build("demo-app:1")
    assert {} == described(ecr)
