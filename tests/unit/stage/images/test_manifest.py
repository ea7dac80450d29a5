import hashlib
import io
import json
import os
import tarfile
from dataclasses import replace
from pathlib import Path, PurePosixPath

import pytest

from stage.images.dockerfile import Image
from stage.images.manifest import MEDIA_TYPE, make_manifest

IMAGE = Image(("python",), ("-m", "demo"), {"B": "2", "A": "1"}, Path("/nowhere"))
WORKDIR = PurePosixPath("/app")


@pytest.fixture
def files(tmp_path):
    """GIVEN two files of an image, one of which can be run."""
    for name, mode in (("run.sh", 0o700), ("data.txt", 0o600)):
        (tmp_path / name).write_text(name)
        (tmp_path / name).chmod(mode)
    return {WORKDIR / name: tmp_path / name for name in ("run.sh", "data.txt")}


def digest(files, image=IMAGE, workdir=WORKDIR):
    """Digest of an image of these."""
    return make_manifest(files, image, workdir).digest


def test_the_digest_is_that_of_the_manifest(files):
    """So a registry finds it, and so describes it: one layer with all the files, and a configuration."""
    made = make_manifest(files, IMAGE, WORKDIR)

    told = json.loads(made.text)
    (layer,) = told["layers"]
    assert f"sha256:{hashlib.sha256(made.text.encode()).hexdigest()}" == made.digest
    assert (2, MEDIA_TYPE) == (told["schemaVersion"], told["mediaType"])
    assert (f"sha256:{hashlib.sha256(made.layer).hexdigest()}", len(made.layer)) == (
        layer["digest"],
        layer["size"],
    )


def test_the_layer_has_the_files(files):
    """With nothing in them that differs from one build to the next."""
    with tarfile.open(fileobj=io.BytesIO(make_manifest(files, IMAGE, WORKDIR).layer)) as tar:
        found = [(one.name, oct(one.mode), one.mtime, one.uid, one.uname) for one in tar.getmembers()]

    assert [("app/data.txt", "0o644", 0, 0, ""), ("app/run.sh", "0o755", 0, 0, "")] == found


def test_the_same_content_has_the_same_digest(files, tmp_path_factory):
    """Elsewhere, in another order, at another time and for another group's eyes."""
    before = digest(files)
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    copies = {}
    for name, path in reversed(files.items()):
        copies[name] = elsewhere / path.name
        copies[name].write_bytes(path.read_bytes())
        copies[name].chmod(path.stat().st_mode | 0o060)
        os.utime(copies[name], (0, 0))

    assert before == digest(copies, replace(IMAGE, environment={"A": "1", "B": "2"}, packages=elsewhere))


def test_a_link_is_kept_as_one(files, tmp_path):
    """What it points to may lie outside of the image."""
    (tmp_path / "link").symlink_to("data.txt")
    linked = make_manifest({**files, WORKDIR / "link": tmp_path / "link"}, IMAGE, WORKDIR)

    with tarfile.open(fileobj=io.BytesIO(linked.layer)) as tar:
        assert "data.txt" == tar.getmember("app/link").linkname


@pytest.mark.parametrize(
    "change",
    [
        lambda files: {**files, WORKDIR / "new": next(iter(files.values()))},
        lambda files: dict(list(files.items())[:1]),
        lambda files: {name.with_suffix(".moved"): path for name, path in files.items()},
        lambda files: files[WORKDIR / "data.txt"].write_text("changed") and files,
        lambda files: files[WORKDIR / "data.txt"].chmod(0o700) or files,
    ],
)
def test_another_file_has_another_digest(files, change):
    """One more, one less, elsewhere, with other content, or one that can be run."""
    before = digest(files)

    assert before != digest(change(files))


@pytest.mark.parametrize(
    ("image", "workdir"),
    [
        (replace(IMAGE, entry_point=()), WORKDIR),
        (replace(IMAGE, command=("-m", "other")), WORKDIR),
        (replace(IMAGE, environment={"A": "1"}), WORKDIR),
        (IMAGE, PurePosixPath("/")),
    ],
)
def test_another_configuration_has_another_digest(files, image, workdir):
    """The same files are not the same image if they are run otherwise."""
    assert digest(files) != digest(files, image, workdir)
