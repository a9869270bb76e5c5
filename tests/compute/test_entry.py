"""What a program of somebody's own imports: the layout, and nothing of the server."""

import subprocess
import sys


def told_by(program: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    return done.stdout


def test_force_layout_is_imported_without_django_and_numba_only_when_it_is() -> None:
    program = """
import sys
import graphkeep.compute
print("numba" in sys.modules)
from graphkeep.compute import force_layout
import numpy as np
placed = force_layout(3, np.array([[0, 1], [1, 2]]), seed=1)
print(placed.shape, placed.dtype, "numba" in sys.modules)
print([name for name in sys.modules if name.split(".")[0] in {"django", "graphistry", "pandas"}])
"""
    assert told_by(program) == "False\n(3, 2) float32 True\n[]\n"


def test_the_room_lists_what_it_gives_and_knows_nothing_else() -> None:
    program = """
from graphkeep.compute import *
print(force_layout.__module__)
import graphkeep.compute
try:
    graphkeep.compute.forced_layout
except AttributeError as error:
    print(error)
"""
    assert told_by(program) == (
        "graphkeep.compute.force.layout\n"
        "module 'graphkeep.compute' has no attribute 'forced_layout'\n"
    )
