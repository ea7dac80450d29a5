"""How releases ended, how their canaries did, and what differed from what is declared."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class CanarySample:
    """A canary at one instant.

    Attributes:
        asked_at: Real instant just before it was asked for.
        at: Real instant just after.
        weight: Percentage of the requests that the listener gives it.
        tasks: ARNs of its tasks that run, or are to.
        addresses: Where they listen, as requests that are handled name it.
    """

    asked_at: float
    at: float
    weight: int
    tasks: Sequence[str] = ()
    addresses: Sequence[str] = ()


@dataclass(frozen=True)
class Released:
    """A release, as the command that made it left it.

    Attributes:
        tag: Version that was released.
        fault: What is wrong with that version; empty for a good one.
        wanted_statuses: Exit statuses that are right for it.
        wanted_reason: Words of which one has to stand in a reason; none where none has to be given.
        status: Exit status of the command.
        reasons: Sentences that it gave.
        began_at: Real instant.
        ended_at: Real instant.
        stable: Version that the stable services run afterwards.
        canary: Version that is out beside it afterwards; empty for none.
        wanted_kills: What the command was to be killed at, each time before its last run.
        killed: What of that it was killed at.
    """

    tag: str
    fault: str
    wanted_statuses: Sequence[int]
    wanted_reason: Sequence[str]
    status: int
    reasons: Sequence[str]
    began_at: float
    ended_at: float
    stable: str
    canary: str = ""
    wanted_kills: Sequence[str] = ()
    killed: Sequence[str] = ()


@dataclass(frozen=True)
class DriftCheck:
    """A look at whether the system is as it is declared.

    Attributes:
        began_at: Real instant.
        ended_at: Real instant.
        differs: What differs.
        untold: What could not be told, each with its reason.
    """

    began_at: float
    ended_at: float
    differs: Sequence[str] = ()
    untold: Sequence[str] = ()

    @property
    def is_clean(self) -> bool:
        """Whether all of it could be told, and nothing differs."""
        return not self.differs and not self.untold
