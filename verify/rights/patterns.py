"""Patterns with wildcards, as IAM has them."""

import re
from fnmatch import fnmatchcase

_VARIABLE = re.compile(r"\$\{[^}]*\}")


def matches(pattern: str, text: str) -> bool:
    """Whether all of a text is as a pattern says: `*` is anything and `?` one character.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
    """
    # To the library a bracket begins a set of characters, and to IAM nothing.
    return fnmatchcase(text, pattern.replace("[", "[[]"))


def without_variables(pattern: str) -> str:
    """A pattern whose variables may have any value."""
    return _VARIABLE.sub("*", pattern)
