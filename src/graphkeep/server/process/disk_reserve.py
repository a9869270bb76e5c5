"""Room that is held back on the disk, and given up the moment when others have filled it.

A database that cannot write lets nobody sign in, not even to delete. So the supervisor keeps a file of zeros
beside it, gives that up when the disk runs full, and takes it again when there is plenty.
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
        """Cheap: asked several times a second."""
        try:
            free = shutil.disk_usage(self.path.parent).free
            if self.path.exists():
                if free < GIVE_UP_BELOW:
                    self.path.unlink()
                    logger.error("the disk of %s is full: the reserve is used", self.path.parent)
            elif free > TAKE_ABOVE:
                self.take()
        except OSError as error:
            logger.warning("the reserve cannot be looked after: %s", error)

    def take(self) -> None:
        handle = os.open(self.path, os.O_WRONLY | os.O_CREAT, 0o640)
        try:
            os.posix_fallocate(handle, 0, SIZE_BYTES)
        finally:
            os.close(handle)
