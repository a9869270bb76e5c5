"""What yEd draws, in the data elements of its GraphML: labels, geometry, colors, shapes."""

from collections.abc import Mapping

from graphkeep.sources.xml_events import Attributes

NODE_LABEL, EDGE_LABEL = "NodeLabel", "EdgeLabel"
TRANSPARENT = "has_no_color"


class YedGraphics:
    """Collects the values of one node or edge; of several realizers (open, closed group) the first counts."""

    def __init__(self) -> None:
        self.values: dict[str, str] = {}

    def start(self, name: str, attributes: Attributes) -> None:
        if name == "Geometry":
            self.add_geometry(attributes)
        elif name == "Fill":
            self.add("color", attributes.get("color"))
        elif name == "Shape":
            self.add("shape", attributes.get("type"))
        elif name == "LineStyle":
            self.add("color", attributes.get("color"))
            self.add("thickness", attributes.get("width"))
            self.add("@line style", attributes.get("type"))
        elif name == "BorderStyle":
            self.add("@border color", attributes.get("color"))
        elif name == "Arrows":
            self.add("@source arrow", attributes.get("source"))
            self.add("@target arrow", attributes.get("target"))

    def end(self, name: str, text: str) -> None:
        if name in {NODE_LABEL, EDGE_LABEL} and text.strip():
            self.add("label", text.strip())

    def add(self, key: str, value: str | None) -> None:
        if value:
            self.values.setdefault(key, value)

    def add_geometry(self, geometry: Mapping[str, str]) -> None:
        """Set x and y to the middle, y upwards; yEd gives the upper left corner, y downwards."""
        for axis, extent in (("x", "width"), ("y", "height")):
            try:
                corner = float(geometry[axis])
                length = float(geometry.get(extent, "0"))
            except (KeyError, ValueError):
                continue
            middle = corner + length / 2
            self.add(axis, repr(-middle if axis == "y" and middle else middle))
            self.add(extent, geometry.get(extent))
