import re

import pytest

from tests.integration.engine import EngineUnavailableError
from tests.integration.images import (
    DOCKERFILES,
    ROOT,
    build_environment,
    content_of,
    copied_files,
    default_base,
)


@pytest.mark.parametrize("service", ["notification_api", "email_sender"])
def test_services_name_the_base_that_the_suite_runs_on(service):
    """What is pulled is what the Dockerfile says, so that nobody has to say it twice."""
    assert "python:3.11-slim" == default_base(ROOT / "services" / service / "Dockerfile")


def test_a_dockerfile_without_a_base_to_choose_is_named(tmp_path):
    """The message says which line is missing."""
    dockerfile = tmp_path / "Dockerfile"
    dockerfile.write_text("FROM scratch\n")

    with pytest.raises(EngineUnavailableError, match="add one"):
        default_base(dockerfile)


def test_a_build_can_be_handed_secrets():
    """Only BuildKit hands them over without a layer that keeps them."""
    environment = build_environment({"PATH": "/bin"}, "unix:///run/docker.sock")

    assert {"PATH": "/bin", "DOCKER_HOST": "unix:///run/docker.sock", "DOCKER_BUILDKIT": "1"} == environment


@pytest.fixture
def context(tmp_path):
    """A repository with a program and its Dockerfile."""
    (tmp_path / "Dockerfile").write_text(
        "ARG BASE_IMAGE=python\nFROM ${BASE_IMAGE} AS packages\nCOPY pins.txt /pins.txt\nFROM ${BASE_IMAGE}\n"
        "COPY --from=packages /venv /venv\nCOPY program app\n"
    )
    (tmp_path / "pins.txt").write_text("one==1\n")
    (tmp_path / "program").mkdir()
    (tmp_path / "program" / "main.py").write_text("print(1)\n")
    return tmp_path


def test_what_an_image_is_made_of_is_what_its_dockerfile_copies(context):
    """Neither another stage's files nor what Python has compiled here."""
    (context / "program" / "__pycache__").mkdir()
    (context / "program" / "__pycache__" / "main.pyc").write_text("")

    assert [context / "pins.txt", context / "program" / "main.py"] == copied_files(
        context / "Dockerfile", context
    )


@pytest.mark.parametrize("changed", ["Dockerfile", "pins.txt", "program/main.py", "program/new.py"])
def test_an_image_is_built_anew_when_something_in_it_has_changed(context, changed):
    """The Dockerfile, the pins, a line of the program, a file more."""
    before = content_of("Dockerfile", "sha256:base", context)
    with (context / changed).open("a") as file:
        file.write("# changed\n")

    assert before != content_of("Dockerfile", "sha256:base", context)


def test_an_image_is_built_anew_on_another_base(context):
    """A base that was pulled or built anew is another one."""
    assert content_of("Dockerfile", "sha256:base", context) != content_of("Dockerfile", "sha256:new", context)


def test_an_image_is_not_built_anew_for_what_is_not_in_it(context):
    """A test or a document that changes costs no minute."""
    before = content_of("Dockerfile", "sha256:base", context)
    (context / "README.md").write_text("Read me.\n")

    assert before == content_of("Dockerfile", "sha256:base", context)


def test_what_our_images_copy_exists():
    """The digest sees every file that a build would."""
    for dockerfile in DOCKERFILES.values():
        assert copied_files(ROOT / dockerfile)


def test_both_services_images_begin_alike():
    """A machine builds the layer that they share once: the same base, the same steps, the same pins."""
    one, other = (
        (ROOT / "services" / name / "Dockerfile").read_text() for name in ("notification_api", "email_sender")
    )
    begin, end = "# Alike in both", "FROM shared AS packages"

    assert one[one.index(begin) : one.index(end)] == other[other.index(begin) : other.index(end)]
    for service in ("notification-api", "email-sender"):
        assert set() == _pins("services") - _pins(service)


def _pins(name):
    return set(re.findall(r"^(\S+==\S+)", (ROOT / "requirements" / f"{name}.txt").read_text(), re.MULTILINE))
