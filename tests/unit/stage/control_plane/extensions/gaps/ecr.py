"""Gaps of ECR."""

import hashlib
import json

from botocore.exceptions import ClientError


def digest_of_manifest(aws):
    """That of its bytes."""
    manifest = _manifest()
    return f"sha256:{hashlib.sha256(manifest.encode()).hexdigest()}" == _put(aws, manifest)["imageDigest"]


def digest_that_is_wrong(aws):
    """Whoever has computed another one has another manifest in mind."""
    _put(aws, _manifest(5), tag="other")
    return "ImageDigestDoesNotMatchException" == _refusal(aws, _manifest(), imageDigest=f"sha256:{9:064x}")


def size_of_layers(aws):
    """All of them together."""
    return 3000 == _put(aws, _manifest())["imageSizeInBytes"]


def artifact_media_type(aws):
    """Its configuration's."""
    return "application/vnd.oci.image.config.v1+json" == _put(aws, _manifest()).get("artifactMediaType")


def tag_that_does_not_change(aws):
    """There is an error for it alone."""
    _put(aws, _manifest())
    return "ImageTagAlreadyExistsException" == _refusal(aws, _manifest(5))


def missing_repository(aws):
    """It is said."""
    return "RepositoryNotFoundException" == _refusal(aws, _manifest())


def image_of_another_registry(aws):
    """It has a repository of that name, or not."""
    _put(aws, _manifest())
    asked = {"repositoryName": "shop/demo-app", "imageIds": [{"imageTag": "1"}]}
    return "RepositoryNotFoundException" == _code(
        lambda: aws("ecr").batch_get_image(registryId="999999999999", **asked)
    )


def layers_of_an_image(aws):
    """No image is taken before its layers are there."""
    _put(aws, _manifest())
    there, lost = f"sha256:{1:064x}", f"sha256:{9:064x}"
    found = aws("ecr").batch_check_layer_availability(
        repositoryName="shop/demo-app", layerDigests=[there, lost]
    )
    return ([(there, 1000)], [lost]) == (
        [(one["layerDigest"], one["layerSize"]) for one in found["layers"]],
        [one["layerDigest"] for one in found["failures"]],
    )


def link_to_a_layer(aws):
    """Into a bucket of AWS's own."""
    _put(aws, _manifest())
    digest = f"sha256:{1:064x}"
    found = aws("ecr").get_download_url_for_layer(repositoryName="shop/demo-app", layerDigest=digest)
    bucket = "https://prod-eu-central-1-starport-layer-bucket.s3."
    return digest == found["layerDigest"] and found["downloadUrl"].startswith(bucket)


def link_to_no_layer(aws):
    """There is an error for it."""
    _put(aws, _manifest())
    asked = {"repositoryName": "shop/demo-app", "layerDigest": f"sha256:{9:064x}"}
    return "LayersNotFoundException" == _code(lambda: aws("ecr").get_download_url_for_layer(**asked))


def _manifest(first=1):
    layers = [{"digest": f"sha256:{first + n:064x}", "size": size} for n, size in enumerate((1000, 2000))]
    return json.dumps(
        {
            "schemaVersion": 2,
            "mediaType": "application/vnd.oci.image.manifest.v1+json",
            "config": {
                "mediaType": "application/vnd.oci.image.config.v1+json",
                "digest": f"sha256:{0:064x}",
                "size": 7,
            },
            "layers": [{"mediaType": "application/vnd.oci.image.layer.v1.tar", **one} for one in layers],
        }
    )


def _put(aws, manifest, tag="1"):
    """Put an image into a new repository; gives its description."""
    ecr = aws("ecr")
    ecr.create_repository(repositoryName="shop/demo-app", imageTagMutability="IMMUTABLE")
    ecr.put_image(repositoryName="shop/demo-app", imageTag=tag, imageManifest=manifest)
    (found,) = ecr.describe_images(repositoryName="shop/demo-app")["imageDetails"]
    return found


def _refusal(aws, manifest, **more):
    """Code of the error with which an image is refused."""
    put = {"repositoryName": "shop/demo-app", "imageTag": "1", "imageManifest": manifest, **more}
    return _code(lambda: aws("ecr").put_image(**put))


def _code(call):
    """Code of the error with which a call is refused; None if it is not."""
    try:
        call()
    except ClientError as error:
        return error.response["Error"]["Code"]
    return None
