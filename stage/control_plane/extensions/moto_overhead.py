"""What moto does again for every request although its outcome never changes."""

from functools import cache

from moto.core import responses, utils

from stage.control_plane.extensions.patching import replace


@cache
def install() -> None:
    """Look the methods of a service's class up once, after everything else is installed."""
    replace(responses, method_names_from_class=cache(utils.method_names_from_class))
