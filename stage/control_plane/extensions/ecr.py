"""Images of ECR with the digest and size that their manifest gives them, and tags that do not change."""

import hashlib
import json
from typing import Any

from moto.core.exceptions import ServiceException
from moto.core.responses import ActionResult
from moto.ecr import models
from moto.ecr.responses import ECRResponse

from stage.control_plane.extensions.registration import Extension, Gap, Replacement, overrides


class ImageTagAlreadyExistsError(ServiceException):
    """A tag that is another image's for good."""

    code = "ImageTagAlreadyExistsException"


class ImageDigestDoesNotMatchError(ServiceException):
    """A digest that is not the manifest's."""

    code = "ImageDigestDoesNotMatchException"


class LayersNotFoundError(ServiceException):
    """A layer that no image has."""

    code = "LayersNotFoundException"


class Image(models.Image):
    """An image as its manifest describes it."""

    @overrides
    def get_image_size_in_bytes(self) -> int | None:
        """Bytes of all its layers; None for what has none, such as an index."""
        layers = json.loads(self.image_manifest).get("layers")
        return None if layers is None else sum(layer["size"] for layer in layers)

    @property
    def artifact_media_type(self) -> str | None:
        """Media type of its configuration."""
        media_type: str | None = json.loads(self.image_manifest).get("config", {}).get("mediaType")
        return media_type


class ECRBackend(models.ECRBackend):
    """ECR that looks at what it is given."""

    @overrides
    def put_image(
        self,
        repository_name: str,
        image_manifest: str,
        image_tag: str,
        image_manifest_mediatype: str | None = None,
        digest: str | None = None,
    ) -> Any:
        """PutImage into a repository that exists, under a tag that is free or may change."""
        repository = self._get_repository(repository_name)
        computed = f"sha256:{hashlib.sha256(image_manifest.encode()).hexdigest()}"
        if digest not in {None, computed}:
            raise ImageDigestDoesNotMatchError(
                f"Image digest '{digest}' does not match '{computed}', which is that of the manifest"
            )
        holders = [image for image in repository.images if image_tag in image.image_tags]
        if repository.is_tag_immutable() and any(one.image_manifest != image_manifest for one in holders):
            raise ImageTagAlreadyExistsError(
                f"The image tag '{image_tag}' already exists in the '{repository_name}' repository and "
                "cannot be overwritten because the repository is immutable."
            )
        return super().put_image(
            repository_name, image_manifest, image_tag, image_manifest_mediatype, computed
        )

    @overrides
    def batch_get_image(
        self,
        repository_name: str,
        registry_id: str | None = None,
        image_ids: list[dict[str, Any]] | None = None,
    ) -> dict[str, Any]:
        """BatchGetImage from a repository of that registry."""
        self._get_repository(repository_name, registry_id)
        found: dict[str, Any] = super().batch_get_image(repository_name, registry_id, image_ids)
        return found

    @overrides
    def batch_check_layer_availability(
        self, repository_name: str, layer_digests: list[str], registry_id: str | None = None
    ) -> dict[str, Any]:
        """BatchCheckLayerAvailability, which knows the layers of images beside those that were uploaded."""
        found: dict[str, Any] = super().batch_check_layer_availability(
            repository_name, layer_digests, registry_id
        )
        layers = self._layers(repository_name, registry_id)
        missing = [one["layerDigest"] for one in found["failures"]]
        found["failures"] = [one for one in found["failures"] if one["layerDigest"] not in layers]
        found["layers"] += [
            {
                "layerDigest": digest,
                "layerAvailability": "AVAILABLE",
                "layerSize": layers[digest]["size"],
                "mediaType": layers[digest]["mediaType"],
            }
            for digest in missing
            if digest in layers
        ]
        return found

    def get_download_url_for_layer(
        self, repository_name: str, layer_digest: str, registry_id: str | None = None
    ) -> dict[str, str]:
        """GetDownloadUrlForLayer: a link to where AWS has its layers, at which nobody answers here."""
        uploaded = self._get_repository(repository_name, registry_id).layers
        if layer_digest not in {*uploaded, *self._layers(repository_name, registry_id)}:
            raise LayersNotFoundError(
                f"The layer with digest '{layer_digest}' does not exist in the repository with name "
                f"'{repository_name}' in the registry with id '{registry_id or self.account_id}'"
            )
        bucket = f"prod-{self.region_name}-starport-layer-bucket.s3.{self.region_name}.amazonaws.com"
        return {"downloadUrl": f"https://{bucket}/{layer_digest}", "layerDigest": layer_digest}

    def _layers(self, repository_name: str, registry_id: str | None) -> dict[str, dict[str, Any]]:
        """Layers of all images of a repository, as their manifests describe them, by digest."""
        images = list(self._get_repository(repository_name, registry_id).images)
        manifests = [json.loads(image.image_manifest) for image in images]
        return {layer["digest"]: layer for one in manifests for layer in one.get("layers", [])}


class Response(ECRResponse):
    """Answers of ECR with what moto's lacks."""

    @overrides
    def get_download_url_for_layer(self) -> ActionResult:
        """GetDownloadUrlForLayer."""
        names = ("repositoryName", "layerDigest", "registryId")
        return ActionResult(self.ecr_backend.get_download_url_for_layer(*map(self._get_param, names)))


_PAGES = "https://docs.aws.amazon.com/AmazonECR/latest/APIReference"
EXTENSION = Extension(
    service="ecr",
    gaps=(
        Gap(
            "digest_of_manifest",
            "An image's digest is made of those of its layers, and so is not that of its manifest.",
            f"{_PAGES}/API_ImageDetail.html",
        ),
        Gap(
            "digest_that_is_wrong",
            "An image is taken under a digest that is not its own.",
            f"{_PAGES}/API_PutImage.html",
        ),
        Gap(
            "size_of_layers",
            "An image is as large as its configuration.",
            f"{_PAGES}/API_ImageDetail.html",
        ),
        Gap(
            "artifact_media_type",
            "An image does not say what kind of artifact it is.",
            f"{_PAGES}/API_ImageDetail.html",
        ),
        Gap(
            "tag_that_does_not_change",
            "Other content under an immutable tag is refused as if it were the same.",
            f"{_PAGES}/API_PutImage.html",
        ),
        Gap(
            "missing_repository",
            "An image for a repository that does not exist fails within moto.",
            f"{_PAGES}/API_PutImage.html",
        ),
        Gap(
            "image_of_another_registry",
            "An image is found in a registry that is not asked for.",
            f"{_PAGES}/API_BatchGetImage.html",
        ),
        Gap(
            "layers_of_an_image",
            "The layers of an image are not there unless each was uploaded by calls of the API.",
            f"{_PAGES}/API_BatchCheckLayerAvailability.html",
        ),
        Gap(
            "link_to_a_layer",
            "There are no links to layers.",
            f"{_PAGES}/API_GetDownloadUrlForLayer.html",
        ),
        Gap(
            "link_to_no_layer",
            "Nor is it said that a layer is not there.",
            f"{_PAGES}/API_GetDownloadUrlForLayer.html",
        ),
    ),
    backend=ECRBackend,
    response=Response,
    replacements=(Replacement(models, "Image", Image),),
)
