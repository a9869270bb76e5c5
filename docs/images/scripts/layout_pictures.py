"""Makes the pictures of docs/explanation/layouts.md from positions that the layout benchmark kept.

python -m benchmarks.layout --sizes 10k --contenders graphkeep,fmme,fa2 --keep FOLDER   # and so on
python docs/images/scripts/layout_pictures.py FOLDER [dark|light]

Every contender is drawn alike: thin lines whose light adds up where they lie over one another, short edges
brighter than long ones, in the colours of communities or of the edge's length; nothing is drawn by hand.
"""

import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numba import njit
from PIL import Image, ImageColor, ImageDraw, ImageFont

IMAGES = Path(__file__).parents[1]
ROOT = IMAGES.parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from graphkeep.compute.metrics.communities import communities  # noqa: E402
from graphkeep.view.palettes import COMMUNITIES, GRADIENT, color_table  # noqa: E402

SCALE = 2  # drawn larger, then shrunk: smooth lines
GAP, TOP, LEFT, LINE = 14, 54, 16, 26
NAMES = {
    "graphkeep": "Graphkeep",
    "graphkeep-clusters": "clusters",
    "graphkeep-balanced": "balanced",
    "graphkeep-distances": "distances",
    "fmme": "FMME (Tulip, OGDF)",
    "fa2": "ForceAtlas2 (fa2)",
}
BY_COMMUNITY = {"lfr", "hyper", "enron", "wordnet", "debian", "tree", "pgp", "astro"}


@dataclass(frozen=True, kw_only=True)
class Theme:
    name: str
    ground: str
    panel: str
    text: str
    quiet: str


THEMES = {
    "dark": Theme(name="dark", ground="#0d1017", panel="#121722", text="#e6eaf2", quiet="#8c99ad"),
    "light": Theme(
        name="light", ground="#ffffff", panel="#f6f8fb", text="#1b2230", quiet="#66728a"
    ),
}


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """One row for each graph and one column for each contender, `across` graphs side by side."""

    name: str
    graphs: tuple[str, ...]
    contenders: tuple[str, ...]
    across: int
    panel: int


SHEETS = (
    Sheet(
        name="layouts-peers",
        graphs=("lfr_10k", "hyper_10k", "grid_10k", "mesh_10k", "tree_10k", "comps_10k"),
        contenders=("graphkeep", "fmme", "fa2"),
        across=2,
        panel=300,
    ),
    Sheet(
        name="layouts-styles",
        graphs=("lfr_100k", "mesh_10k", "tree_10k"),
        contenders=("graphkeep-clusters", "graphkeep-balanced", "graphkeep-distances"),
        across=1,
        panel=460,
    ),
    Sheet(
        name="layouts-real",
        graphs=("enron_real", "wordnet_real", "debian_real"),
        contenders=("graphkeep", "fmme"),
        across=1,
        panel=560,
    ),
)
TITLES = {
    "lfr": "communities",
    "hyper": "events and entities",
    "grid": "grid",
    "mesh": "mesh",
    "tree": "tree",
    "comps": "many components",
    "enron": "email at Enron",
    "wordnet": "WordNet",
    "debian": "Debian's packages",
}


def main() -> None:
    folder = Path(sys.argv[1])
    theme = THEMES[sys.argv[2] if len(sys.argv) > 2 else "dark"]
    for sheet in SHEETS:
        page = drawn_sheet(folder, sheet, theme)
        few = page.quantize(256, kmeans=1, dither=Image.Dither.FLOYDSTEINBERG)
        few.save(IMAGES / f"{sheet.name}.png", optimize=True)


