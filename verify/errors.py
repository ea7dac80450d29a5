"""Errors that a person can act on."""


class LoadError(Exception):
    """An error with one sentence that says what is wrong and what to do about it."""
