"""Connect a function that writes a stream with one that reads it, without losing either's failure."""

import io
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO


class PipeReader(io.RawIOBase):
    """What a thread writes into a pipe. The end of the stream is the end of `thread`, or its failure."""

    def __init__(self, pipe: IO[bytes], thread: threading.Thread, failures: list[BaseException]) -> None:  # fmt: skip
        super().__init__()
        self.pipe = pipe
        self.thread = thread
        self.failures = failures
        self.has_failed = False

    def read(self, size: int = -1) -> bytes:
        block = self.pipe.read(size)
        if not block and size != 0:
            self.thread.join()
            if self.failures:
                self.has_failed = True
                raise self.failures[0]
        return block


@contextmanager
def piped_output(produce: Callable[[IO[bytes]], object]) -> Iterator[IO[bytes]]:
    """A stream of what `produce` writes in a thread; where that fails, the stream fails instead of ending.

    Raises:
        Exception: whatever `produce` raised, even where the reader did not notice it. Only a broken pipe
            that follows from a reader that stopped gives way to the reader's own error.
    """
    read_end, write_end = os.pipe()
    failures: list[BaseException] = []

    def run() -> None:
        try:
            with os.fdopen(write_end, "wb") as sink:
                produce(sink)
        except BaseException as error:  # noqa: BLE001  # raised again by the thread that reads
            failures.append(error)

    thread = threading.Thread(target=run)
    reader = os.fdopen(read_end, "rb")
    source = PipeReader(reader, thread, failures)
    thread.start()
    try:
        with reader:
            yield source  # type: ignore[misc]
    except Exception as error:
        thread.join()
        if failures and failures[0] is not error:
            is_consequence = isinstance(failures[0], BrokenPipeError) and not source.has_failed
            if not is_consequence:
                raise failures[0] from error
        raise
    finally:
        thread.join()
    if failures:
        raise failures[0]


def pipe(produce: Callable[[IO[bytes]], object], consume: Callable[[IO[bytes]], object]) -> None:
    """Run both at once with a pipe between them; the producer's failure comes before the consumer's."""
    with piped_output(produce) as source:
        consume(source)
