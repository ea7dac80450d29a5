"""Files that one process writes while another reads them."""

import os
import threading
from pathlib import Path


def write_whole(path: Path, content: str | bytes, mode: int = 0o666) -> None:
    """Put a file in place at once: a reader sees what was there before or all of the new content.

    The content is written beside the file and renamed over it, which POSIX makes one step
    (https://pubs.opengroup.org/onlinepubs/9699919799/functions/rename.html). A process that ends in
    between leaves the old content. Writers do not wait for each other: the last one wins.

    Args:
        path: The file; its folder exists.
        content: Text is written as UTF-8.
        mode: Who may do what with it, from its first byte on, as far as the process's umask lets them.

    Raises:
        OSError: It cannot be written; what was there before still is.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}-{threading.get_ident()}")
    try:
        draft.touch(mode)
        draft.write_bytes(content.encode() if isinstance(content, str) else content)
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def complete_lines(content: bytes) -> list[bytes]:
    """The lines of a log, without the last one if its end is still being written."""
    return content.split(b"\n")[:-1]


def drop_half_line(path: Path) -> None:
    """Cut off what a writer that was killed has left behind the last end of a line.

    Whoever opens a log to append calls this first: otherwise the next line would be written onto that
    half, and neither could be read. Does nothing if there is no such file.

    Raises:
        OSError: The file cannot be read or shortened.
    """
    if path.exists():
        content = path.read_bytes()
        whole = content.rfind(b"\n") + 1
        if whole < len(content):
            os.truncate(path, whole)
