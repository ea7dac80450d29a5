"""DynamoDB whose writes are taken one at a time, and whose transactions cost what is in them."""

from functools import cache

from stage.control_plane.extensions.dynamodb import writes


@cache
def install() -> None:
    """Replace how moto writes items."""
    writes.install()
