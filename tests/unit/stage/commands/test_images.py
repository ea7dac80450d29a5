import shutil

import pytest

from tests.unit.documents import ROOT

SERVICE = ROOT / "tests/functional/stage/small_system/services/small_service"


@pytest.fixture
def source(tmp_path):
    """GIVEN a changed copy of a service, whose repository is there."""
    folder = tmp_path / "changed"
    shutil.copytree(SERVICE, folder, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "__main__.py").write_text("print('changed')\n")
    return folder


@pytest.fixture
def stage(aws, up, tmp_path):
    """GIVEN a stage that is up, with a repository."""
    aws.ecr.create_repository(repositoryName="shop/small-service", imageTagMutability="IMMUTABLE")
    up(services=str(SERVICE.parent), images=str(tmp_path / "images"))


@pytest.mark.usefixtures("stage")
def test_an_image_is_built_and_listed(aws, told, source):
    """With its digest, and where it was built from."""
    built = told("images", "build", "small-service:1.1.0", "--from", str(source))

    (listed,) = told("images")
    (found,) = aws.ecr.describe_images(repositoryName="shop/small-service")["imageDetails"]
    assert ("shop/small-service", "1.1.0", True) == (built["repository"], built["tag"], built["new"])
    assert {built["digest"]} == {listed["digest"], found["imageDigest"]}
    assert ("1.1.0", str(source)) == (listed["tag"], listed["source"])
    assert [str(source)] == built["copied"]


@pytest.mark.usefixtures("stage")
def test_what_is_said_of_a_build(call, source, tmp_path):
    """New, there already, or refused in one line."""
    build = ("images", "build", "small-service:1.1.0", "--from")

    said = [call(*build, str(folder)) for folder in (source, source, SERVICE, tmp_path)]

    assert [0, 0, 2, 2] == [one.status for one in said]
    assert said[0].out.startswith("built shop/small-service:1.1.0 (sha256:")
    assert said[1].out.startswith("shop/small-service:1.1.0 is there already, with the same content (sha256:")
    assert said[2].err.startswith("stage: shop/small-service:1.1.0 is there with other content")
    assert said[3].err.startswith(f"stage: {tmp_path}/Dockerfile cannot be read")
    assert {1} == {len((one.out + one.err).splitlines()) for one in said}


@pytest.mark.usefixtures("stage")
def test_an_image_that_was_put_there_otherwise_has_no_source(aws, call, told):
    """Somebody has put its manifest into ECR by hand."""
    manifest = '{"schemaVersion": 2, "config": {"size": 1}, "layers": []}'
    aws.ecr.put_image(
        repositoryName="shop/small-service",
        imageTag="2",
        imageManifest=manifest,
        imageManifestMediaType="application/vnd.oci.image.manifest.v1+json",
    )

    assert [None] == [one["source"] for one in told("images")]
    heading, line = call("images").out.splitlines()
    assert ["repository", "tag", "digest", "put", "into", "ECR", "built", "from"] == heading.split()
    assert ["shop/small-service", "2"] == line.split()[:2]


@pytest.mark.parametrize("place", ["before", "after"])
def test_a_stage_s_name_stands_before_or_after_the_word_build(aws, up, call, folder, place):
    """What is said before it is not forgotten."""
    name = ("--name", "other")
    words = ("build", "small-service:1", "--from", "x")

    said = call("images", *name, *words) if place == "before" else call("images", *words, *name)

    assert (69, "stage: no stage named 'other' is up: there is --name default\n") == (said.status, said.err)
