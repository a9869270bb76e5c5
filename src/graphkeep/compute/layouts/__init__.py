"""The layouts by name, in menu order: built-in layouts, then those of plugins."""

from graphkeep import plugins
from graphkeep.compute.layout import Layout
from graphkeep.compute.layouts.boxes import BOXES
from graphkeep.compute.layouts.circle import CIRCLE
from graphkeep.compute.layouts.force import FORCE
from graphkeep.compute.layouts.geographic import GEOGRAPHIC
from graphkeep.compute.layouts.given import GIVEN
from graphkeep.compute.layouts.grid import GRID
from graphkeep.compute.layouts.layered import LAYERED
from graphkeep.compute.layouts.radial import RADIAL
from graphkeep.compute.layouts.ring import RING
from graphkeep.compute.layouts.tree import TREE

BUILT_IN = {
    layout.name: layout
    for layout in (
        FORCE, BOXES, LAYERED, TREE, RADIAL, RING, CIRCLE, GRID, GEOGRAPHIC, GIVEN,
    )
}  # fmt: skip
LAYOUTS = BUILT_IN | {
    layout.name: layout for layout in plugins.load_plugins(plugins.LAYOUTS, Layout, BUILT_IN)
}
