"""Caches for lookups that moto repeats in every request although their result never changes."""

from functools import cache

from moto import backends
from moto.core import responses, utils

from stage.control_plane.extensions.patching import replace

_moto_modules = backends.list_of_moto_modules


@cache
def install() -> None:
    """Look up the methods of a service's class, and the folders of moto, once; after everything else."""
    replace(responses, method_names_from_class=cache(utils.method_names_from_class))
    replace(backends, list_of_moto_modules=cache(lambda: frozenset(_moto_modules())))
