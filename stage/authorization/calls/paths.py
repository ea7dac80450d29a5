"""Paths into a call's parameters, in JMESPath (https://jmespath.org/specification.html)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import jmespath
from jmespath.exceptions import JMESPathError

from stage.authorization.errors import UnplacedCallError


@dataclass(frozen=True)
class Path:
    """A path.

    Attributes:
        text: As in a data file: "Entries[].Id".
    """

    text: str

    def found(self, parameters: Mapping[str, Any]) -> Any:
        """Value that is there, of whatever type; None if nothing is.

        Raises:
            UnplacedCallError: A parameter is of a type that it never has.
        """
        # Most paths are one name, which needs no interpreter.
        if self._is_name:
            return parameters.get(self.text)
        try:
            return self._compiled.search(parameters)
        except JMESPathError as error:
            raise UnplacedCallError(f"nobody finds {self.text} in the parameters: {error}") from error

    def texts(self, parameters: Mapping[str, Any]) -> list[str]:
        """Each text that is there, of all levels of lists; empty ones and missing ones left out."""
        found = self.found(parameters)
        return [found] if type(found) is str and found else list(_texts(found))

    @cached_property
    def parsed(self) -> dict[str, Any]:
        """The tree of the expression."""
        return dict(self._compiled.parsed)

    @cached_property
    def _is_name(self) -> bool:
        return self.text.isidentifier()

    @cached_property
    def _compiled(self) -> Any:
        return jmespath.compile(self.text)


def _texts(found: Any) -> Iterator[str]:
    match found:
        case None | "":
            return
        case list() | tuple():
            for one in found:
                yield from _texts(one)
        case bool():
            yield str(found).lower()
        case _:
            yield str(found)
