"""Checks that refuse a stage before anything is started."""

from stage.errors import StageError
from stage.host.addresses import why_not_free
from stage.settings import StageSettings


def check_files(settings: StageSettings) -> None:
    """Refuse settings that name what is not there.

    Raises:
        StageError: The first thing that is missing.
    """
    for path in settings.var_files:
        if not path.is_file():
            raise StageError(f"there is no variable file {path}: give another with --var-file")
    if not settings.services_root.is_dir():
        raise StageError(f"there is no folder {settings.services_root}: give another with --services")


def check_free(listen: tuple[str, int] | None) -> None:
    """Refuse an address and port that cannot be listened on; None is always free.

    Raises:
        StageError: Somebody listens there, or only root may.
    """
    if listen is None:
        return
    reason = why_not_free(listen)
    if reason is not None:
        raise StageError(f"cannot listen on {listen[0]}:{listen[1]} ({reason}): choose another with --port")
