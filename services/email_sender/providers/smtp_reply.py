"""A relay's reply, as text that can be compared and told."""

import re
from typing import NamedTuple

# Beyond what any relay says in earnest; patterns never see more.
_MAX_CHARACTERS = 1024
# At the beginning of each line of a reply (RFC 2034, 4).
_ENHANCED = re.compile(r"\s*([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")


class Reply(NamedTuple):
    """A reply to a command (RFC 5321, 4.2).

    Attributes:
        code: Three digits, as a number.
        message: Its text; lines end with a line feed.
    """

    code: int
    message: str

    @property
    def kind(self) -> int:
        """The first digit: 2 done, 3 go on, 4 not now, 5 never (RFC 5321, 4.2.1)."""
        return self.code // 100

    @property
    def enhanced(self) -> tuple[int, int] | None:
        """Subject and detail of the enhanced status code (RFC 3463), (1, 1) of 5.1.1; None if there is none.

        Its class is the reply code's own first digit; where the two differ, the reply code counts.
        """
        found = _ENHANCED.match(self.message[:_MAX_CHARACTERS])
        return None if found is None else (int(found[2]), int(found[3]))

    @property
    def text(self) -> str:
        """The reply on one line, bounded; the enhanced status code stands once and not on every line."""
        first, *rest = self.message[:_MAX_CHARACTERS].split("\n")
        words = " ".join([first, *(_ENHANCED.sub("", line, count=1) for line in rest)]).split()
        return " ".join([str(self.code), *words])
