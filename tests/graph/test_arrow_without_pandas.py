"""Arrow makes arrays of Python values without loading pandas, and takes its tables where it is asked to."""

import subprocess
import sys

CODE = """
import sys
from graphkeep.graph.arrow_without_pandas import load_arrow_without_pandas
load_arrow_without_pandas()
import pyarrow as pa
assert pa.array(["a", None]).to_pylist() == ["a", None]
assert "pandas" not in sys.modules
import pandas as pd
table = pa.Table.from_pandas(pd.DataFrame({"n": [1, 2]}), preserve_index=False)
assert table.to_pydict() == {"n": [1, 2]}
assert table.to_pandas().n.tolist() == [1, 2]
"""


def test_arrow_does_not_load_pandas_and_still_reads_its_tables():
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
