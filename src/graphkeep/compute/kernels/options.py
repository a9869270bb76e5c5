"""What all kernels share; imported before numba starts its threads."""

import hashlib
import os
from pathlib import Path
from typing import Any

# Threads that spin while they wait take the core from whoever has work: 10 s instead of 1 s on two cores.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")

import numba

LEAF = 16  # points in a leaf of the tree, one register of them
FAN_OUT = 4
NEAR_CAP = 128  # the longest near list of a leaf
OPTIONS: dict[str, Any] = {
    "cache": True,
    "fastmath": True,
    "nogil": True,
    "error_model": "numpy",
}


def keep_apart() -> None:
    """Give each state of the sources a cache of its own.

    numba compiles a kernel anew where its own file changed, but not where a kernel that it calls did.
    """
    place = os.environ.get("NUMBA_CACHE_DIR")
    if not place:
        return
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.parent.rglob("*.py")):
        digest.update(path.read_bytes())
    numba.config.CACHE_DIR = str(Path(place) / digest.hexdigest()[:16])  # type: ignore[attr-defined]


keep_apart()
