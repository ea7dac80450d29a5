import json

import pytest
from botocore.exceptions import ClientError

from stage.errors import StageError
from stage.images.download import download
from stage.images.reference import parse
from tests.unit.stage.control_plane.extensions.gaps.ecr import _manifest as manifest

HOST = "123456789012.dkr.ecr.eu-central-1.amazonaws.com"
NAME = f"{HOST}/shop/demo-app"
TOKEN, IMAGE, LAYERS, LINK = (
    "get_authorization_token",
    "batch_get_image",
    "batch_check_layer_availability",
    "get_download_url_for_layer",
)
LAYER = f"sha256:{1:064x}"
_LOST_LAYER = (
    "CannotPullContainerError: ref pull has been retried 1 time(s): failed to copy: httpReadSeeker: failed "
    f"open: unexpected status code https://{HOST}/v2/shop/demo-app/blobs/{LAYER}: 403 Forbidden"
)
DENIED = {
    TOKEN: (
        "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval "
        "failed: unable to retrieve ecr registry auth: service call has been retried 1 time(s): "
        "AccessDeniedException: You may not."
    ),
    IMAGE: (
        "CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref "
        f"{NAME}:1: pulling from host {HOST} failed with status code [manifests 1]: 403 Forbidden"
    ),
    LAYERS: _LOST_LAYER,
    LINK: _LOST_LAYER,
}
"""What ECS says of each right that is missing."""


@pytest.fixture
def digest(ecr):
    """GIVEN an image of two layers; gives its digest."""
    image = ecr.put_image(repositoryName="shop/demo-app", imageTag="1", imageManifest=manifest())["image"]
    return image["imageId"]["imageDigest"]


@pytest.fixture
def asked(ecr, monkeypatch):
    """Calls of ECR from now on."""
    calls = []
    for name in (TOKEN, IMAGE, LAYERS, LINK):
        call = getattr(ecr, name)
        monkeypatch.setattr(ecr, name, lambda _n=name, _c=call, **how: calls.append((_n, how)) or _c(**how))
    return calls


@pytest.fixture
def refuse(ecr, monkeypatch):
    """Has ECR refuse a call with a code."""

    def set_to(name, code):
        def fail(**_):
            raise ClientError({"Error": {"Code": code, "Message": "You may not."}}, name)

        monkeypatch.setattr(ecr, name, fail)

    return set_to


def test_all_that_takes_a_right_is_asked_for(ecr, digest, asked):
    """A token, the manifest, and each layer, which is looked for before it is got."""
    assert digest == download(ecr, parse(f"{NAME}:1"))

    where = {"registryId": "123456789012", "repositoryName": "shop/demo-app"}
    second = f"sha256:{2:064x}"
    assert [
        (TOKEN, {}),
        (IMAGE, {"imageIds": [{"imageTag": "1"}], **where}),
        (LAYERS, {"layerDigests": [LAYER, second], **where}),
        (LINK, {"layerDigest": LAYER, **where}),
        (LINK, {"layerDigest": second, **where}),
    ] == asked


def test_a_digest_names_an_image(ecr, digest, asked):
    """Whatever its tag."""
    assert digest == download(ecr, parse(f"{NAME}:7@{digest}"))
    assert [{"imageDigest": digest}] == asked[1][1]["imageIds"]


@pytest.mark.parametrize("name", [TOKEN, IMAGE, LAYERS, LINK])
def test_an_image_that_is_not_there_takes_the_same_rights(ecr, asked, name):
    """So that what is missing is known before there is an image."""
    assert download(ecr, parse(f"{NAME}:1")) is None
    assert name in [one for one, _ in asked]


@pytest.mark.parametrize(
    "image", [f"{HOST}/shop/lost:1", f"{HOST.replace('central', 'west')}/shop/demo-app:1"]
)
def test_there_is_no_image_where_there_is_no_repository(ecr, digest, image):
    """Nor in another region."""
    assert digest
    assert download(ecr, parse(image)) is None


@pytest.mark.parametrize(("name", "words"), DENIED.items(), ids=DENIED)
@pytest.mark.usefixtures("digest")
def test_a_missing_right_is_told_in_ecs_s_words(ecr, refuse, name, words):
    """Of the registry, ECS sees no more than the status."""
    refuse(name, "AccessDeniedException")

    with pytest.raises(StageError) as told:
        download(ecr, parse(f"{NAME}:1"))

    assert words == str(told.value)


@pytest.mark.parametrize("name", [IMAGE, LAYERS, LINK])
@pytest.mark.usefixtures("digest")
def test_what_else_fails_is_no_missing_right(ecr, refuse, name):
    """It is told as it is."""
    refuse(name, "ServerException")

    with pytest.raises(ClientError, match="ServerException"):
        download(ecr, parse(f"{NAME}:1"))


def test_a_layer_that_was_lost_is_no_layer_of_none(ecr, refuse, digest):
    """An image cannot be pulled without it."""
    assert digest
    refuse(LINK, "LayersNotFoundException")
    with pytest.raises(ClientError, match="LayersNotFoundException"):
        download(ecr, parse(f"{NAME}:1"))


def test_an_index_has_no_layers(ecr, asked):
    """It names other manifests."""
    kind = "application/vnd.oci.image.index.v1+json"
    index = json.dumps({"schemaVersion": 2, "mediaType": kind, "manifests": []})
    ecr.put_image(repositoryName="shop/demo-app", imageTag="all", imageManifest=index)

    assert download(ecr, parse(f"{NAME}:all"))
    assert LINK in [one for one, _ in asked]
