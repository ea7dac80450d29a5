"""Context of a build: the files that a Dockerfile copies into an image."""

from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from stage.errors import StageError
from stage.images.dockerfile import Copy, read_copies

if TYPE_CHECKING:
    from docker.utils.build import PatternMatcher

# Compiled anew for each image; a Dockerfile that ignores nothing would have them count.
_COMPILED = "__pycache__"


class Context:
    """Context of the build of one service, whose folder may stand elsewhere than in the working tree.

    Args:
        root: The working tree.
        service: The service's folder below it.
        instead: Folder that stands for the service's. What lies beside it stands for what lies beside the
            service, as far as it is there.
    """

    def __init__(self, root: Path, service: PurePosixPath, instead: Path) -> None:
        self._root = root
        self._service = service
        self._instead = instead

    @property
    def dockerfile(self) -> Path:
        """The service's Dockerfile."""
        return self._instead / "Dockerfile"

    def files(self) -> dict[PurePosixPath, Path]:
        """Files of the image on this machine, by their paths in the image, without what is ignored.

        Raises:
            StageError: There is no Dockerfile, or something that it copies is not there.
        """
        try:
            copies = read_copies(self.dockerfile)
            ignored = self._ignored()
        except OSError as error:
            raise StageError(
                f"{self.dockerfile} cannot be read ({error.strerror}): name a service's folder, such as "
                f"{self._root / self._service}"
            ) from None
        return {
            target: path
            for copy in copies
            for source in copy.sources
            for target, path in self._copied(copy, source, ignored)
        }

    def folders(self) -> Mapping[PurePosixPath, Path]:
        """Places on this machine of the paths that the Dockerfile copies, by their paths in the context."""
        return {
            source: self._place(source) for copy in read_copies(self.dockerfile) for source in copy.sources
        }

    def _copied(
        self, copy: Copy, source: PurePosixPath, ignored: "PatternMatcher"
    ) -> Iterator[tuple[PurePosixPath, Path]]:
        place = self._place(source)
        if place.is_dir():
            for path in sorted(place.rglob("*")):
                below = path.relative_to(place)
                if path.is_dir() and not path.is_symlink():
                    continue
                if _COMPILED not in below.parts and not ignored.matches(str(source / below)):
                    yield copy.destination / below, path
        elif place.is_file():
            yield (copy.destination / source.name if copy.into else copy.destination), place
        else:
            raise StageError(f"{self.dockerfile} copies {source}, which is not at {place}: add it")

    def _place(self, source: PurePosixPath) -> Path:
        """A path of the context on this machine."""
        if source.is_relative_to(self._service):
            return self._instead / source.relative_to(self._service)
        if source.is_relative_to(self._service.parent):
            beside = self._instead.parent / source.relative_to(self._service.parent)
            if beside.exists():
                return beside
        return self._root / source

    def _ignored(self) -> "PatternMatcher":
        """Patterns of the Dockerfile's own ignore file, else those of the context's.

        https://docs.docker.com/build/concepts/context/#dockerignore-files
        """
        # Most commands of a stage build no image, and all of docker's client is imported with it.
        from docker.utils.build import PatternMatcher  # noqa: PLC0415

        for path in (self._instead / "Dockerfile.dockerignore", self._root / ".dockerignore"):
            if path.is_file():
                lines = (line.strip() for line in path.read_text().splitlines())
                return PatternMatcher([line for line in lines if line and not line.startswith("#")])
        return PatternMatcher([])
