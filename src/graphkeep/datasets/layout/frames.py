"""Frames of a layout: positions that pages show while a job computes them."""

import time
from collections.abc import Callable
from typing import Self

from graphkeep.compute.positions import Positions
from graphkeep.datasets.dataset_files import DatasetFiles
from graphkeep.datasets.layout.viewer_presence import ViewerPresence
from graphkeep.jobs.registry import JobContext
from graphkeep.store.frames import FrameWriter

FRAME_S = 0.1
UNWATCHED_S = 1.0  # between two frames without a viewer: a page that opens then shows one at once
MAX_BYTES_PER_S = 8_000_000


class FramePublisher:
    """Publishes the positions of one graph to every page that shows it, whichever process serves it."""

    def __init__(
        self,
        context: JobContext,
        files: DatasetFiles,
        node_count: int,
        *,
        share: Callable[[float], float] = float,
    ) -> None:
        """`share` turns the progress of the layout, 0 to 1, into that of the whole job."""
        self.context, self.files, self.share = context, files, share
        self.count = 0
        self.presence = ViewerPresence(files)
        self._writer = FrameWriter(files.frames(), node_count)
        self._next_frame = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._writer.close()

    def publish(self, positions: Positions, progress: float) -> None:
        """Report progress; write positions float32 (n, 2) as a frame, unless one was written just now."""
        share = self.share(progress)
        self.context.should_stop(progress=share, message="Laying out")
        now = time.monotonic()
        if now < self._next_frame:
            return
        self._write(positions, share)
        interval = UNWATCHED_S if self.presence.is_gone() else frame_interval_s(len(positions))
        self._next_frame = now + interval

    def announce(self, positions: Positions) -> None:
        """Write a first frame of the current positions, which tells pages that work is under way."""
        self._write(positions, 0.0)

    def end(self, positions: Positions, *, is_final: bool = True) -> None:
        """Write the last frame of this run."""
        self._write(positions, 1.0, is_final=is_final)

    def _write(self, positions: Positions, progress: float, *, is_final: bool = False) -> None:
        self.count += 1
        self._writer.write(positions, self.count, progress, final=is_final)


def write_still_frame(files: DatasetFiles, positions: Positions | None) -> None:
    """Write the frame that pages show until a layout's first one; without positions, delete the former frames."""
    files.frames().unlink(missing_ok=True)
    if positions is not None:
        writer = FrameWriter(files.frames(), len(positions))
        writer.write(positions, 0, 0.0)
        writer.close()


def frame_interval_s(node_count: int) -> float:
    """Seconds between two frames, so that writing them takes little of the work."""
    return max(FRAME_S, 4 * node_count / MAX_BYTES_PER_S)
