import pytest

from stage.errors import StageError
from stage.tasks.dockerfile import read_image

_IMAGE = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/shop/demo-app:1.2"


@pytest.fixture
def image_of(tmp_path):
    """Reads the image of a Dockerfile with this text."""

    def read(text, image=_IMAGE):
        folder = tmp_path / "demo_app"
        folder.mkdir(exist_ok=True)
        (folder / "Dockerfile").write_text(text)
        return read_image(image, tmp_path)

    return read


def test_entry_point_and_command_are_read(image_of):
    """Exec form gives the words as they are."""
    image = image_of('FROM python\nENTRYPOINT ["python", "-m"]\nCMD ["demo app"]')

    assert (("python", "-m"), ("demo app",)) == (image.entry_point, image.command)


@pytest.mark.parametrize("image", ["demo-app", "demo-app:1", "r.example:5000/x/demo-app@sha256:0a", _IMAGE])
def test_the_repository_names_the_folder(image_of, image):
    """Registry, tag and digest do not matter."""
    assert ("true",) == image_of('FROM scratch\nCMD ["true"]', image).command


def test_environment_is_read_without_path(image_of):
    """The image's folders do not exist here, so its PATH would find nothing."""
    image = image_of('FROM python\nARG LEVEL=info\nENV PATH=/opt/bin:$PATH A="b c" LOG=$LEVEL\nCMD ["x"]')

    assert {"A": "b c", "LOG": "info"} == image.environment


def test_only_the_last_stage_counts(image_of):
    """What a build stage sets stays there."""
    image = image_of('FROM python AS build\nENV A=1\nCMD ["build"]\nFROM python\nENV B=2\nENTRYPOINT ["run"]')

    assert (("run",), (), {"B": "2"}) == (image.entry_point, image.command, image.environment)


def test_a_stage_inherits_from_the_one_it_is_built_on(image_of):
    """FROM an earlier stage takes its environment and its command along."""
    image = image_of('FROM python AS base\nENV A=1\nCMD ["serve"]\nFROM base\nENV B=$A$A')

    assert (("serve",), {"A": "1", "B": "11"}) == (image.command, image.environment)


def test_an_entry_point_resets_an_inherited_command(image_of):
    """Docker drops the base image's CMD when ENTRYPOINT is set on top."""
    image = image_of('FROM python AS base\nCMD ["serve"]\nFROM base\nENTRYPOINT ["run"]')

    assert (("run",), ()) == (image.entry_point, image.command)


def test_shell_form_is_refused(image_of):
    """A shell would keep SIGTERM from the task."""
    with pytest.raises(StageError, match=r"demo_app/Dockerfile has CMD in shell form"):
        image_of("FROM python\nCMD python -m demo")


def test_a_missing_dockerfile_is_named(tmp_path):
    """The message says which file was looked for and for which image."""
    with pytest.raises(StageError, match=r"CannotPullContainerError: image shop/lost:1 .*lost/Dockerfile"):
        read_image("shop/lost:1", tmp_path)
