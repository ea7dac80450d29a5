from pathlib import PurePosixPath

import pytest

from stage.errors import StageError
from stage.images.dockerfile import Copy, read_copies, read_image, read_workdir


@pytest.fixture
def dockerfile(tmp_path):
    """Writes a Dockerfile with this text."""

    def write(text):
        path = tmp_path / "Dockerfile"
        path.write_text(text)
        return path

    return write


@pytest.fixture
def image_of(dockerfile, tmp_path):
    """Reads the image of a Dockerfile with this text."""
    return lambda text: read_image(dockerfile(text), tmp_path)


def test_entry_point_and_command_are_read(image_of):
    """Exec form gives the words as they are."""
    image = image_of('FROM python\nENTRYPOINT ["python", "-m"]\nCMD ["demo app"]')

    assert (("python", "-m"), ("demo app",)) == (image.entry_point, image.command)


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


def test_shell_form_is_refused(image_of, tmp_path):
    """A shell would keep SIGTERM from the task."""
    with pytest.raises(StageError, match=f"{tmp_path}/Dockerfile has CMD in shell form"):
        image_of("FROM python\nCMD python -m demo")


@pytest.mark.parametrize(
    ("line", "copied"),
    [
        ("COPY services/shared shared", Copy((PurePosixPath("services/shared"),), "/app/shared", False)),
        ("COPY a /opt/a", Copy((PurePosixPath("a"),), "/opt/a", False)),
        ("COPY --chown=1:1 a.py b/", Copy((PurePosixPath("a.py"),), "/app/b", True)),
        ('COPY ["a b", "."]', Copy((PurePosixPath("a b"),), "/app", True)),
        ("COPY a b c", Copy((PurePosixPath("a"), PurePosixPath("b")), "/app/c", True)),
        ("COPY / /all", Copy((PurePosixPath(),), "/all", False)),
    ],
)
def test_a_copy_is_read(dockerfile, line, copied):
    """Relative to the folder that the image works in, into a folder where more than one may go."""
    (found,) = read_copies(dockerfile(f"FROM python\nWORKDIR /app\n{line}\n"))

    assert copied == Copy(found.sources, str(found.destination), found.into)


def test_a_copy_from_another_image_is_none_of_the_context(dockerfile):
    """Nor is one of a stage that the image is not built on."""
    text = "FROM python AS build\nCOPY requirements.txt /\nFROM python\nCOPY --from=build /venv /venv\n"

    assert [] == read_copies(dockerfile(text))


def test_add_is_refused(dockerfile):
    """It may fetch from anywhere."""
    with pytest.raises(StageError, match="Dockerfile has ADD, which may fetch and unpack: write COPY"):
        read_copies(dockerfile("FROM python\nADD https://example.com/a.tar /\n"))


@pytest.mark.parametrize(
    ("lines", "folder"), [("", "/"), ("WORKDIR /app", "/app"), ("WORKDIR /app\nWORKDIR src", "/app/src")]
)
def test_the_folder_of_the_command(dockerfile, lines, folder):
    """A relative one is below the one before."""
    assert folder == str(read_workdir(dockerfile(f"FROM python\n{lines}\n")))
