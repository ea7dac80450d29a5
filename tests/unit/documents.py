"""The repository's Markdown: its pages, their headings, links and tables."""

import os
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
_LEFT_OUT = {"build", "reports", "node_modules"}


def _pages():
    for folder, folders, files in os.walk(ROOT):
        folders[:] = sorted(one for one in folders if one[0] != "." and one not in _LEFT_OUT)
        yield from (Path(folder, file) for file in sorted(files) if file.endswith(".md"))


PAGES = list(_pages())


def name_of(page):
    """A page's path below the root, as tests show it."""
    return page.relative_to(ROOT).as_posix()


def text_of(page):
    """A page's text, its line breaks as spaces, so that a sentence is found wherever it is wrapped."""
    return " ".join((ROOT / page).read_text("utf-8").split())


def prose(page):
    """A page's text without what is set as code, which may hold anything."""
    return re.sub(r"`[^`\n]*`", "``", _without_blocks(page))


def _without_blocks(page):
    return re.sub(r"^ *```.*?^ *```", "", page.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)


def links(page):
    """Targets of a page's links to places in this repository, each with its anchor or an empty one."""
    found = re.findall(r"\]\((?!\w+:)([^)\s#]*)(?:#([^)\s]*))?\)", prose(page))
    return [((page.parent / path).resolve() if path else page, anchor) for path, anchor in found]


def anchors(page):
    """Anchors of a page's headings, as GitHub makes them."""
    made: dict[str, int] = {}
    for heading in re.findall(r"^#{1,6} +(.+?) *$", _without_blocks(page), re.MULTILINE):
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading)
        slug = re.sub(r"[^\w\- ]", "", plain.lower()).replace(" ", "-")
        times = made.get(slug, 0)
        made[slug] = times + 1
        yield f"{slug}-{times}" if times else slug


def table(page, *header):
    """Rows of the one table of a page with these columns, each a list of its cells."""
    lines = (ROOT / page).read_text("utf-8").splitlines()
    [start] = [number for number, line in enumerate(lines) if cells(line) == list(header)]
    rows = []
    for line in lines[start + 2 :]:
        if not line.startswith("|"):
            break
        rows.append(cells(line))
    return rows


def cells(line):
    """Cells of a table's line."""
    return [cell.strip() for cell in line.strip().strip("|").split("|")]
