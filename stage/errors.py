"""Errors that a person can act on."""

from common.errors import SetupError


class StageError(SetupError):
    """An error of the stage, with one sentence for a terminal: what is wrong and what to do about it."""


class NotUpError(StageError):
    """There is no running stage to read or change."""
