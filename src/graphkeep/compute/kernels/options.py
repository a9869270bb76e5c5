"""What all kernels share."""

from typing import Any

LEAF = 16  # points in a leaf of the tree
FAN_OUT = 4
NEAR_CAP = 192  # the longest near list of a leaf
OPTIONS: dict[str, Any] = {"cache": True, "fastmath": True, "nogil": True}
