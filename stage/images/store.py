"""Folder of a running stage's images: what ECR would keep of them."""

import compileall
import io
import shutil
import tarfile
import tempfile
from pathlib import Path

from common.shared_files import write_whole
from stage.images.dockerfile import Image, read_image, read_workdir
from stage.images.manifest import Manifest

_DOCKERFILE, _ROOT, _TAGS = "Dockerfile", "root", "tags"


class ImageStore:
    """Images by repository and digest, each a folder with its Dockerfile, its files and its tags.

    Tags are those that it was given; which image one names is ECR's to say.

    Args:
        folder: Made when something is kept.

    Attributes:
        folder: The same.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def keep(self, repository: str, manifest: Manifest, dockerfile: Path) -> None:
        """Keep an image, with what its Dockerfile is now; one that is kept stays.

        Args:
            repository: Name of its repository.
            manifest: Its manifest, with its files.
            dockerfile: Its Dockerfile.
        """
        place = self._place(repository, manifest.digest)
        if (place / _ROOT).is_dir():
            return
        place.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=".", dir=place))
        try:
            with tarfile.open(fileobj=io.BytesIO(manifest.layer)) as tar:
                tar.extractall(draft, filter="data")
            write_whole(place / _DOCKERFILE, dockerfile.read_bytes())
            # As the Dockerfiles do: what tasks compile as they start, they would all compile.
            compileall.compile_dir(draft, quiet=2)
            draft.rename(place / _ROOT)
        except OSError:
            shutil.rmtree(draft, ignore_errors=True)
            # Somebody else has kept the same meanwhile.
            if not (place / _ROOT).is_dir():
                raise

    def tag(self, repository: str, digest: str, tag: str, source: Path) -> None:
        """Note that an image was given a tag.

        Args:
            repository: Name of its repository.
            digest: Its digest.
            tag: The tag.
            source: Folder of the service that it was built from.
        """
        tags = self._place(repository, digest) / _TAGS
        tags.mkdir(parents=True, exist_ok=True)
        write_whole(tags / tag, str(source))

    def source(self, repository: str, digest: str, tag: str) -> Path | None:
        """Folder that an image was built from under a tag; None for one that was not built here."""
        try:
            return Path((self._place(repository, digest) / _TAGS / tag).read_text())
        except FileNotFoundError:
            return None

    def knows(self, repository: str, digest: str) -> bool:
        """Whether an image was built here, or is the working tree's."""
        return self._place(repository, digest).is_dir()

    def image(self, repository: str, digest: str) -> Image | None:
        """An image that is kept; None for one that is not, such as the working tree's.

        Raises:
            StageError: Its command cannot be run here.
        """
        place = self._place(repository, digest)
        if not (place / _ROOT).is_dir():
            return None
        dockerfile = place / _DOCKERFILE
        return read_image(dockerfile, place / _ROOT / read_workdir(dockerfile).relative_to("/"))

    def _place(self, repository: str, digest: str) -> Path:
        return self.folder / repository / digest.replace(":", "-")
