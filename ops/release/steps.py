"""Steps of a release, each of them one apply; pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ops.errors import UsageError
from ops.release.out import Canary, Out

WEIGHTS = (10, 50)
"""Percentages of requests that a candidate gets one after the other, each for the length of a bake."""


@dataclass(frozen=True)
class Step:
    """One apply, and what has to be so before it.

    Attributes:
        name: For a person.
        out: Versions that are out after it.
        bake: Whether the candidate has to be found as good as the stable version before.
    """

    name: str
    out: Out
    bake: bool = False


def next_step(out: Out, wanted: str, weights: Sequence[int] = WEIGHTS) -> Step | None:
    """The next step on the way to a version; None if it is out and nothing else is.

    It follows from what is out alone, so that a release which was interrupted goes on from where it is.

    Args:
        out: Versions that are out.
        wanted: Tag that is to be out.
        weights: Percentages that the candidate gets one after the other.

    Raises:
        UsageError: Another version is being released.
    """
    canary = out.canary
    if canary is not None and canary.image_tag != wanted:
        raise UsageError(
            f"a release of {canary.image_tag} is under way ({out}): finish it with --image-tag"
            f" {canary.image_tag}, or take it back with --abort"
        )
    if out.image_tag == wanted:
        return next_step_back(out)
    if canary is None:
        return Step("start the candidate without requests", replace(out, canary=Canary(wanted, 0)))
    more = next((weight for weight in sorted(weights) if weight > canary.weight), None)
    baked = canary.weight > 0
    if more is not None:
        return Step(f"give the candidate {more} % of requests", out.weighing(more), baked)
    return Step("promote", replace(out, image_tag=wanted), baked)


def next_step_back(out: Out) -> Step | None:
    """The next step on the way to the stable version alone; None if there is no candidate.

    The candidate loses its requests before its tasks go.
    """
    if out.canary is None:
        return None
    if out.canary.weight > 0:
        return Step("take the candidate's requests away", out.weighing(0))
    return Step("remove the candidate", replace(out, canary=None))
