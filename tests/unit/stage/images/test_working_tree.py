import pytest

from stage.errors import StageError
from stage.images.working_tree import WorkingTree

_IMAGE = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/shop/demo-app:1.2"


@pytest.fixture
def tree(tmp_path):
    """GIVEN a service, and something beside the services that is built, too."""
    for folder in (tmp_path / "services" / "demo_app", tmp_path / "load"):
        folder.mkdir(parents=True)
        (folder / "Dockerfile").write_text('FROM scratch\nCMD ["true"]')
    return WorkingTree(tmp_path / "services")


@pytest.mark.parametrize("image", ["demo-app", "demo-app:1", "r.example:5000/x/demo-app@sha256:0a", _IMAGE])
def test_the_repository_names_the_folder(tree, image):
    """Registry, tag and digest do not matter."""
    assert ("true",) == tree.pull(image).command


def test_what_is_no_service_lies_beside_the_services(tree, tmp_path):
    """Its packages are copied from there, and a service's from the services' folder."""
    found = [tree.pull(name).packages for name in ("shop/demo-app:1", "shop/load:1")]

    assert [tmp_path / "services", tmp_path] == found
    assert ["services/demo_app", "load"] == [str(tree.folder_of(name)) for name in ("shop/demo-app", "load")]


def test_a_missing_dockerfile_is_named(tree):
    """The message says which file was looked for and for which image."""
    with pytest.raises(StageError, match=r"CannotPullContainerError: image shop/lost:1 .*lost/Dockerfile"):
        tree.pull("shop/lost:1")
