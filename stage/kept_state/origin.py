"""Origin of a stage: a kept state, or nothing."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from stage.errors import StageError
from stage.host.addresses import LoopbackBlock, why_not_free
from stage.kept_state.digest import digest_of, first_difference, ingredients
from stage.kept_state.kept import DamagedError, Kept, Places
from stage.kept_state.store import Store, read
from stage.settings import StageSettings

_MINUTE, _HOUR, _DAY = 60.0, 3600.0, 86400.0


@dataclass(frozen=True)
class Origin:
    """State and addresses that a stage begins with.

    Attributes:
        made_of: Ingredients of the digest of what it is to be; none where nothing is kept.
        block: Loopback addresses, taken.
        kept: State to begin with; None for none.
        file: File that this is kept in.
        why: Why there is none; empty if there is, or nobody has asked for one.
    """

    made_of: Mapping[str, str]
    block: LoopbackBlock
    kept: Kept | None = None
    file: Path | None = None
    why: str = ""

    @property
    def differs(self) -> bool:
        """Whether the kept state was made of something else, so that it has to be changed."""
        return self.kept is not None and digest_of(self.kept.facts.made_of) != digest_of(self.made_of)

    def __str__(self) -> str:
        """Sentence for a person."""
        if self.kept is None:
            return f"applied anew: {self.why}" if self.why else "applied"
        verb = "restored and changed" if self.differs else "restored"
        return f"{verb}, as applied {_ago(time.time() - self.kept.facts.applied_at)} ago"


def find_origin(settings: StageSettings) -> Origin:
    """The kept state that the settings ask for, with its addresses taken, or why there is none.

    Raises:
        StageError: There are no addresses for a stage, or the kept state that is asked for by its file
            cannot be used.
    """
    if settings.restored_from is not None:
        kept = read(settings.restored_from)
        return Origin(ingredients(settings), _take(kept.facts.places), kept, settings.restored_from)
    if settings.kept_states is None:
        return Origin({}, LoopbackBlock())
    made_of = ingredients(settings)
    if not settings.restored:
        return Origin(made_of, LoopbackBlock())
    return _restored(Store(settings.kept_states), made_of)


def _restored(store: Store, made_of: Mapping[str, str]) -> Origin:
    files = store.find(digest_of(made_of))
    why = "" if files else _what_changed(store, made_of)
    for file in files:
        try:
            kept = read(file)
            return Origin(made_of, _take(kept.facts.places), kept, file)
        except StageError as error:
            # Each is looked at: another one may have addresses that are free.
            why = str(error)
    return Origin(made_of, LoopbackBlock(), why=why)


def _what_changed(store: Store, made_of: Mapping[str, str]) -> str:
    newest = store.newest()
    if newest is None:
        return "no state is kept yet"
    try:
        return f"{first_difference(read(newest).facts.made_of, made_of)} has changed"
    except DamagedError as error:
        return str(error)


def _take(places: Places) -> LoopbackBlock:
    """The block of a kept state, with its ports free.

    Raises:
        StageError: Somebody else has one of them.
    """
    block = LoopbackBlock(places.block)
    for port in (places.control_port, places.queues_port, places.smtp_port):
        reason = why_not_free((block.gateway, port))
        if reason is not None:
            block.release()
            raise StageError(f"its address {block.gateway}:{port} is not free ({reason})")
    return block


def _ago(seconds: float) -> str:
    for unit, name in ((_DAY, "days"), (_HOUR, "hours"), (_MINUTE, "minutes")):
        if seconds >= 2 * unit:
            return f"{seconds // unit:.0f} {name}"
    return f"{max(seconds, 0.0):.0f} seconds"
