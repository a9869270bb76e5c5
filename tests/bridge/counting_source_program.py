"""A program: the counting source in another namespace; each query that comes is a line of LOG, so is each that is cut."""

import sys
import threading

from tests.bridge.counting_source import CountingSource


class Lines(dict):
    """Counts as before, and writes each line at once."""

    def __init__(self, path, word):
        super().__init__()
        self.path, self.word = path, word
        self.lock = threading.Lock()

    def __missing__(self, key):
        return 0

    def __setitem__(self, key, value):
        super().__setitem__(key, value)
        with self.lock, open(self.path, "a") as log:  # noqa: PTH123
            log.write(f"{self.word} {key}\n")


if __name__ == "__main__":
    source = CountingSource((sys.argv[1], int(sys.argv[2])))
    source.asked, source.cancelled = Lines(sys.argv[3], "asked"), Lines(sys.argv[3], "cancelled")
    source.thread.join()
