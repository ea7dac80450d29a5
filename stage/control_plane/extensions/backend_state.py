"""State of our own beside moto's."""

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from moto.core.models import DEFAULT_ACCOUNT_ID

T = TypeVar("T")


def kept(backend: Any, name: str, factory: Callable[[], T]) -> T:
    """State kept under `name` on a backend, made by `factory` when there is none yet.

    moto resets a backend by emptying its `__dict__`, which takes this along.
    """
    state: T = backend.__dict__.setdefault(f"stage_{name}", factory())
    return state


def in_use(backends: Any) -> Iterator[Any]:
    """A service's backends in the regions that anybody has used so far."""
    yield from list(backends[DEFAULT_ACCOUNT_ID].values())
