"""GKV1: typed arrays behind a small JSON header.

bytes 0-3   GKV1
bytes 4-7   uint32, little endian: length of the header in bytes
header      UTF-8 JSON; its `arrays` name each array's dtype, shape and offset
data        starts at a multiple of 8; so does every array, counted from the start of the data
"""

import json
from collections.abc import Mapping
from typing import Any

import numpy as np

MAGIC = b"GKV1"
DTYPES = ("float32", "uint8", "uint16", "uint32")


def pack(header: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> bytes:
    entries = []
    parts = []
    offset = 0
    for name, array in arrays.items():
        if array.dtype.name not in DTYPES:
            raise TypeError(f"The array '{name}' is {array.dtype}; the page reads {DTYPES}.")
        entries.append(
            {
                "name": name,
                "dtype": array.dtype.name,
                "shape": list(array.shape),
                "offset": offset,
            }
        )
        little_endian = np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<"))
        parts += [
            little_endian.data.cast("B") if little_endian.size else b"",
            bytes(-little_endian.nbytes % 8),
        ]
        offset += little_endian.nbytes + -little_endian.nbytes % 8
    text = json.dumps({"arrays": entries, **header}, ensure_ascii=False, allow_nan=False)
    header_bytes = text.encode()
    start = MAGIC + len(header_bytes).to_bytes(4, "little") + header_bytes
    return b"".join([start, bytes(-len(start) % 8), *parts])


def unpack(packed: bytes) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """The header without `arrays`, and views into `packed`."""
    if packed[:4] != MAGIC:
        raise ValueError("These bytes do not start with GKV1.")
    length = int.from_bytes(packed[4:8], "little")
    header = json.loads(packed[8 : 8 + length])
    start = 8 + length + -(8 + length) % 8
    arrays = {}
    for field in header.pop("arrays"):
        count = int(np.prod(field["shape"], dtype=np.int64))
        dtype = np.dtype(field["dtype"]).newbyteorder("<")
        array = np.frombuffer(packed, dtype, count, start + field["offset"])
        arrays[field["name"]] = array.reshape(field["shape"])
    return header, arrays
