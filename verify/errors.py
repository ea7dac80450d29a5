"""Errors that a person can act on."""


class LoadError(Exception):
    """What is wrong and what to do about it, in one sentence."""
