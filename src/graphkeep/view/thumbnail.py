"""Thumbnails: a graph drawn by Pillow as the viewer would draw it."""

import io
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

WIDTH, HEIGHT = 480, 300
SCALE = 2  # drawn larger, then shrunk: smooth lines
MAX_EDGES = 15_000
MAX_NODES = 30_000
MARGIN = 0.07


def thumbnail_png(positions: npt.NDArray[np.float32], arrays: Mapping[str, Any]) -> bytes:
    """PNG of 480 x 300 with a transparent ground; edges are a fair sample of all."""
    size = (WIDTH * SCALE, HEIGHT * SCALE)
    image = Image.new("RGBA", size, (0, 0, 0, 0))
    if len(positions):
        points = fit_positions(positions, size)
        draw_edges(image, points, arrays)
        draw_nodes(image, points, arrays)
    thumbnail = image.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)
    sink = io.BytesIO()
    thumbnail.save(sink, "PNG", optimize=True)
    return sink.getvalue()


def fit_positions(
    positions: npt.NDArray[np.float32], size: tuple[int, int]
) -> npt.NDArray[np.float64]:
    low, high = np.percentile(positions, (0.2, 99.8), axis=0)
    span = np.maximum(high - low, 1e-6)
    inner_size = np.array(size) * (1 - 2 * MARGIN)
    scale = float((inner_size / span).min())
    centred = (positions - (low + high) / 2) * (scale, -scale)
    points: npt.NDArray[np.float64] = centred + np.array(size) / 2
    return points


def draw_edges(
    image: Image.Image, points: npt.NDArray[np.float64], arrays: Mapping[str, Any]
) -> None:
    ends = np.asarray(arrays["edge_ends"])[:MAX_EDGES]
    alpha = int(np.clip(255 * 12 / np.sqrt(len(ends) + 1), 22, 150))
    colors = (np.asarray(arrays["node_color"])[ends].mean(axis=1)).astype(int)
    layer = Image.new("RGBA", image.size, (0, 0, 0, 0))
    canvas = ImageDraw.Draw(layer)
    lines = np.concatenate((points[ends[:, 0]], points[ends[:, 1]]), axis=1)
    for line, color in zip(lines.tolist(), colors.tolist(), strict=True):
        canvas.line(line, fill=(color[0], color[1], color[2], alpha), width=SCALE)
    image.alpha_composite(layer)


def draw_nodes(
    image: Image.Image, points: npt.NDArray[np.float64], arrays: Mapping[str, Any]
) -> None:
    sizes = np.asarray(arrays["node_size"], np.float64)
    order = np.argsort(-sizes, kind="stable")[:MAX_NODES][::-1]
    colors = np.asarray(arrays["node_color"])
    canvas = ImageDraw.Draw(image)
    radii = np.maximum(sizes * SCALE * 0.26, 1.0)
    for row in order.tolist():
        x, y = points[row]
        radius = radii[row]
        red, green, blue, _ = (int(part) for part in colors[row])
        canvas.ellipse(
            (x - radius, y - radius, x + radius, y + radius), fill=(red, green, blue, 255)
        )
