"""A command starts with Django set up, and loads no library that only graphs, files or queries need."""

import os
import subprocess
import sys
from pathlib import Path

HEAVY = {"coverage", "numba", "numpy", "openpyxl", "pandas", "polars", "pyarrow", "scipy", "zxcvbn"}
COMMAND = """
import sys
from graphkeep.server.cli import main
sys.argv = ["graphkeep", "user", "list"]
try:
    main()
finally:
    print(*sys.modules)
"""


def test_a_command_loads_no_heavy_library(tmp_path: Path):
    words = [sys.executable, "-W", "ignore", "-c", COMMAND]
    env = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    done = subprocess.run(
        words,
        capture_output=True,
        text=True,
        check=True,
        env={**env, "GRAPHISTRY_HOME": str(tmp_path)},
    )

    loaded = done.stdout.split()
    assert "graphkeep.connectors.models" in loaded
    assert HEAVY.intersection(loaded) == set()
