"""Errors that a person can act on."""


class SetupError(Exception):
    """An error with one sentence for a terminal: what is wrong and what to do about it."""
