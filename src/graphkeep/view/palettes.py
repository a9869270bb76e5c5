"""Colours: what a CSS text or a palette number means, and a picture's default palettes."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from graphkeep.view.css_colors import parse_css_color

Colors = npt.NDArray[np.uint8]

# Twelve hues of even lightness in OKLCH, calm on dark and on light; the last is for the rest.
CATEGORIES = (
    "#549de5", "#e59743", "#46b68c", "#e1697c", "#9f7ed6", "#cab049", "#31b0c6", "#e2754f",
    "#80b761", "#d073b3", "#7785d5", "#8c99ad",
)  # fmt: skip
# The same hues lighter, then deeper, for the many communities of a large graph.
COMMUNITIES = (
    *CATEGORIES[:11],
    "#93bfed", "#f4c394", "#93d1b5", "#ec9fa8", "#bca9e1", "#e4d49a", "#8ccddb", "#eda78f",
    "#b1d49f", "#e1a5cc", "#a0abde", "#d3b79f",
    "#3e75ac", "#af7435", "#358969", "#a84d5c", "#755d9f", "#9c883b", "#268595", "#a9573a",
    "#628b4a", "#9c5686", "#56619d", "#876549",
)  # fmt: skip
# ColorBrewer's Paired, which an int32 colour column counts through.
PAIRED = (
    "#a6cee3", "#1f78b4", "#b2df8a", "#33a02c", "#fb9a99", "#e31a1c", "#fdbf6f", "#ff7f00",
    "#cab2d6", "#6a3d9a", "#ffff99", "#b15928",
)  # fmt: skip
# Rises evenly in lightness; its low end still shows on a dark ground.
GRADIENT = ("#5b6cc9", "#3f9fc4", "#45c0a0", "#a9d15f", "#f6c945")
NEUTRAL = (140, 153, 173, 255)


def parse_color(text: object) -> tuple[int, int, int, int] | None:
    """The sRGB and alpha of a CSS colour, or None if the text is not a colour."""
    return parse_css_color(text) if isinstance(text, str) else None


def color_table(colors: Sequence[str]) -> Colors:
    """uint8 (k, 4); what is no colour becomes neutral."""
    return np.array([parse_color(color) or NEUTRAL for color in colors], np.uint8).reshape(-1, 4)


def gradient_colors(values: npt.NDArray[np.float64], colors: Sequence[str]) -> Colors:
    """uint8 (n, 4) of values in 0..1 along equally spaced colours; NaN is neutral."""
    stops = color_table(colors or GRADIENT).astype(np.float64)
    is_missing = ~np.isfinite(values)
    fractions = np.clip(np.where(is_missing, 0.0, values), 0.0, 1.0)
    stops_at = np.linspace(0.0, 1.0, len(stops)) if len(stops) > 1 else np.array([0.0])
    interpolated = np.column_stack(
        [np.interp(fractions, stops_at, stops[:, channel]) for channel in range(4)]
    )
    rgba = np.rint(interpolated).astype(np.uint8)
    rgba[is_missing] = NEUTRAL
    return rgba


def unpack_rgba(values: npt.NDArray[np.int64]) -> Colors:
    """0xRRGGBBAA; an alpha of 0 means that it was not set."""
    parts = [(values >> shift) & 0xFF for shift in (24, 16, 8, 0)]
    parts[3] = np.where(parts[3] == 0, 255, parts[3])
    return np.column_stack(parts).astype(np.uint8)
