"""GitHub-flavoured Markdown of values that somebody else has written: plans, AWS, names of resources.

Nothing of a value becomes markup, ends the cell that it is in, or calls for somebody by an @.

https://github.github.com/gfm/
"""

import re
from collections.abc import Callable, Iterable, Sequence

# All that begins markup somewhere within a line, and entities.
_MARKS = re.compile(r"([\\`*_\[\]<>|~&$])")
# What begins a list, a heading or a rule where a line begins.
_FIRST = re.compile(r"^(\d*)([-+#=.)])")
# GitHub looks for mentions, issues and addresses in what is shown, so that no backslash hides them.
_CALLS = re.compile(
    r"(?<=@)(?=\S)|(?<=#)(?=\d)|(?<=\bGH-)(?=\d)|(?<=\w:)(?=//)|(?<=\bwww)(?=\.)", re.IGNORECASE
)
_NOTHING_WIDE = "\u200b"


def line(text: str) -> str:
    """A text in one line, without characters that nobody sees, such as those that turn it around."""
    return " ".join("".join(one if one.isprintable() else " " for one in text).split())


def inline(text: str) -> str:
    """A text within a line, in which nothing is markup."""
    return _CALLS.sub(_NOTHING_WIDE, _MARKS.sub(r"\\\1", line(text)))


def plain(text: str) -> str:
    """A sentence that begins a line or an item, in which nothing is markup."""
    return _FIRST.sub(r"\1\\\2", inline(text))


def code(text: str) -> str:
    """A value as it is; empty if there is none. A backtick, which would end it, is an apostrophe."""
    shown = line(text).replace("`", "'")
    return f"`{shown}`" if shown else ""


def cell(text: str) -> str:
    """A value as it is, for a table."""
    return code(text).replace("|", "\\|")


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Lines of a table.

    Args:
        header: Titles of the columns.
        rows: Cells of each row, which are Markdown already.
    """
    return [
        f"| {' | '.join(header)} |",
        "|---" * len(header) + "|",
        *(f"| {' | '.join(row)} |" for row in rows),
    ]


def within(text: str, limit: int, said: str, size: Callable[[str], int] = len) -> str:
    """A text that is not longer than a limit: whole lines, and a sentence in the place of the others.

    Args:
        text: The text.
        limit: Size that it may have.
        said: The sentence, if it is cut.
        size: How the limit counts: characters by itself.
    """
    if size(text) <= limit:
        return text
    end = f"\n\n{said}"
    # The last line that is kept has no end of its own.
    room = limit - size(end) + size("\n")
    kept = []
    for one in text.splitlines():
        room -= size(f"{one}\n")
        if room < 0:
            break
        kept.append(one)
    return "\n".join(kept) + end
