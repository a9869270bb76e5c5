"""Colors of graph files as CSS writes them."""

import pyarrow as pa

from graphkeep.sources.graph_files.attribute_types import is_numeric


def with_color(table: pa.Table) -> pa.Table:
    """With a column `color` where numbers from 0 to 255 are in columns r, g and b, as Gephi writes them."""
    channels = [table[name] for name in "rgb" if name in table.column_names]
    if len(channels) < 3 or "color" in table.column_names:
        return table
    if not all(is_numeric(channel.type) for channel in channels):
        return table
    colors = [
        None if None in row else hex_color(*row)
        for row in zip(*(channel.to_pylist() for channel in channels), strict=True)
    ]
    return table.append_column("color", pa.array(colors, pa.string()))


def hex_color(red: float, green: float, blue: float) -> str:
    return "#" + "".join(f"{min(255, max(0, round(part))):02x}" for part in (red, green, blue))
