"""Pipes between a producer and a consumer of a stream that propagate the exceptions of both."""

import io
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO


class PipeReader(io.RawIOBase):
    """The read end of a pipe that `thread` writes to. At the end of the stream, raises the thread's exception if it failed."""

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
    """A stream of what `produce` writes in a thread; if that fails, reading raises instead of returning the end.

    Raises:
        Exception: the exception of `produce`, even if the reader did not reach the end of the stream. If the
            reader failed first and `produce` got a broken pipe from that, the reader's exception is raised.
    """
    read_end, write_end = os.pipe()
    failures: list[BaseException] = []

    def run() -> None:
        try:
            with os.fdopen(write_end, "wb") as sink:
                produce(sink)
        except BaseException as error:  # noqa: BLE001  # raised again in the reading thread
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
    """Run producer and consumer concurrently, connected by a pipe; the producer's exception takes precedence."""
    with piped_output(produce) as source:
        consume(source)
