"""Build of an image: a snapshot of what its Dockerfile copies, and its entry in ECR."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stage.errors import StageError
from stage.images.context import Context
from stage.images.dockerfile import read_image, read_workdir
from stage.images.manifest import Manifest, make_manifest
from stage.images.reference import parse
from stage.images.registry import applied_repository, put
from stage.images.store import ImageStore
from stage.images.working_tree import WorkingTree


@dataclass(frozen=True)
class Built:
    """An image that was built.

    Attributes:
        repository: Name of its repository.
        tag: Its tag.
        digest: Its digest.
        source: Folder of the service that it was built from.
        copied: Folders and files on this machine that its Dockerfile copies.
        new: Whether it was not there before.
    """

    repository: str
    tag: str
    digest: str
    source: Path
    copied: tuple[Path, ...]
    new: bool


def build_image(ecr: Any, store: ImageStore, tree: WorkingTree, image: str, source: Path) -> Built:
    """Build an image of a service and put it into ECR, for tasks that are started from then on.

    Args:
        ecr: boto3 client.
        store: Takes the image.
        tree: Has what the Dockerfile copies and `source` lacks.
        image: Repository and tag, such as `notification-api:1.1.0`.
        source: The service's folder, or a changed copy of it.

    Raises:
        StageError: It cannot be built so, or the tag is another image's.
    """
    wanted = parse(image)
    if wanted.digest or not wanted.has_valid_tag:
        raise StageError(f"{image}: name repository and tag, as in notification-api:1.1.0")
    repository = applied_repository(ecr, wanted)
    context = Context(tree.root, tree.folder_of(repository), source.absolute())
    manifest = manifest_of(context)
    store.keep(repository, manifest, context.dockerfile)
    new = put(ecr, repository, wanted.tag, manifest)
    if new:
        store.tag(repository, manifest.digest, wanted.tag, source.absolute())
    copied = tuple(context.folders().values())
    return Built(repository, wanted.tag, manifest.digest, source.absolute(), copied, new)


def manifest_of(context: Context) -> Manifest:
    """The manifest of the image that a context gives now.

    Raises:
        StageError: A file is missing, or the image cannot be run here.
    """
    files = context.files()
    dockerfile = context.dockerfile
    return make_manifest(files, read_image(dockerfile, context.dockerfile.parent), read_workdir(dockerfile))
