import re
import struct
from pathlib import Path

import pytest

from verify.report.screenshot import SHOTS

ROOT = Path(__file__).parents[4]
DOCS = ROOT / "docs"


@pytest.mark.parametrize("shot", SHOTS, ids=lambda shot: shot.name)
def test_the_readmes_pictures_are_those_that_the_command_draws(shot):
    """`make screenshot` draws them anew."""
    picture = (DOCS / shot.name).read_bytes()

    assert b"\x89PNG" == picture[:4]
    assert (shot.width, shot.height) == struct.unpack(">II", picture[16:24])
    assert len(picture) < 400_000


def test_the_readme_shows_them():
    """Each, with a text for whoever does not see it."""
    readme = (ROOT / "README.md").read_text("utf-8")

    assert [shot.name for shot in SHOTS] == re.findall(r"!\[[^\]]{20,}\]\(docs/(report[^)]*\.png)\)", readme)
