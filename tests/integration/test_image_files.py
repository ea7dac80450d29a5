"""What is in the services' images, before anything runs."""

import hashlib
import io
import json
import os
import tarfile
from itertools import chain

import pytest

from tests.integration.package_index import ca_bundle, pip_configuration

_MEGABYTE = 1_000_000
# Of what the image adds to its base: 90 MB of packages today.
_MAX_ADDED = 150 * _MEGABYTE
_PRIVATE_KEY = b"PRIVATE KEY-----\n"


@pytest.fixture(scope="module", params=["notification_api", "email_sender"])
def image(request, client, images, starting):
    """Each service's image, looked at while the system comes up."""
    return client.images.get(getattr(images, request.param))


@pytest.fixture(scope="module")
def added(client, image):
    """Every file of the image as (path, content), from all layers but those of its base."""
    archive = tarfile.open(fileobj=io.BytesIO(b"".join(image.save())))  # noqa: SIM115 - lives as long as the module
    (manifest,) = json.load(archive.extractfile("manifest.json"))
    # The base is one layer of its own, or several: ours begin with the packages.
    ours = [layer for layer in manifest["Layers"] if _has(archive, layer, "venv")]
    first = manifest["Layers"].index(ours[0])
    return [
        found
        for layer in manifest["Layers"][first:]
        for found in _files(tarfile.open(fileobj=archive.extractfile(layer)))
    ]


def _has(archive, layer, folder):
    return any(
        name.split("/")[0] == folder for name in tarfile.open(fileobj=archive.extractfile(layer)).getnames()
    )


def _files(layer):
    return [
        (member.name, layer.extractfile(member).read()) for member in layer.getmembers() if member.isfile()
    ]


def test_the_user_is_a_number_and_not_root(image):
    """ECS and scanners can see it without looking into the image."""
    assert "10001:10001" == image.attrs["Config"]["User"]


def test_the_image_is_small(added):
    """What is added to the base is below a bound."""
    assert sum(len(content) for _, content in added) < _MAX_ADDED


def test_no_layer_holds_what_the_build_was_told(added):
    """Neither pip's settings nor certificates of the machine that built it are in any layer."""
    bundle = ca_bundle(os.environ)
    told = {hashlib.sha256(text.encode()).hexdigest() for text in [pip_configuration(os.environ)] if text}
    told |= {hashlib.sha256(path.read_bytes()).hexdigest() for path in [bundle] if path}

    assert [] == [name for name, content in added if hashlib.sha256(content).hexdigest() in told]
    assert [] == [
        name for name, content in added if name in {"etc/pip.conf", "run/secrets/ca_bundle"} and content
    ]


def test_no_layer_holds_a_private_key(added):
    """Nothing that looks like a key is in any file."""
    assert [] == [name for name, content in added if _PRIVATE_KEY in content]


def test_history_tells_nothing_of_the_machine(image):
    """The commands that are kept with the image name neither settings of pip nor where they were."""
    told = "\n".join(layer["CreatedBy"] for layer in image.history())
    values = [value for name, value in os.environ.items() if name.startswith("PIP_") and "/" in value]

    assert [] == [value for value in chain(values, [str(ca_bundle(os.environ) or "-none-")]) if value in told]


def test_the_code_is_compiled_and_belongs_to_root(added):
    """The user can change nothing, and a start need not compile."""
    sources = {name for name, _ in added if name.startswith("app/") and name.endswith(".py")}
    compiled = {name for name, _ in added if name.startswith("app/") and name.endswith(".pyc")}

    assert sources
    assert len(sources) == len(compiled)
