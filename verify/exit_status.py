"""Endings of `python -m verify`, for whoever goes on from there."""

from enum import IntEnum


class ExitStatus(IntEnum):
    """Exit statuses, which mean what they do of `python -m ops`."""

    DONE = 0
    """Nothing was found."""
    UNKNOWN = 1
    """It could not be told, and is no pass."""
    FOUND = 2
    """Something was found."""
    USAGE = 64
    """The command line is wrong (EX_USAGE of sysexits.h)."""
