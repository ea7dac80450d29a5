"""Errors that a person can act on."""


class StageError(Exception):
    """What is wrong and what to do about it, in one sentence fit for a terminal."""
