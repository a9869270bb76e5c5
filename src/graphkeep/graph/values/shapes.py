"""Texts by their shape, which is the text with 0 for every digit: a few shapes stand for millions of times."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from graphkeep.graph.values.texts import TextBytes, text_bytes

MAX_SHAPES = 2000
ZERO_DIGITS = np.arange(256, dtype=np.uint8)
ZERO_DIGITS[np.frombuffer(b"123456789", np.uint8)] = ord("0")
Rows = npt.NDArray[np.intp] | slice


@dataclass(frozen=True, kw_only=True)
class Shape:
    """A shape, and which rows have it."""

    text: str
    rows: Rows


@dataclass(frozen=True, kw_only=True)
class ShapedTexts:
    """Texts without nulls, and the codes of their shapes."""

    content: TextBytes
    shapes: list[str]
    codes: npt.NDArray[np.int32]

    def __iter__(self) -> Iterator[Shape]:
        if len(self.shapes) == 1:
            yield Shape(text=self.shapes[0], rows=slice(None))
            return
        order = np.argsort(self.codes, kind="stable")
        ends = np.cumsum(np.bincount(self.codes, minlength=len(self.shapes)))
        for text, start, end in zip(self.shapes, np.append(0, ends[:-1]), ends, strict=True):
            yield Shape(text=text, rows=order[start:end])

    def digits(self, shape: Shape, start: int, end: int) -> npt.NDArray[np.int64]:
        """The whole number that the characters from `start` to `end` of these rows write."""
        offset = len(shape.text[:start].encode())
        starts = self.content.starts[shape.rows] + offset
        number = np.zeros(len(starts), np.int64)
        for position in range(end - start):
            number *= 10
            number += self.content.data[starts + position]
        return number - 48 * ((10 ** (end - start) - 1) // 9)


def shaped(texts: pa.Array) -> ShapedTexts | None:
    """The shapes of texts without nulls; None if they are more than 2,000."""
    content = text_bytes(texts)
    offsets = np.append(content.starts, len(content.data)).astype(np.int64)
    masked = pa.LargeStringArray.from_buffers(
        len(texts), pa.py_buffer(offsets), pa.py_buffer(np.take(ZERO_DIGITS, content.data))
    )
    encoded = masked.dictionary_encode()
    if len(encoded.dictionary) > MAX_SHAPES:
        return None
    codes = np.asarray(encoded.indices)
    return ShapedTexts(content=content, shapes=encoded.dictionary.to_pylist(), codes=codes)
