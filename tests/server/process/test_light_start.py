"""Every command sets Django up, so this loads no library that only graphs, files or queries need."""

import subprocess
import sys

HEAVY = {"coverage", "numba", "numpy", "openpyxl", "pandas", "polars", "pyarrow", "scipy", "zxcvbn"}
SET_UP = "import sys, django; django.setup(); print(*sys.modules)"


def test_setting_django_up_loads_no_heavy_library():
    words = [sys.executable, "-W", "ignore", "-c", SET_UP]
    loaded = subprocess.run(words, capture_output=True, text=True, check=True).stdout.split()

    assert "graphkeep.connectors.models" in loaded
    assert HEAVY.intersection(loaded) == set()
