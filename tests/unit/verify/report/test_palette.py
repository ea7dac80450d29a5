import re
from pathlib import Path

import pytest

from verify.report import html, palette
from verify.report.palette import DARK, DECORATION, GROUNDS, LIGHT, contrast

FILES = [path for path in Path(html.__file__).parent.iterdir() if path.suffix in {".css", ".j2", ".py"}]
COLORS = sorted(set(LIGHT) - {*GROUNDS, *DECORATION})


@pytest.mark.parametrize("colors", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("name", COLORS)
def test_text_can_be_read_on_every_ground(colors, name, ground):
    """4.5 to 1 is what WCAG asks of text (1.4.3); curves, of which 3 is asked (1.4.11), have it too."""
    assert contrast(colors[name], colors[ground]) >= 4.5


def test_both_palettes_have_the_same_colors():
    """A colour that only one of them has is black in the other."""
    assert LIGHT.keys() == DARK.keys()


def test_no_color_is_named_that_there_is_none_of():
    """A variable that does not exist draws nothing."""
    named = {
        name for path in FILES for name in re.findall(r"var\(--([a-z]+)\)", path.read_text(encoding="utf-8"))
    }

    assert named
    assert named <= LIGHT.keys()


def test_no_color_stands_outside_of_the_palette():
    """One that is written into a rule stays light in the dark."""
    literal = re.compile(r"#[0-9a-fA-F]{3,8}\b|rgb\(|hsl\(")
    found = {
        path.name: literal.findall(path.read_text(encoding="utf-8"))
        for path in FILES
        if path.name != Path(palette.__file__).name
    }

    assert {} == {name: colors for name, colors in found.items() if colors}


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [("#000000", "#ffffff", 21.0), ("#777777", "#ffffff", 4.48), ("#123456", "#123456", 1.0)],
)
def test_contrast_is_wcags(one, other, ratio):
    """Whichever of the two is the darker."""
    assert pytest.approx(ratio, abs=0.01) == contrast(one, other) == contrast(other, one)
