"""Folder of kept stages: which of them may be trusted, and which go when there are too many."""

import os
import stat
from pathlib import Path

from common.shared_files import write_whole
from stage.errors import StageError
from stage.kept_state.digest import digest_of
from stage.kept_state.kept import DamagedError, Kept

# Those that one works on in turn: with and without a change, under two environments.
MAX_KEPT = 6
"""Kept stages that stay in a folder."""
_SUFFIX = ".stage"
_FOLDER_OF_OWNER = 0o700
_OTHERS = 0o077


class Store:
    """Kept stages in a folder that nobody but its owner may read: there are keys and pickles in them.

    Args:
        folder: Made when something is kept.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def find(self, digest: str) -> list[Path]:
        """Files of what was made of the same, the newest first; one for each loopback block."""
        return self._files(f"{digest}-*{_SUFFIX}")

    def newest(self) -> Path | None:
        """File of what was kept last, whatever it was made of; None if there is none."""
        return next(iter(self._files(f"*{_SUFFIX}")), None)

    def keep(self, kept: Kept) -> Path:
        """Keep a stage, in the place of one with the same digest and block; the oldest go.

        Returns:
            Its file.

        Raises:
            StageError: The folder cannot be written, or others may write to it.
        """
        name = f"{digest_of(kept.facts.made_of)}-{kept.facts.places.block}{_SUFFIX}"
        path = self._folder / name
        try:
            self._folder.mkdir(mode=_FOLDER_OF_OWNER, parents=True, exist_ok=True)
            _require_own(self._folder)
            write_whole(path, kept.to_bytes(), mode=0o600)
            for old in self._files(f"*{_SUFFIX}")[MAX_KEPT:]:
                old.unlink(missing_ok=True)
        except OSError as error:
            raise StageError(f"the stage cannot be kept in {self._folder}: {error.strerror}") from None
        return path

    def _files(self, pattern: str) -> list[Path]:
        return sorted(self._folder.glob(pattern), key=lambda path: path.stat().st_mtime_ns, reverse=True)


def read(path: Path) -> Kept:
    """The kept stage in a file.

    Raises:
        DamagedError: Others own it or may read or write it or its folder, it cannot be read, or it is
            not what was written.
    """
    try:
        for one in (path.parent, path):
            _require_own(one)
        content = path.read_bytes()
    except OSError as error:
        raise DamagedError(f"{path} cannot be read: {error.strerror}") from None
    try:
        return Kept.from_bytes(content)
    except DamagedError as error:
        raise DamagedError(f"{path} is damaged: {error}") from None


def _require_own(path: Path) -> None:
    """Refuse what somebody else could have written: what is unpickled can do anything."""
    found = path.lstat()
    if found.st_uid != os.getuid() or found.st_mode & _OTHERS or stat.S_ISLNK(found.st_mode):
        raise DamagedError(f"{path} is not yours alone: remove it, or `chmod go= {path}` if it is yours")
