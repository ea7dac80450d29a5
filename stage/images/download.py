"""Download of an image from ECR as far as ECR decides on it: a token, the manifest, links to the layers.

A registry's own protocol, in which images are pulled, takes the rights to these calls of ECR's API.
https://docs.aws.amazon.com/AmazonECR/latest/userguide/ECR_on_ECS.html
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from stage.control_plane.aws import in_words
from stage.errors import StageError
from stage.images.reference import Reference

_DENIED = "AccessDeniedException"
_MISSING = {"RepositoryNotFoundException", "ImageNotFoundException"}
# SHA-256 of nothing: no image has such a layer.
_NO_LAYER = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def download(ecr: Any, image: Reference) -> str | None:
    """Digest of the image that a name stands for; None if this ECR has none of that name.

    An image that is not there takes the same rights as one that is.

    Args:
        ecr: boto3 client that acts in a task's execution role.
        image: Its name, with this ECR or another one for a registry.

    Raises:
        StageError: The role may not do it, in ECS's words
            (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_cannot_pull_image.html).
        ClientError, BotoCoreError: ECR fails.
    """
    _log_in(ecr)
    if image.region != ecr.meta.region_name:
        return None
    where = {"registryId": image.account, "repositoryName": image.repository}
    try:
        found = _manifest(ecr, image, where)
        _layers(ecr, image, where, _digests(found))
    except ClientError as error:
        if error.response["Error"]["Code"] in _MISSING:
            return None
        raise
    return None if found is None else str(found["imageId"]["imageDigest"])


def _log_in(ecr: Any) -> None:
    try:
        ecr.get_authorization_token()
    except (ClientError, BotoCoreError) as error:
        raise StageError(
            "ResourceInitializationError: unable to pull secrets or registry auth: "
            "execution resource retrieval failed: unable to retrieve ecr registry auth: "
            f"service call has been retried 1 time(s): {in_words(error)}"
        ) from error


def _manifest(ecr: Any, image: Reference, where: Mapping[str, str]) -> Mapping[str, Any] | None:
    """The image with its manifest; None if there is none."""
    name = image.digest or image.tag
    with _as_forbidden(
        f"pull image manifest has been retried 1 time(s): failed to resolve ref {image}: pulling from host "
        f"{image.registry} failed with status code [manifests {name}]"
    ):
        wanted = {"imageDigest": image.digest} if image.digest else {"imageTag": image.tag}
        images: list[Mapping[str, Any]] = ecr.batch_get_image(imageIds=[wanted], **where)["images"]
    return images[0] if images else None


def _digests(found: Mapping[str, Any] | None) -> list[str]:
    """Digests of an image's layers; of what has none, such as no image or an index, one that nothing has."""
    manifest = {} if found is None else json.loads(found["imageManifest"])
    return [one["digest"] for one in manifest.get("layers", [])] or [_NO_LAYER]


def _layers(ecr: Any, image: Reference, where: Mapping[str, str], digests: list[str]) -> None:
    failed = (
        "ref pull has been retried 1 time(s): failed to copy: httpReadSeeker: failed open: unexpected status "
        f"code https://{image.registry}/v2/{image.repository}/blobs"
    )
    # ECR's reference says only of a push that layers are checked; of task execution roles it is wanted all
    # the same.
    with _as_forbidden(f"{failed}/{digests[0]}"):
        ecr.batch_check_layer_availability(layerDigests=digests, **where)
    for digest in digests:
        with _as_forbidden(f"{failed}/{digest}"):
            try:
                ecr.get_download_url_for_layer(layerDigest=digest, **where)
            except ecr.exceptions.LayersNotFoundException:
                if digest != _NO_LAYER:
                    raise


@contextmanager
def _as_forbidden(what: str) -> Iterator[None]:
    """Tell of a missing right as ECS does, which sees no more than the status that a registry answers."""
    try:
        yield
    except ClientError as error:
        if error.response["Error"]["Code"] != _DENIED:
            raise
        raise StageError(f"CannotPullContainerError: {what}: 403 Forbidden") from error
