"""Paths that a file reckons from its own place, and which move with it."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("common", "load_generator", "ops", "services", "stage", "tests", "verify")
_ABOVE = re.compile(r"Path\(__file__\)(?:\.resolve\(\))?\.parents\[(\d+)\]")


def test_nobody_looks_above_the_repository():
    """A file that was moved and still counts from its old place would look at nothing, or at a neighbour."""
    found = [
        f"{path.relative_to(ROOT)}: parents[{number}]"
        for room in ROOMS
        for path in sorted((ROOT / room).rglob("*.py"))
        for number in map(int, _ABOVE.findall(path.read_text(encoding="utf-8")))
        if not path.parents[number].is_relative_to(ROOT)
    ]

    assert [] == found
