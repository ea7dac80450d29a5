"""Source of the images that tasks are started from."""

import logging
from collections.abc import Callable, Iterable
from typing import Any

from stage.errors import StageError
from stage.images.build import manifest_of
from stage.images.context import Context
from stage.images.dockerfile import Image
from stage.images.download import download
from stage.images.reference import Reference, parse
from stage.images.registry import put, repository_uris
from stage.images.store import ImageStore
from stage.images.working_tree import WorkingTree

_LOG = logging.getLogger(__name__)


class Images:
    """Images by the names that task definitions have for them.

    Until `publish` every image is the working tree's. From then on an image of ECR is what ECR says, and one
    of another registry, which nobody can put anything into here, still the working tree's. An image of ECR
    takes a task's rights to it from the start.

    Args:
        ecr: boto3 client with which images are published.
        store: What was built.
        tree: The working tree.
    """

    def __init__(self, ecr: Any, store: ImageStore, tree: WorkingTree) -> None:
        self._ecr = ecr
        self._store = store
        self._tree = tree
        self._published = False

    def pull(self, image: str, ecr: Callable[[], Any]) -> Image:
        """The image that a name stands for now.

        Args:
            image: As a task definition names it.
            ecr: Gives the boto3 client that acts in the task's execution role; called for images of ECR.

        Raises:
            StageError: There is none, or the task may not pull it, in ECS's words
                (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_cannot_pull_image.html).
            ClientError, BotoCoreError: ECR fails.
        """
        reference = parse(image)
        if not reference.account:
            return self._tree.pull(image)
        digest = download(ecr(), reference)
        if not self._published:
            return self._tree.pull(image)
        if digest is None:
            raise StageError(
                "CannotPullContainerError: pull image manifest has been retried 1 time(s): "
                f"failed to resolve ref {image}: {image}: not found"
            )
        if not self._store.knows(reference.repository, digest):
            raise StageError(
                f"CannotPullContainerError: ECR has the manifest of {image}, and nobody its files: "
                "build it with `python -m stage images build`"
            )
        return self._store.image(reference.repository, digest) or self._tree.pull(image)

    def publish(self, images: Iterable[str]) -> None:
        """Put images of the working tree into ECR as they are now, under the tags that they are known by.

        Args:
            images: As task definitions name them.

        Raises:
            StageError: One of them cannot be built.
        """
        applied = repository_uris(self._ecr)
        for image in sorted(set(images)):
            reference = parse(image)
            if reference.digest or not reference.account:
                continue
            if f"{reference.registry}/{reference.repository}" in applied:
                self._publish(reference)
            else:
                _LOG.warning("image %s is of no applied repository: no other task will start from it", image)
        self._published = True

    def _publish(self, image: Reference) -> None:
        service = self._tree.folder_of(image.repository)
        folder = self._tree.root / service
        manifest = manifest_of(Context(self._tree.root, service, folder))
        put(self._ecr, image.repository, image.tag, manifest)
        self._store.tag(image.repository, manifest.digest, image.tag, folder)
