"""A plan in plain words: how much of what it adds, changes, replaces and destroys."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ops.plan_check.change import Change

_ALWAYS = ("add", "change", "replace", "destroy")


@dataclass(frozen=True)
class Summary:
    """Numbers of resources by what becomes of them.

    Attributes:
        types: How many of each type, by "add", "change", "replace", "destroy", "forget", "import" and "move".
    """

    types: Mapping[str, Mapping[str, int]]

    @property
    def sentence(self) -> str:
        """The numbers alone: "3 to add, 1 to change, 0 to replace, 0 to destroy"."""
        told = (
            f"{sum(types.values())} to {what}"
            for what, types in self.types.items()
            if what in _ALWAYS or types
        )
        return ", ".join(told)

    @property
    def lines(self) -> list[str]:
        """The types, by each thing that is done at all: "Add 2 aws_sqs_queue, 1 aws_lb."."""
        return [
            f"{what.capitalize()} {', '.join(f'{count} {name}' for name, count in sorted(types.items()))}."
            for what, types in self.types.items()
            if types
        ]


def summed_up(changes: Sequence[Change]) -> Summary:
    """A plan's numbers."""
    return Summary(
        {
            "add": _types(one for one in changes if one.creates),
            "change": _types(one for one in changes if one.updates),
            "replace": _types(one for one in changes if one.compared and not one.updates),
            "destroy": _types(one for one in changes if one.deletes),
            "forget": _types(one for one in changes if one.actions == ("forget",)),
            "import": _types(one for one in changes if one.imported),
            "move": _types(one for one in changes if one.previous_address),
        }
    )


def _types(changes: Iterable[Change]) -> Mapping[str, int]:
    return Counter(one.type for one in changes)
