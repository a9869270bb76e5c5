"""A whole graph as one picture file: translucent edges below, nodes above, as PNG or SVG."""

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

DARK, LIGHT = (14, 19, 27), (251, 252, 254)
MARGIN = 0.05
REFERENCE_HEIGHT = 1000.0  # sizes of nodes are meant for a picture of this height, in px
MAX_NODE_COVERAGE = 0.22  # which part of the picture nodes may cover together
MAX_EDGES_PNG, MAX_EDGES_SVG = 300_000, 60_000
LAYERS = 24  # edges within one do not add up; all layers do
MAX_SUPERSAMPLED_PIXELS = 40_000_000  # up to here a picture is drawn at twice its size, then shrunk

Floats = npt.NDArray[np.float64]
Bytes = npt.NDArray[np.uint8]


@dataclass(frozen=True, kw_only=True)
class Drawing:
    """What is drawn, in px, y down: nodes by rising size, edges by falling length.

    `points` (n, 2), `radii` (n,), `colors` uint8 (n, 3); `lines` (k, 4) with `line_colors` uint8 (k, 3) and
    `line_opacities` (k,) from 0 to 1. `hidden_edges` are those that a fair sample left out.
    """

    size: tuple[int, int]
    background: tuple[int, int, int]
    points: Floats
    radii: Floats
    colors: Bytes
    lines: Floats
    line_width: float
    line_colors: Bytes
    line_opacities: Floats
    hidden_edges: int


def compose_drawing(
    positions: npt.NDArray[np.float32],
    arrays: Mapping[str, Any],
    *,
    size: tuple[int, int],
    is_dark: bool,
    most_edges: int,
) -> Drawing:
    """A picture of positions float32 (n, 2), y up, styled as in the viewer.

    `arrays` are a view's `edge_ends`, in random order, `node_color` and `node_size`.
    """
    unit = min(size) / REFERENCE_HEIGHT
    # A picture is looked at from farther away than a window, and few nodes leave room.
    node_scale = float(np.clip(2.0 - 0.3 * np.log10(max(len(positions), 1)), 1.0, 1.8))
    points = fit_positions(positions, size)
    radii = np.asarray(arrays["node_size"], np.float64) * unit * node_scale / 2
    coverage = np.pi * (radii**2).sum() / (size[0] * size[1])
    radii = np.maximum(
        radii * min(1.0, np.sqrt(MAX_NODE_COVERAGE / max(coverage, 1e-9))), 0.35 * unit
    )
    colors = np.asarray(arrays["node_color"])[:, :3]
    order = np.argsort(radii, kind="stable")
    all_ends = np.asarray(arrays["edge_ends"])
    ends = all_ends[:most_edges]
    ends = ends[ends[:, 0] != ends[:, 1]]
    lines = np.concatenate((points[ends[:, 0]], points[ends[:, 1]]), axis=1)
    length = np.hypot(lines[:, 2] - lines[:, 0], lines[:, 3] - lines[:, 1])
    # Otherwise a few long edges would cover the picture, whose shape the many short ones make.
    median_length = float(np.median(length)) if len(length) else 1.0
    opacity_factor = np.clip(np.sqrt(median_length / np.maximum(length, 1e-9)), 0.3, 1.4)
    density_factor = 16 if is_dark else 24  # a thin line shows less on a light background
    base_opacity = float(np.clip(density_factor / np.sqrt(len(ends) + 1), 0.05, 0.55))
    far_first = np.argsort(-length, kind="stable")
    return Drawing(
        size=size,
        background=DARK if is_dark else LIGHT,
        points=points[order],
        radii=radii[order],
        colors=colors[order],
        lines=lines[far_first],
        line_width=1.1 * unit,
        line_colors=colors[ends].mean(axis=1).astype(np.uint8)[far_first],
        line_opacities=np.clip(base_opacity * opacity_factor, 0.02, 0.9)[far_first],
        hidden_edges=len(all_ends) - min(len(all_ends), most_edges),
    )


