"""Reading untrusted files in a separate, single-use process with limits and without network.

A 440-byte Parquet file can claim 2 GB of memory; neither its size nor its footer tells, so only the
limit protects. A process waits, already started, for the next upload.
"""

import contextlib
import json
import os
import select
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graphkeep.graph.errors import (
    DiskFullError,
    LimitExceededError,
    UnavailableError,
    UnreadableFileError,
)
from graphkeep.graph.repairs import Repair

SPARE_ADDRESS_SPACE = 256 << 20  # what the interpreter and its libraries map before any parsing


@dataclass(frozen=True, kw_only=True)
class ParsedTable:
    name: str
    path: Path
    num_rows: int
    num_cols: int
    dtypes: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class ParsedUpload:
    tables: tuple[ParsedTable, ...]
    repairs: tuple[Repair, ...]


class Jail:
    def __init__(
        self,
        *,
        memory_bytes: int,
        timeout_s: float,
        allow_unjailed: bool = False,
        stays_warm: bool = True,
    ) -> None:
        self.memory_bytes = memory_bytes
        self.timeout_s = timeout_s
        self.allow_unjailed = allow_unjailed
        self.stays_warm = stays_warm
        self._lock = threading.Lock()
        self._waiting: subprocess.Popen[str] | None = None

    def warm(self) -> None:
        """Have a process ready for the next upload."""
        with self._lock:
            if self._waiting is None or self._waiting.poll() is not None:
                self._waiting = self._start()

    def close(self) -> None:
        with self._lock:
            if self._waiting is not None:
                end(self._waiting)
                self._waiting = None

    def parse(
        self,
        source: Path,
        *,
        file_format: str,
        compression: str = "",
        parser_options: Mapping[str, Any] | None = None,
        into: Path,
    ) -> ParsedUpload:
        """The tables of a file as plain Arrow files in `into`, and what had to be mended.

        Raises:
            UnreadableFileError: the bytes do not read as this format.
            LimitExceededError: reading needs more memory or time than allowed.
            UnavailableError: nothing here can confine the parser.
        """
        with self._lock:
            process, self._waiting = self._waiting, None
        if process is None or process.poll() is not None:
            process = self._start()
        request = {
            "source": str(source),
            "file_format": file_format,
            "compression": compression,
            "parser_options": dict(parser_options or {}),
            "into": str(into),
            "memory_bytes": self.memory_bytes + SPARE_ADDRESS_SPACE,
            "timeout_s": self.timeout_s,
            "allow_unjailed": self.allow_unjailed,
        }
        try:
            answer = self._ask(process, request)
        finally:
            end(process)
            if self.stays_warm:
                threading.Thread(target=self.warm, daemon=True).start()
        return self._read(answer, into)

    def _start(self) -> subprocess.Popen[str]:
        # The numeric libraries' thread pools and arenas would eat the address space.
        env = {
            "PATH": os.environ.get("PATH", ""),
            "ARROW_DEFAULT_MEMORY_POOL": "system",
            "OMP_NUM_THREADS": "1",
            "MALLOC_ARENA_MAX": "1",
            "PYTHONPATH": os.pathsep.join(sys.path),
        }
        return subprocess.Popen(
            [sys.executable, "-m", "graphkeep.sources.jail_child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=env,
            cwd="/",
            start_new_session=True,
        )

    def _ask(self, process: subprocess.Popen[str], request: dict[str, Any]) -> dict[str, Any]:
        if process.stdin is None or process.stdout is None:
            raise UnavailableError("The parsing process has no pipes.")
        deadline = time.monotonic() + self.timeout_s + 10
        with contextlib.suppress(BrokenPipeError):
            process.stdin.write(json.dumps(request) + "\n")
            process.stdin.flush()
        for expected in ("ready", "answer"):
            left = deadline - time.monotonic()
            ready, _, _ = select.select([process.stdout], [], [], max(0.0, left))
            if not ready:
                raise LimitExceededError(
                    f"Reading this file takes longer than {self.timeout_s:.0f} s. Ask the "
                    "administrator to raise GRAPHKEEP_IMPORT_TIMEOUT, or upload less."
                )
            line = process.stdout.readline()
            if not line:
                raise self._too_much()
            answer: dict[str, Any] = json.loads(line)
            if expected == "answer" or "ready" not in answer:
                return answer
        return {}

    def _too_much(self) -> LimitExceededError:
        return LimitExceededError(
            f"Reading this file needs more than the import memory of "
            f"{self.memory_bytes / (1 << 30):.1f} GiB. Ask the administrator to raise "
            "GRAPHKEEP_IMPORT_MEMORY, or upload less."
        )

    def _read(self, answer: dict[str, Any], into: Path) -> ParsedUpload:
        if answer.get("unjailed"):
            raise UnavailableError(
                "Uploads are refused: neither seccomp nor Landlock works here, so nothing can confine "
                "the parser. An administrator can allow it with GRAPHKEEP_ALLOW_UNJAILED=1."
            )
        error = answer.get("error")
        if error == "out of memory":
            raise self._too_much()
        if error == "disk full":
            raise DiskFullError(
                "The server's disk is too full to read this file. Ask the administrator to make room."
            )
        if error is not None:
            raise UnreadableFileError(error)
        return ParsedUpload(
            tables=tuple(
                ParsedTable(
                    name=one["name"],
                    path=into / one["path"],
                    num_rows=one["num_rows"],
                    num_cols=one["num_cols"],
                    dtypes=one["dtypes"],
                )
                for one in answer["tables"]
            ),
            repairs=tuple(Repair(**one) for one in answer["repairs"]),
        )


def end(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with contextlib.suppress(BrokenPipeError):
                pipe.close()
