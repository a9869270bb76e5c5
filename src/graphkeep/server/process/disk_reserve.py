"""Disk reserve: space that is allocated in advance and released when the disk is full.

A database that cannot write accepts no sign-in, not even to delete data. So the supervisor preallocates a file
beside it, deletes the file when the disk runs full, and creates it again when there is enough free space.
"""

import logging
import os
import shutil
from pathlib import Path

logger = logging.getLogger(__name__)
SIZE_BYTES = 32 << 20
GIVE_UP_BELOW = 12 << 20
TAKE_ABOVE = 6 * SIZE_BYTES


class DiskReserve:
    def __init__(self, path: Path) -> None:
        self.path = path

    def look(self) -> None:
        """Release or allocate the reserve by the free space; cheap enough for several calls a second."""
        try:
            free = shutil.disk_usage(self.path.parent).free
            if self.path.exists():
                if free < GIVE_UP_BELOW:
                    self.path.unlink()
                    logger.error(
                        "the disk of %s is full: the disk reserve is released", self.path.parent
                    )
            elif free > TAKE_ABOVE:
                self.take()
        except OSError as error:
            logger.warning("the disk reserve cannot be checked: %s", error)

    def take(self) -> None:
        descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT, 0o640)
        try:
            os.posix_fallocate(descriptor, 0, SIZE_BYTES)
        finally:
            os.close(descriptor)
