"""Squarified treemap: a rectangle divided into rectangles of given areas, as square as possible.

Bruls, Huizing and van Wijk, "Squarified Treemaps", 2000.
"""

Frame = tuple[float, float, float, float]


def treemap(areas: list[float], width: float, height: float) -> list[Frame]:
    """Frames (x0, y0, x1, y1) from the top left, for descending areas with the sum `width` times `height`."""
    frames: list[Frame] = []
    x, y, wide, high = 0.0, 0.0, width, height
    begin = 0
    while begin < len(areas):
        side = min(wide, high)
        end = begin + 1
        while end < len(areas) and worst(areas[begin : end + 1], side) <= worst(
            areas[begin:end], side
        ):
            end += 1
        row = areas[begin:end]
        depth = sum(row) / side
        along = 0.0
        for area in row:
            length = area / depth
            if wide >= high:
                frames.append((x, y - along - length, x + depth, y - along))
            else:
                frames.append((x + along, y - depth, x + along + length, y))
            along += length
        if wide >= high:
            x, wide = x + depth, wide - depth
        else:
            y, high = y - depth, high - depth
        begin = end
    return frames


def worst(row: list[float], side: float) -> float:
    """The worst aspect ratio in a row of areas along a side."""
    total = sum(row)
    return max(side * side * max(row) / total**2, total**2 / (side * side * min(row)))
