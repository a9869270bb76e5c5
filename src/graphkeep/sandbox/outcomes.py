"""How a request in a sandbox ends without a result: a resource is exhausted, or the code is forbidden."""

import errno
from typing import Literal

FORBIDDEN = 97  # the exit status of a process that was about to run code of a request's sender
DISK_FULL = 98  # of a process whose answer did not fit on the disk
Resource = Literal["memory", "result", "disk"]
RESOURCES: dict[int, Resource] = {
    errno.ENOMEM: "memory",
    errno.EFBIG: "result",  # RLIMIT_FSIZE
    errno.ENOSPC: "disk",
    errno.EDQUOT: "disk",
}


def resource_of(error: MemoryError | OSError) -> Resource | None:
    """The resource that this error is about, if it is about one. Arrow raises both classes."""
    if isinstance(error, MemoryError):
        return "memory"
    return RESOURCES.get(error.errno or 0)
