"""Whether two patterns of ARNs have an ARN in common."""

from functools import cache

ANY = "*"
"""Stands for any text, as in a policy."""
SHORT = "~"
"""Stands for any text without a colon or a slash."""
_WILD = (ANY, SHORT)
_ENDS_SHORT = (":", "/")


def overlap(one: str, other: str) -> bool:
    """Whether some text matches both patterns."""

    @cache
    def from_here(left: int, right: int) -> bool:
        a, b = one[left : left + 1], other[right : right + 1]
        if not a and not b:
            return True
        return (
            # A wildcard ends here, ...
            (a != "" and a in _WILD and from_here(left + 1, right))
            or (b != "" and b in _WILD and from_here(left, right + 1))
            # ... it takes the other's next character, ...
            or (bool(b) and _takes(a, b) and from_here(left, right + 1))
            or (bool(a) and _takes(b, a) and from_here(left + 1, right))
            # ... or both have the same one.
            or (bool(a) and a == b and a not in _WILD and from_here(left + 1, right + 1))
        )

    return from_here(0, 0)


def _takes(wildcard: str, character: str) -> bool:
    return wildcard == ANY or (wildcard == SHORT and character not in _ENDS_SHORT and character not in _WILD)
