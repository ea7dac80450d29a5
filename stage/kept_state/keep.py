"""Keeps what a stage has applied."""

import logging
from pathlib import Path

from stage.errors import StageError
from stage.ground import Ground
from stage.kept_state.kept import Facts, Kept
from stage.kept_state.store import Store
from stage.terraform.rehearsed_module import Terraform

_LOG = logging.getLogger(__name__)


def keep(folder: Path, facts: Facts, ground: Ground, terraform: Terraform) -> None:
    """Keep a stage right after its apply; if it cannot be kept, it can be used all the same.

    Args:
        folder: Where it is kept.
        facts: What is known of it.
        ground: The emulated AWS that it was applied to.
        terraform: What applied it.
    """
    try:
        control, queues = ground.control.snapshot(), ground.queues.snapshot()
        Store(folder).keep(Kept(facts, control, queues, terraform.state, terraform.lock))
    except (StageError, OSError) as error:
        _LOG.warning("what was applied is not kept: %s", error)
