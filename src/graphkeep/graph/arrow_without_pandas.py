"""Arrow without pandas, which it loads when it first makes an array of Python values.

That takes a third of a second and 50 MB, for a check whether the values are those of pandas. Processes that never have
such values do without.
"""

import sys
from importlib.abc import MetaPathFinder

import pyarrow as pa


class PandasBlocker(MetaPathFinder):
    """Finds no pandas."""

    def find_spec(self, fullname: str, path: object = None, target: object = None) -> None:
        if fullname == "pandas":
            raise ImportError("pandas is not loaded in advance.")


def load_arrow_without_pandas() -> None:
    """Let Arrow look for pandas in vain, once and for all in this process; pandas itself can still be imported.

    Arrow then takes pandas' objects only where it is asked for them by name, as `Table.from_pandas` does.
    """
    blocker = PandasBlocker()
    sys.meta_path.insert(0, blocker)
    try:
        pa.array([0])
    finally:
        sys.meta_path.remove(blocker)
