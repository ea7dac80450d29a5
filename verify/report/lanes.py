"""Labels along a line of time that never lie upon each other."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Label:
    """Something that happened, in words.

    Attributes:
        at: Real seconds since the scenario began; the text starts here.
        text: What happened.
        is_fault: Whether it was done to break something.
    """

    at: float
    text: str
    is_fault: bool = False


def lanes(labels: Iterable[Label], letter: float) -> list[tuple[Label, int]]:
    """Each label with its lane, counted from the lowest; labels of one lane do not overlap.

    A label's own line runs up to its lane at its left edge, so whatever lies below must have ended
    before: the latest of a crowd is the lowest.

    Args:
        labels: In any order.
        letter: Breadth of a letter in seconds.
    """
    placed: list[tuple[Label, int]] = []
    for label in sorted(labels, key=lambda label: label.at, reverse=True):
        end = label.at + (len(label.text) + 2) * letter
        lane = max((above + 1 for other, above in placed if other.at < end), default=0)
        placed.append((label, lane))
    return placed[::-1]
