"""Arrow texts as bytes and samples, which the rules for numbers and times look at."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

SAMPLE_ROWS = 512


@dataclass(frozen=True, kw_only=True)
class TextBytes:
    """Texts without nulls: uint8 `data`, and int64 (n,) where each text starts and how long it is."""

    data: npt.NDArray[np.uint8]
    starts: npt.NDArray[np.int64]
    lengths: npt.NDArray[np.int64]


def text_bytes(texts: pa.Array) -> TextBytes:
    """The bytes of a string or large_string array that has no nulls; nothing is copied but offsets."""
    is_large = pa.types.is_large_string(texts.type)
    _, offset_buffer, data_buffer = texts.buffers()
    offsets = np.frombuffer(
        offset_buffer,
        np.int64 if is_large else np.int32,
        len(texts) + 1,
        texts.offset * (8 if is_large else 4),
    ).astype(np.int64)
    size = int(offsets[-1])
    data = np.frombuffer(data_buffer, np.uint8, size) if data_buffer is not None else b""
    data = np.asarray(data, np.uint8)[int(offsets[0]) :] if size else np.empty(0, np.uint8)
    offsets -= offsets[0]
    return TextBytes(data=data, starts=offsets[:-1], lengths=np.diff(offsets))


def as_texts(values: pa.Array | pa.ChunkedArray) -> pa.ChunkedArray:
    """The same texts as a chunked array of string or large_string."""
    chunked = values if isinstance(values, pa.ChunkedArray) else pa.chunked_array([values])
    if pa.types.is_string(chunked.type) or pa.types.is_large_string(chunked.type):
        return chunked
    return chunked.cast(pa.string())


def sample_of(texts: pa.ChunkedArray) -> pa.ChunkedArray:
    """Up to 512 texts from all parts of a column, without nulls."""
    count = len(texts)
    if count > SAMPLE_ROWS:
        rows = np.linspace(0, count - 1, SAMPLE_ROWS).astype(np.int64)
        sample = taken(texts, rows).drop_null()
        if len(sample):
            return sample
    return texts.drop_null().slice(0, SAMPLE_ROWS)


def taken(texts: pa.ChunkedArray, rows: npt.NDArray[np.int64]) -> pa.ChunkedArray:
    """The texts of these rows, in ascending order; `ChunkedArray.take` would first join all chunks to one array."""
    ends = np.cumsum([len(chunk) for chunk in texts.chunks])
    numbers = np.searchsorted(ends, rows, side="right")
    parts = []
    for number in np.unique(numbers).tolist():
        chunk = texts.chunk(number)
        parts.append(chunk.take(pa.array(rows[numbers == number] - (ends[number] - len(chunk)))))
    return pa.chunked_array(parts, texts.type)


def shortest_of(texts: pa.ChunkedArray) -> int | None:
    """The bytes of the shortest text, None where there is none; by chunks, so that no column of lengths is made."""
    lengths = (pc.min(pc.binary_length(chunk)).as_py() for chunk in texts.chunks)
    return min((length for length in lengths if length is not None), default=None)


def without(texts: pa.ChunkedArray, words: tuple[str, ...]) -> pa.ChunkedArray:
    """The texts, null where they are one of these words."""
    is_word = pc.is_in(texts, value_set=pa.array(words, texts.type))
    return pc.if_else(is_word, pa.scalar(None, texts.type), texts)


def with_beginnings(texts: pa.Array, words: tuple[str, ...]) -> pa.Array:
    """The texts that are as long as one of these words and begin with the byte that one of them begins with.

    Far quicker than to hash each text; texts with nulls among them are all returned.
    """
    if texts.null_count or not len(texts):
        return texts
    lengths, firsts = beginnings_of(words)
    content = text_bytes(texts)
    is_likely = lengths[np.minimum(content.lengths, len(lengths) - 1)]
    rows = np.flatnonzero(is_likely)
    filled = content.lengths[rows] > 0
    rows = (
        rows[~filled | firsts[content.data[content.starts[rows] * filled]]]
        if len(content.data)
        else rows
    )
    return texts.take(pa.array(rows))


@lru_cache
def beginnings_of(words: tuple[str, ...]) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Which lengths in bytes the words have (the last one: of any longer text, none), and which first bytes."""
    contents = [word.encode() for word in words]
    lengths = np.zeros(max(map(len, contents)) + 2, bool)
    lengths[[len(content) for content in contents]] = True
    firsts = np.zeros(256, bool)
    firsts[[content[0] for content in contents if content]] = True
    return lengths, firsts


def has_blanks(texts: pa.ChunkedArray) -> bool:
    """Whether a blank may stand in a text: any character up to U+0020, or one that is not ASCII."""
    contents = (text_bytes(chunk).data for chunk in texts.chunks if len(chunk))
    return any(
        len(data) > 0 and (int(data.min()) <= ord(" ") or int(data.max()) >= 128)
        for data in contents
    )


def trimmed(texts: pa.ChunkedArray) -> pa.ChunkedArray:
    """The texts without blanks around them, null where only blanks were."""
    texts = pc.utf8_trim_whitespace(texts)
    return pc.if_else(pc.equal(pc.binary_length(texts), 0), pa.scalar(None, texts.type), texts)
