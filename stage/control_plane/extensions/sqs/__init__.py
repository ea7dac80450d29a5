"""SQS whose cost does not grow with the queue, that loses nothing under load, and as AWS stores it.

Standard queues only; a FIFO queue stays as moto has it.
"""

from functools import cache

from stage.control_plane.extensions.sqs import attributes, operations


@cache
def install() -> None:
    """Replace how moto keeps messages and queue attributes."""
    attributes.install()
    operations.install()