def fit_positions(positions: npt.NDArray[np.float32], size: tuple[int, int]) -> Floats:
    """Everything within the margins, as large as fits, y down."""
    if len(positions) == 0:
        return np.empty((0, 2))
    low, high = positions.min(axis=0).astype(float), positions.max(axis=0).astype(float)
    inner_size = np.array(size) * (1 - 2 * MARGIN)
    scale = float((inner_size / np.maximum(high - low, 1e-9)).min())
    max_scale = min(size) / 8  # a pair or a triangle need not fill the page
    center = (low + high) / 2
    points: Floats = (positions - center) * (
        min(scale, max_scale),
        -min(scale, max_scale),
    ) + np.array(size) / 2
    return points


def draw_png(drawing: Drawing) -> bytes:
    width, height = drawing.size
    scale = 2 if width * height * 4 <= MAX_SUPERSAMPLED_PIXELS else 1
    canvas_size = (width * scale, height * scale)
    image = Image.new("RGBA", canvas_size, (*drawing.background, 255))
    for part in np.array_split(np.arange(len(drawing.lines)), LAYERS):
        if len(part):
            image.alpha_composite(lines_layer(drawing, part, canvas_size, scale))
    canvas = ImageDraw.Draw(image)
    border = max(1.0, 0.06 * drawing.radii.max(initial=0.0)) * scale
    for (x, y), radius, color in zip(
        (drawing.points * scale).tolist(),
        (drawing.radii * scale).tolist(),
        drawing.colors.tolist(),
        strict=True,
    ):
        if radius > 3 * border:
            box = (
                x - radius - border,
                y - radius - border,
                x + radius + border,
                y + radius + border,
            )
            canvas.ellipse(box, fill=(*drawing.background, 255))
        canvas.ellipse((x - radius, y - radius, x + radius, y + radius), fill=(*color, 255))
    sink = io.BytesIO()
    image.convert("RGB").resize(drawing.size, Image.Resampling.LANCZOS).save(sink, "PNG")
    return sink.getvalue()


def lines_layer(
    drawing: Drawing, rows: npt.NDArray[np.intp], size: tuple[int, int], scale: int
) -> Image.Image:
    layer = Image.new("RGBA", size, (0, 0, 0, 0))
    canvas = ImageDraw.Draw(layer)
    width = max(1, round(drawing.line_width * scale))
    alphas = np.rint(drawing.line_opacities[rows] * 255).astype(int).tolist()
    lines, colors = (drawing.lines[rows] * scale).tolist(), drawing.line_colors[rows].tolist()
    for line, (red, green, blue), alpha in zip(lines, colors, alphas, strict=True):
        canvas.line(line, fill=(red, green, blue, alpha), width=width)
    return layer


def draw_svg(drawing: Drawing) -> str:
    return "\n".join(svg_lines(drawing)) + "\n"


def svg_lines(drawing: Drawing) -> Iterator[str]:
    width, height = drawing.size
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}">'
    )
    yield f'<rect width="100%" height="100%" fill="{hex_color(drawing.background)}"/>'
    yield f'<g fill="none" stroke-linecap="round" stroke-width="{drawing.line_width:.2f}">'
    for (x0, y0, x1, y1), color, opacity in zip(
        drawing.lines.tolist(),
        drawing.line_colors.tolist(),
        drawing.line_opacities.tolist(),
        strict=True,
    ):
        path = f"M{x0:.1f} {y0:.1f}L{x1:.1f} {y1:.1f}"
        yield f'<path d="{path}" stroke="{hex_color(color)}" stroke-opacity="{opacity:.2f}"/>'
    yield "</g>"
    border = 0.06 * drawing.radii.max(initial=0.0)
    yield f'<g stroke="{hex_color(drawing.background)}" stroke-width="{border:.2f}">'
    for (x, y), radius, color in zip(
        drawing.points.tolist(), drawing.radii.tolist(), drawing.colors.tolist(), strict=True
    ):
        yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.2f}" fill="{hex_color(color)}"/>'
    yield "</g>"
    yield "</svg>"


def hex_color(color: tuple[int, int, int] | list[int]) -> str:
    red, green, blue = color
    return f"#{red:02x}{green:02x}{blue:02x}"
