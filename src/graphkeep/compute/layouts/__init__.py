"""The layouts by name."""

from graphkeep.compute.layouts.circle import CIRCLE
from graphkeep.compute.layouts.force import FORCE
from graphkeep.compute.layouts.grid import GRID

LAYOUTS = {layout.name: layout for layout in (FORCE, CIRCLE, GRID)}
