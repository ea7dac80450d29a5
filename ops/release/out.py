"""Versions that are out, as the outputs of the state say; there is no other record."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

from ops.errors import OpsError


@dataclass(frozen=True)
class Canary:
    """A release candidate beside the stable version.

    Attributes:
        image_tag: Its images' tag.
        weight: Percentage of requests that it gets.
        sender_tasks: Tasks of the Email Sender's candidate.
    """

    image_tag: str
    weight: int
    sender_tasks: int = 1


@dataclass(frozen=True)
class Out:
    """Versions that are out, or are to be.

    Attributes:
        image_tag: Tag of the stable version's images.
        canary: The candidate; None while there is none.
    """

    image_tag: str
    canary: Canary | None = None

    @classmethod
    def of(cls, outputs: Mapping[str, Any]) -> Self:
        """Versions that the outputs of a root module tell.

        Raises:
            OpsError: They tell none: the root module is an older one.
        """
        try:
            canary = outputs["canary"]
            tag = canary["image_tag"]
            candidate = None if tag is None else Canary(tag, canary["weight"], canary["sender_tasks"])
            return cls(outputs["image_tag"], candidate)
        except (KeyError, TypeError) as error:
            raise OpsError(
                f"the outputs do not say what is out ({error!r}): apply this version of terraform/ first"
            ) from None

    def variables(self) -> dict[str, object]:
        """Variables of the root module that bring it about."""
        canary = self.canary
        return {
            "image_tag": self.image_tag,
            "canary": None
            if canary is None
            else {
                "image_tag": canary.image_tag,
                "weight": canary.weight,
                "sender_tasks": canary.sender_tasks,
            },
        }

    def weighing(self, weight: int) -> Self:
        """The same with another weight of the candidate.

        Raises:
            ValueError: There is no candidate.
        """
        if self.canary is None:
            raise ValueError("there is no canary to weigh")
        return replace(self, canary=replace(self.canary, weight=weight))

    def __str__(self) -> str:
        """Sentence for a person."""
        if self.canary is None:
            return f"{self.image_tag} is out"
        beside = f"{self.canary.image_tag} beside it gets {self.canary.weight} % of requests"
        return f"{self.image_tag} is out, {beside}"
