"""Patterns of addresses, whose brackets stand for themselves, and whose `*` stands for anything."""

import re


def matches(pattern: str, text: str) -> bool:
    """Whether all of a text is as the pattern says."""
    return re.fullmatch(re.escape(pattern).replace(r"\*", ".*"), text, re.DOTALL) is not None
