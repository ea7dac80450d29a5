from pathlib import Path

import pytest

from stage.images.build import manifest_of
from stage.images.store import ImageStore

REPOSITORY = "shop/demo-app"


@pytest.fixture
def store(tmp_path):
    """GIVEN an empty store."""
    return ImageStore(tmp_path / "images")


@pytest.fixture
def kept(store, context):
    """GIVEN a store with an image; gives its digest."""
    manifest = manifest_of(context)
    store.keep(REPOSITORY, manifest, context.dockerfile)
    return manifest.digest


def test_a_kept_image_is_run_from_its_own_files(store, kept, context):
    """What becomes of the files that it was built from does not matter any more."""
    context.dockerfile.with_name("__main__.py").write_text("print('changed')")
    context.dockerfile.write_text('FROM python\nCMD ["other"]')

    image = store.image(REPOSITORY, kept)

    assert ("python", "-m", "demo_app") == image.command
    assert {"PORT": "8080"} == image.environment
    assert "print('1.0.0')" == (image.packages / "demo_app" / "__main__.py").read_text()
    assert "shared = 'tree'" == (image.packages / "shared" / "__init__.py").read_text()


def test_an_image_is_kept_once(store, kept, context):
    """What tasks run from is never written again."""
    main = store.image(REPOSITORY, kept).packages / "demo_app" / "__main__.py"
    before = main.stat().st_ino

    store.keep(REPOSITORY, manifest_of(context), context.dockerfile)

    assert before == main.stat().st_ino


def test_another_repository_does_not_have_it(store, kept):
    """Nor is another digest known."""
    assert store.knows(REPOSITORY, kept)
    assert not store.knows("shop/other", kept)
    assert not store.knows(REPOSITORY, f"sha256:{0:064x}")


def test_a_tag_tells_what_it_was_built_from(store, kept):
    """Each tag of an image by itself."""
    store.tag(REPOSITORY, kept, "1.0.0", Path("/src/demo_app"))
    store.tag(REPOSITORY, kept, "1.0.1", Path("/src/copy"))

    assert [Path("/src/demo_app"), Path("/src/copy"), None] == [
        store.source(REPOSITORY, kept, tag) for tag in ("1.0.0", "1.0.1", "1.0.2")
    ]


def test_an_image_of_the_working_tree_has_a_tag_and_no_files(store):
    """It is known, and whoever has the working tree has its files."""
    store.tag(REPOSITORY, "sha256:0a", "1.0.0", Path("/src/demo_app"))

    assert store.knows(REPOSITORY, "sha256:0a")
    assert store.image(REPOSITORY, "sha256:0a") is None
