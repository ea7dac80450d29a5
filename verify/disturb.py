"""Disturbs dependencies of a target, and heals them whatever happens meanwhile."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from verify.errors import LoadError
from verify.record import Disturbance
from verify.target import Target
from verify.toxics import Dependency, Toxic


@contextmanager
def disturbed(target: Target, dependency: Dependency, *toxics: Toxic) -> Iterator[list[Disturbance]]:
    """Have a dependency suffer from these toxics inside the block, and from none after it.

    Yields:
        What is done, one entry a toxic; each has its end once the block is left.

    Raises:
        LoadError: Nobody can disturb a dependency of this target.
    """
    if target.disturb is None:
        raise LoadError(f"{dependency} of {target.name} cannot be disturbed: run the scenario on the stage")
    began_at = time.time()
    entries = [
        Disturbance(
            dependency, toxic.type, began_at, settings={**toxic.attributes, "toxicity": toxic.toxicity}
        )
        for toxic in toxics
    ]
    try:
        target.disturb(dependency, toxics)
        yield entries
    finally:
        target.disturb(dependency, ())
        entries[:] = [replace(entry, ended_at=time.time()) for entry in entries]


def can_disturb(target: Target) -> bool:
    """Whether anybody can disturb a dependency of this target."""
    return target.disturb is not None


def within(disturbances: Sequence[Disturbance], at: float, after: float = 0.0) -> Disturbance | None:
    """The disturbance in which a real instant lies, or that ended at most so many seconds before it."""
    return next(
        (
            one
            for one in disturbances
            if one.began_at <= at and (one.ended_at is None or at <= one.ended_at + after)
        ),
        None,
    )
