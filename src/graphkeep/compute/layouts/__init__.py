"""The layouts by name."""

from graphkeep.compute.layouts.boxes import BOXES
from graphkeep.compute.layouts.circle import CIRCLE
from graphkeep.compute.layouts.force import FORCE
from graphkeep.compute.layouts.grid import GRID
from graphkeep.compute.layouts.layered import LAYERED
from graphkeep.compute.layouts.radial import RADIAL
from graphkeep.compute.layouts.ring import RING
from graphkeep.compute.layouts.tree import TREE

LAYOUTS = {
    layout.name: layout for layout in (FORCE, LAYERED, TREE, RADIAL, RING, BOXES, CIRCLE, GRID)
}
