"""Files of what runs have shown, one for each run."""

import json
from collections.abc import Iterable
from pathlib import Path

from common.shared_files import write_whole
from verify.errors import LoadError
from verify.rights.observed import Observed, merged


def save(file: Path, observed: Observed) -> None:
    """Write what a run has shown, in the place of what the file had; its folder is made if need be.

    An emulated AWS counts from its beginning, so that runs that share one have one file, written at its end.

    Raises:
        OSError: It cannot be written.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    write_whole(file, observed.text())


def load(files: Iterable[Path]) -> Observed:
    """All that is in such files.

    Raises:
        LoadError: One cannot be read, or is none; the error names it.
    """
    return merged(map(_load, files))


def _load(file: Path) -> Observed:
    try:
        return Observed.read(json.loads(file.read_text("utf-8")))
    except (OSError, ValueError, LoadError) as error:
        raise LoadError(f"{file}: {error}") from None
