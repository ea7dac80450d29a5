"""Registration with moto: our backends, responses and models in the place of its own.

moto makes a service's backend from the class that its `BackendDict` names, and asks that backend for the
routes of its requests. An extension puts its own classes there, which are derived from moto's; only what
moto offers no such place for is replaced by name.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import version
from types import ModuleType, SimpleNamespace
from typing import Any, TypeVar

from moto.backends import get_backend
from moto.core.models import DEFAULT_ACCOUNT_ID

from stage.control_plane.extensions.fast_path import FastPath

_Method = TypeVar("_Method", bound=Callable[..., Any])


class MissingInMotoError(Exception):
    """The installed moto has not got what an extension stands in the place of."""

    def __init__(self, missing: str, extension: object) -> None:
        super().__init__(
            f"moto {version('moto')} has no {missing}, in the place of which {extension} puts its own. "
            "See what moto has instead, and whether the extension is still needed."
        )


@dataclass(frozen=True)
class Gap:
    """Something that AWS does and moto does not.

    Attributes:
        name: Its name, which is also that of the probe in
            `tests/unit/stage/control_plane/extensions/gaps` that tells whether it is closed.
        moto: A sentence on how moto behaves.
        documentation: AWS's page on how AWS behaves; none where only the cost of a request differs.
    """

    name: str
    moto: str
    documentation: str | None = None


@dataclass(frozen=True)
class Replacement:
    """A member of a module that is replaced by name, since moto can be told of it in no other way.

    Attributes:
        owner: The module that looks the member up.
        name: The member's name.
        by: A class derived from the one there, or a function in the place of one.
    """

    owner: ModuleType
    name: str
    by: Any

    def make(self) -> None:
        """Replace it, for the whole process.

        Raises:
            MissingInMotoError: The module has no such member.
        """
        _check(self.owner, self.name, self.by.__module__)
        setattr(self.owner, self.name, self.by)


def overrides(method: _Method) -> _Method:
    """Mark a method that stands in the place of one of moto's, which has to be there."""
    method.__override__ = True  # type: ignore[attr-defined]
    return method


@dataclass(frozen=True)
class Extension:
    """All that one of moto's services is extended by.

    Attributes:
        service: moto's name of the service.
        gaps: What it closes.
        backend: Class of the service's backends; its state is reset with moto's.
        response: Class that answers the service's requests; moto's where there is none.
        paths: Routes that moto's service lacks, as in a `urls.py` of moto.
        replacements: What is replaced by name.
        fast_path: Operations that need not go through moto's routing, parsing and serialization.
    """

    service: str
    gaps: tuple[Gap, ...]
    backend: type[Any] | None = None
    response: type[Any] | None = None
    paths: tuple[str, ...] = ()
    replacements: tuple[Replacement, ...] = ()
    fast_path: FastPath | None = None

    def install(self) -> None:
        """Change moto for the whole process; installing again changes nothing.

        Raises:
            MissingInMotoError: The installed moto has not got what is overridden or replaced.
        """
        classes = [self.backend, self.response, *(replacement.by for replacement in self.replacements)]
        for ours in classes:
            if isinstance(ours, type):
                _check_overrides(ours)
        for replacement in self.replacements:
            replacement.make()
        if self.backend:
            self._register(self.backend)

    def _register(self, backend: type[Any]) -> None:
        urls = import_module(f"moto.{self.service}.urls")
        routes = dict(urls.url_paths)
        if self.response:
            # moto's routes lead to class methods of its own response, such as `dispatch`.
            routes = {path: getattr(self.response, method.__name__) for path, method in routes.items()}
            routes |= dict.fromkeys(self.paths, self.response.dispatch)
        # moto takes the routes from a module `urls` beside the backend's class.
        own_urls = SimpleNamespace(url_bases=urls.url_bases, url_paths=routes)
        for owner, name, ours in (
            (backend, "_url_module", own_urls),
            (get_backend(self.service), "backend", backend),
        ):
            _check(owner, name, backend.__module__)
            setattr(owner, name, ours)


def in_use(backends: Any) -> Iterator[Any]:
    """A service's backends in the regions that anybody has used so far."""
    yield from list(backends[DEFAULT_ACCOUNT_ID].values())


def _check(owner: Any, name: str, extension: str) -> None:
    if not hasattr(owner, name):
        raise MissingInMotoError(f"{getattr(owner, '__name__', type(owner).__name__)}.{name}", extension)


def _check_overrides(ours: type) -> None:
    for name in dir(ours):
        owner = next(one for one in ours.__mro__ if name in vars(one))
        member = vars(owner)[name]
        if getattr(getattr(member, "fget", member), "__override__", False):
            moto = [one for one in ours.__mro__ if one.__module__.startswith("moto.")]
            if not any(name in vars(one) for one in moto):
                raise MissingInMotoError(f"{moto[0].__name__}.{name}", owner.__module__)
