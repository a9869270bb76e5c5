"""Layout frames in a mapped file, so that any process can show a layout that another one computes.

The file is a header and two buffers. The writer fills the buffer that is not shown and then moves the
sequence number on, so a reader that sees the same number before and after its copy has a whole frame.
Positions travel as uint16 pairs inside the frame's own bounds.
"""

import mmap
import os
import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

MAGIC = b"GKF1"
HEAD = struct.Struct("<4sIQ")  # magic, node count, sequence number
FRAME = struct.Struct("<Iff4fI")  # iteration, progress, spare, bounds, final
HEAD_BYTES = 64
FRAME_BYTES = 64


@dataclass(frozen=True, kw_only=True)
class Frame:
    """`positions_u16` is uint16 (n, 2); 0 and 65535 are the bounds' ends."""

    sequence: int
    iteration: int
    progress: float
    final: bool
    bounds: tuple[float, float, float, float]
    positions_u16: npt.NDArray[np.uint16]


class FrameWriter:
    def __init__(self, path: Path, node_count: int) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._n = node_count
        self._slot = FRAME_BYTES + 4 * node_count
        temporary_path = path.with_name(f".{path.name}-{os.getpid()}")
        with temporary_path.open("wb") as new_file:
            new_file.truncate(HEAD_BYTES + 2 * self._slot)
        with temporary_path.open("r+b") as file:
            self._map = mmap.mmap(file.fileno(), 0)
        HEAD.pack_into(self._map, 0, MAGIC, node_count, 0)
        temporary_path.replace(path)
        self._sequence = 0

    def write(
        self,
        positions: npt.NDArray[np.float32],
        iteration: int,
        progress: float,
        *,
        final: bool = False,
    ) -> None:
        bounds, coordinates = quantize(positions)
        self._sequence += 1
        start = HEAD_BYTES + (self._sequence % 2) * self._slot
        FRAME.pack_into(self._map, start, iteration, progress, 0.0, *bounds, int(final))
        offset = start + FRAME_BYTES
        self._map[offset : offset + coordinates.nbytes] = coordinates.tobytes()
        HEAD.pack_into(self._map, 0, MAGIC, self._n, self._sequence)

    def close(self) -> None:
        self._map.close()


class FrameReader:
    def __init__(self, path: Path) -> None:
        with path.open("rb") as file:
            self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        magic, self.node_count, _ = HEAD.unpack_from(self._map, 0)
        if magic != MAGIC:
            raise ValueError("not a file of frames")
        self._slot = FRAME_BYTES + 4 * self.node_count

    @property
    def sequence(self) -> int:
        return int(HEAD.unpack_from(self._map, 0)[2])

    def latest(self) -> Frame | None:
        for _ in range(5):
            sequence = self.sequence
            if sequence == 0:
                return None
            start = HEAD_BYTES + (sequence % 2) * self._slot
            iteration, progress, _spare, *bounds, final = FRAME.unpack_from(self._map, start)
            offset = start + FRAME_BYTES
            content = self._map[offset : offset + 4 * self.node_count]
            if self.sequence == sequence:
                return Frame(
                    sequence=sequence,
                    iteration=iteration,
                    progress=progress,
                    final=bool(final),
                    bounds=(bounds[0], bounds[1], bounds[2], bounds[3]),
                    positions_u16=np.frombuffer(content, np.uint16).reshape(-1, 2),
                )
        return None

    def close(self) -> None:
        self._map.close()


def latest_positions(path: Path, node_count: int) -> npt.NDArray[np.float32] | None:
    """float32 (n, 2) of the latest frame; None if there is no frame of this many nodes."""
    try:
        reader = FrameReader(path)
    except FileNotFoundError:
        return None
    frame = reader.latest() if reader.node_count == node_count else None
    reader.close()
    if frame is None:
        return None
    x0, y0, x1, y1 = frame.bounds
    step = np.array([x1 - x0, y1 - y0], np.float32) / np.float32(65535)
    return frame.positions_u16 * step + np.array([x0, y0], np.float32)


def quantize(
    positions: npt.NDArray[np.float32],
) -> tuple[tuple[float, float, float, float], npt.NDArray[np.uint16]]:
    """Bounds (x0, y0, x1, y1) and uint16 (n, 2) inside them."""
    coordinates = np.empty(positions.shape, np.uint16)
    if len(positions) == 0:
        return (0.0, 0.0, 1.0, 1.0), coordinates
    ranges = []
    # One coordinate after the other, in float32: 20 times as fast as both together.
    for axis in (0, 1):
        values = positions[:, axis].astype(np.float32)
        low, high = values.min(), values.max()
        values -= low
        values *= np.float32(65535) / max(high - low, np.float32(1e-9))
        values += np.float32(0.5)
        coordinates[:, axis] = values
        ranges.append((float(low), float(high)))
    (x0, x1), (y0, y1) = ranges
    return (x0, y0, x1, y1), coordinates