def drawn_sheet(folder: Path, sheet: Sheet, theme: Theme) -> Image.Image:
    columns = len(sheet.contenders)
    block = columns * (sheet.panel + GAP) + GAP
    rows = -(-len(sheet.graphs) // sheet.across)
    size = (
        LEFT + sheet.across * block,
        TOP + rows * (sheet.panel + GAP + LINE),
    )
    page = Image.new("RGB", size, theme.ground)
    pen = ImageDraw.Draw(page)
    for at, graph in enumerate(sheet.graphs):
        left = LEFT + at % sheet.across * block
        top = TOP + at // sheet.across * (sheet.panel + GAP + LINE)
        with np.load(folder / f"graph_{graph}.npz") as held:
            n, edges = int(held["n"]), held["edges"]
            labels = held.get("labels")
        colors = edge_colors(graph.split("_")[0], n, edges, labels)
        title = f"{TITLES[graph.split('_')[0]]}: {n:,} nodes, {len(edges):,} edges"
        pen.text((left, top), title, theme.quiet, ImageFont.load_default(14))
        for column, contender in enumerate(sheet.contenders):
            x = left + column * (sheet.panel + GAP)
            if at < sheet.across:
                font = ImageFont.load_default(17)
                pen.text((x, TOP - 36), NAMES[contender], theme.text, font)
            place = folder / f"{contender}_{graph}.npy"
            if place.exists():
                positions = np.load(place).astype(np.float64)
                page.paste(drawn(positions, edges, colors, sheet.panel, theme), (x, top + LINE - 4))
    return page


def edge_colors(
    name: str, n: int, edges: np.ndarray, labels: np.ndarray | None
) -> np.ndarray | None:
    """float (m, 3) of 0 to 255 from the communities of both ends; None: by length, in each drawing."""
    if name not in BY_COMMUNITY:
        return None
    if labels is None:
        labels = communities(n, edges)
    palette = color_table(COMMUNITIES)[:, :3].astype(np.float64)
    order = np.argsort(np.argsort(-np.bincount(labels[labels >= 0]), kind="stable"))
    shade = palette[order[np.maximum(labels, 0)] % len(palette)]
    shade[labels < 0] = 150
    both = shade[edges].mean(axis=1)
    apart = labels[edges[:, 0]] != labels[edges[:, 1]]
    both[apart] = 0.5 * both[apart] + 0.5 * both[apart].mean(axis=1, keepdims=True)
    return both


def drawn(
    positions: np.ndarray, edges: np.ndarray, colors: np.ndarray | None, width: int, theme: Theme
) -> Image.Image:
    size = width * SCALE
    at = fitted(positions, size)
    ends = np.concatenate((at[edges[:, 0]], at[edges[:, 1]]), axis=1)
    length = np.hypot(ends[:, 0] - ends[:, 2], ends[:, 1] - ends[:, 3])
    if colors is None:
        typical = max(float(np.median(length)), 1e-9)
        colors = by_length(length / typical)
    # A long edge spreads little more ink than a short one, so that it shows without covering others.
    weight = np.maximum(1 / (1 + length / (0.05 * size)), 0.25)
    ink = np.zeros((size, size, 4))
    draw_lines(ink, ends, colors, weight)
    return shown(ink, theme).resize((width, width), Image.Resampling.LANCZOS)


def fitted(positions: np.ndarray, size: int) -> np.ndarray:
    low, high = np.percentile(positions, (0.1, 99.9), axis=0)
    scale = 0.93 * size / max(float((high - low).max()), 1e-9)
    return (positions - (low + high) / 2) * (scale, -scale) + size / 2


def by_length(ratio: np.ndarray) -> np.ndarray:
    """Warm where an edge is shorter than is typical, cold where it is longer."""
    stops = color_table(GRADIENT)[::-1, :3].astype(np.float64)
    at = np.clip(0.5 + np.log2(np.maximum(ratio, 1e-6)) / 4, 0, 1)
    places = np.linspace(0, 1, len(stops))
    return np.column_stack([np.interp(at, places, stops[:, part]) for part in range(3)])


@njit(cache=True, fastmath=True)
def draw_lines(ink, ends, colors, weight):
    """Adds coverage and coverage times colour of each line, in steps of half a pixel, between 4 pixels."""
    size = ink.shape[0]
    for k in range(len(ends)):
        x0, y0, x1, y1 = ends[k]
        steps = int(max(abs(x1 - x0), abs(y1 - y0)) * 2) + 2
        red, green, blue = colors[k]
        for step in range(steps):
            x = x0 + (x1 - x0) * step / (steps - 1)
            y = y0 + (y1 - y0) * step / (steps - 1)
            column, row = int(np.floor(x)), int(np.floor(y))
            if column < 0 or row < 0 or column >= size - 1 or row >= size - 1:
                continue
            right, below = x - column, y - row
            for down in range(2):
                for over in range(2):
                    share = (right if over else 1 - right) * (below if down else 1 - below)
                    part = share * weight[k] * 0.5
                    pixel = ink[row + down, column + over]
                    pixel[0] += part * red
                    pixel[1] += part * green
                    pixel[2] += part * blue
                    pixel[3] += part


def shown(ink: np.ndarray, theme: Theme) -> Image.Image:
    """Ink over the ground; its strength follows from how much there is in a typical inked pixel."""
    amount = ink[:, :, 3]
    inked = amount[amount > 1e-2]
    gain = 1.1 / max(float(np.percentile(inked, 75)), 1e-9) if len(inked) else 1.0
    gain = float(np.clip(gain, 0.15, 4))
    cover = 1 - np.exp(-gain * amount)
    color = ink[:, :, :3] / np.maximum(amount, 1e-9)[:, :, None]
    # Beyond full cover more ink still shows, by its logarithm: lighter on dark, darker on light.
    most = max(float(np.log1p(gain * np.percentile(inked, 99.9))), 2.0) if len(inked) else 2.0
    depth = np.clip((np.log1p(gain * amount) - 1) / (most - 1), 0, 1)[:, :, None]
    if theme.name == "light":
        color = color * (0.9 - 0.35 * depth)
    else:
        color = color * 0.94 + (255 - color) * 0.5 * depth**1.5
    ground = np.array(ImageColor.getrgb(theme.panel), np.float64)
    mixed = ground + (color - ground) * cover[:, :, None]
    return Image.fromarray(np.clip(np.rint(mixed), 0, 255).astype(np.uint8), "RGB")


if __name__ == "__main__":
    main()
