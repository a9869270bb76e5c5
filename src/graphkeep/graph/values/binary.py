"""Bytes as people write them: UUIDs, addresses, text, or hexadecimal digits."""

import ipaddress
import re

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from graphkeep.graph.repairs import MAX_LINES, Repair

MIN_TEXT_SHARE = 0.9
HEX_PAIRS = np.frombuffer(bytes(range(256)).hex().encode(), np.uint8).reshape(256, 2)
UUID_POSITIONS = np.array([at for at in range(36) if at not in {8, 13, 18, 23}])
MIXED_ENDIAN = np.array([3, 2, 1, 0, 5, 4, 7, 6, *range(8, 16)])
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
Bytes = npt.NDArray[np.uint8]


def uuid_texts(values: pa.ChunkedArray) -> pa.ChunkedArray:
    """8-4-4-4-12 texts of 16-byte binaries in network order."""
    return pa.chunked_array(
        [uuid_array(chunk, np.arange(16)) for chunk in values.chunks], pa.string()
    )


def uuid_array(values: pa.Array, order: npt.NDArray[np.integer]) -> pa.Array:
    return array_of(dashed(matrix_of(values, 16)[:, order]), values)


def dashed(matrix: Bytes) -> Bytes:
    texts = np.full((len(matrix), 36), ord("-"), np.uint8)
    texts[:, UUID_POSITIONS] = HEX_PAIRS[matrix].reshape(len(matrix), 32)
    return texts


def matrix_of(values: pa.Array, width: int) -> Bytes:
    """uint8 (n, width) of binaries of one width; nulls are zeros."""
    filled = pc.fill_null(values.cast(pa.binary()), bytes(width))
    _, offsets, data = filled.buffers()
    start = np.frombuffer(offsets, np.int32, 1, filled.offset * 4)[0] if len(filled) else 0
    content = np.frombuffer(data or b"", np.uint8)[start : start + len(filled) * width]
    return content.reshape(len(filled), width)


def array_of(texts: Bytes, values: pa.Array) -> pa.Array:
    """Texts of one width as a string array, null where `values` are."""
    width = texts.shape[1]
    offsets = np.arange(len(texts) + 1, dtype=np.int32) * width
    array = pa.StringArray.from_buffers(
        len(texts), pa.py_buffer(offsets), pa.py_buffer(np.ascontiguousarray(texts))
    )
    return pc.if_else(pc.is_valid(values), array, pa.scalar(None, pa.string()))


def binary_texts(name: str, values: pa.ChunkedArray, repairs: list[Repair]) -> pa.ChunkedArray:
    """Binaries by what they mean: UUIDs and addresses by their bits and the column's name, text, else hex."""
    values = values.cast(pa.binary())
    lengths = pc.unique(pc.binary_length(values)).drop_null().to_pylist()
    meaning = None
    if lengths == [16]:
        meaning = sixteen_bytes(name, values)
    elif lengths == [4] and has_word(name, "ip", "ipv4", "addr", "address"):
        meaning = pa.array(
            [item and str(ipaddress.IPv4Address(item)) for item in values.to_pylist()]
        )
    elif lengths == [6] and has_word(name, "mac", "bssid"):
        meaning = pa.array([item and item.hex(":") for item in values.to_pylist()])
    if meaning is not None:
        return meaning if isinstance(meaning, pa.ChunkedArray) else pa.chunked_array([meaning])
    return decoded(name, values, repairs)


def sixteen_bytes(name: str, values: pa.ChunkedArray) -> pa.ChunkedArray | pa.Array | None:
    matrix = np.concatenate([matrix_of(chunk.drop_null(), 16) for chunk in values.chunks])
    order = np.arange(16)
    is_variant = bool(((matrix[:, 8] & 0xC0) == 0x80).all())
    if is_variant and has_version(matrix[:, 6]):
        pass
    elif has_word(name, "guid", "objectguid") or (is_variant and has_version(matrix[:, 7])):
        order = MIXED_ENDIAN
    elif has_word(name, "ip", "ipv6", "addr", "address"):
        return pa.array([item and str(ipaddress.IPv6Address(item)) for item in values.to_pylist()])
    elif not has_word(name, "uuid"):
        return None
    return pa.chunked_array([uuid_array(chunk, order) for chunk in values.chunks], pa.string())


def has_version(column: Bytes) -> bool:
    return bool(((column >> 4 >= 1) & (column >> 4 <= 8)).all())


def has_word(name: str, *words: str) -> bool:
    parts = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+\d?|\d+", name)
    return bool({part.lower() for part in (*parts, name)} & set(words))


def decoded(name: str, values: pa.ChunkedArray, repairs: list[Repair]) -> pa.ChunkedArray:
    r"""UTF-8 text where nearly all values are that, with `\xff` for a byte that is not; else hex for all."""
    contents = values.to_pylist()
    texts = [
        None if item is None else item.decode("utf-8", "backslashreplace") for item in contents
    ]
    wrong = [
        row
        for row, (text, item) in enumerate(zip(texts, contents, strict=True))
        if text is not None and (text.encode() != item or CONTROL.search(text))
    ]
    count = len(contents) - values.null_count
    if len(wrong) > (1 - MIN_TEXT_SHARE) * count:
        texts = [None if item is None else item.hex() for item in contents]
        repairs.append(
            Repair(
                code="bytes-as-hex",
                message=f"'{name}' holds bytes that are no text; they are shown as hexadecimal digits.",
                column=name,
                count=count,
                after=next(text for text in texts if text is not None),
            )
        )
    elif wrong:
        repairs.append(
            Repair(
                code="not-utf8",
                message=f"{len(wrong)} values of '{name}' are not UTF-8 text; bytes that are not are shown as \\xff.",
                column=name,
                count=len(wrong),
                lines=tuple(row + 1 for row in wrong[:MAX_LINES]),
                after=texts[wrong[0]] or "",
            )
        )
    return pa.chunked_array([pa.array(texts, pa.string())])
