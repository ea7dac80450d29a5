"""ECR of a stage: the repositories that were applied, and what is put into them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from common.pages import listed
from stage.errors import StageError
from stage.images.manifest import MEDIA_TYPE, Manifest
from stage.images.reference import Reference


@dataclass(frozen=True)
class TaggedImage:
    """An image under one of its tags.

    Attributes:
        repository: Name of its repository.
        tag: The tag; empty for an image without any.
        digest: Its digest.
        pushed_at: When it was put into ECR.
    """

    repository: str
    tag: str
    digest: str
    pushed_at: datetime


def declared_images(ecs: Any) -> list[str]:
    """Names of the images of the newest task definition of each family.

    Args:
        ecs: boto3 client.
    """
    families = listed(ecs, "list_task_definition_families", "families", status="ACTIVE")
    definitions = [ecs.describe_task_definition(taskDefinition=family) for family in families]
    return [
        str(container["image"])
        for definition in definitions
        if definition["taskDefinition"]["status"] == "ACTIVE"
        for container in definition["taskDefinition"]["containerDefinitions"]
    ]


def repository_uris(ecr: Any) -> set[str]:
    """Names of the images of this ECR without tags: registry and repository."""
    return {str(one["repositoryUri"]) for one in _repositories(ecr)}


def applied_repository(ecr: Any, wanted: Reference) -> str:
    """Name of the repository that a person means: by its whole name, or the last part of it.

    Args:
        ecr: boto3 client.
        wanted: The image's name.

    Raises:
        StageError: There is none, or there are several; the message has those that may be meant.
    """
    names = [one["repositoryName"] for one in _repositories(ecr)]
    found = [name for name in names if name == wanted.repository]
    found = found or [name for name in names if name.endswith(f"/{wanted.repository}")]
    if len(found) == 1:
        return str(found[0])
    if found:
        raise StageError(f"{wanted.repository} may be {' or '.join(found)}: give the whole name")
    raise StageError(f"there is no repository {wanted.repository}: there is {', '.join(names) or 'none'}")


def put(ecr: Any, repository: str, tag: str, manifest: Manifest) -> bool:
    """Put an image into a repository under a tag; gives False if it is there already.

    https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_PutImage.html

    Args:
        ecr: boto3 client.
        repository: Name of the repository.
        tag: The tag.
        manifest: The image's.

    Raises:
        StageError: The tag is another image's, for good.
    """
    try:
        ecr.put_image(
            repositoryName=repository,
            imageTag=tag,
            imageManifest=manifest.text,
            imageManifestMediaType=MEDIA_TYPE,
            imageDigest=manifest.digest,
        )
    except ClientError as error:
        match error.response["Error"]["Code"]:
            case "ImageAlreadyExistsException":
                return False
            case "ImageTagAlreadyExistsException":
                raise StageError(
                    f"{repository}:{tag} is there with other content, and {repository} lets no tag change: "
                    "take another tag"
                ) from None
        raise
    return True


def tagged_images(ecr: Any) -> list[TaggedImage]:
    """Every image under each of its tags, by repository, in the order in which they were put there."""
    return list(_tagged(ecr, (one["repositoryName"] for one in _repositories(ecr))))


def _tagged(ecr: Any, repositories: Iterable[str]) -> Iterator[TaggedImage]:
    for repository in sorted(repositories):
        images = listed(ecr, "describe_images", "imageDetails", repositoryName=repository)
        for image in sorted(images, key=lambda one: one["imagePushedAt"]):
            for tag in image.get("imageTags") or [""]:
                yield TaggedImage(repository, tag, image["imageDigest"], image["imagePushedAt"])


def _repositories(ecr: Any) -> list[dict[str, Any]]:
    return listed(ecr, "describe_repositories", "repositories")
