"""Images as the working tree would build them now."""

from pathlib import Path, PurePosixPath

from stage.errors import StageError
from stage.images.dockerfile import Image, read_image
from stage.images.reference import parse


class WorkingTree:
    """The services' sources, each image of them whatever its tag.

    A repository's last path segment names the service: `…/notifications/notification-api:1.4` is built from
    `notification_api/Dockerfile`. What is no service lies beside the services' folder.

    Args:
        services_root: Folder with one folder a service, each with its Dockerfile.

    Attributes:
        root: The builds' context: the folder that has the services' one.
    """

    def __init__(self, services_root: Path) -> None:
        self._services = services_root.absolute()
        self.root = self._services.parent

    def folder_of(self, repository: str) -> PurePosixPath:
        """Folder of what a repository's images are built from, below the context; it need not exist."""
        name = repository.rpartition("/")[2].replace("-", "_")
        if (self.root / name / "Dockerfile").is_file():
            return PurePosixPath(name)
        return PurePosixPath(self._services.name, name)

    def pull(self, image: str) -> Image:
        """Find the Dockerfile behind an image's name and read it.

        Raises:
            StageError: There is no such Dockerfile, or its command cannot be run here.
        """
        path = self.root / self.folder_of(parse(image).repository) / "Dockerfile"
        try:
            return read_image(path, path.parents[1])
        except OSError as error:
            raise StageError(
                f"CannotPullContainerError: image {image} is built from {path}, which cannot be read "
                f"({error.strerror}): add it, or name the ECR repository after the service's folder"
            ) from error
