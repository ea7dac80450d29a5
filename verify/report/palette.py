"""Colours of the page, for light and for dark, and how far apart they are."""

from collections.abc import Mapping

Palette = Mapping[str, str]

LIGHT: Palette = {
    "paper": "#ffffff",
    "raised": "#f4f6f8",
    "ink": "#1d2127",
    "soft": "#565d68",
    "line": "#d9dee4",
    "pass": "#17713d",
    "fail": "#b3261e",
    "inconclusive": "#805300",
    "api": "#1f5fa8",
    "sender": "#a8580a",
    "load": "#0b6e66",
    "queue": "#5f6671",
    "toxic": "#7b3fa0",
}

DARK: Palette = {
    "paper": "#14171c",
    "raised": "#1d2229",
    "ink": "#e6e8eb",
    "soft": "#a7aeb9",
    "line": "#343b45",
    "pass": "#4cc38a",
    "fail": "#ff7b72",
    "inconclusive": "#e3b341",
    "api": "#6cb0f5",
    "sender": "#f0a35e",
    "load": "#45c8bc",
    "queue": "#9aa3af",
    "toxic": "#c99bf0",
}

GROUNDS = ("paper", "raised")
"""Colours that others stand on."""

DECORATION = ("line",)
"""Colours that carry no meaning: what they draw can be left out without losing anything."""

# Of sRGB, as WCAG has it.
_LINEAR_BELOW = 0.04045


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, `#rrggbb`: 1 if they are equal, 21 for black on white.

    https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio
    """
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(color: str) -> float:
    """Relative luminance (https://www.w3.org/TR/WCAG22/#dfn-relative-luminance)."""
    red, green, blue = (_linear(int(color[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return float(channel / 12.92 if channel <= _LINEAR_BELOW else ((channel + 0.055) / 1.055) ** 2.4)
