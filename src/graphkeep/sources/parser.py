"""Untrusted files, each parsed in a single-use sandbox process with limits and without network.

A 440-byte Parquet file can claim 2 GB of memory; neither its size nor its footer shows it, so only the limit
protects.
"""

import tempfile
from collections.abc import Mapping, Sequence
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import IO, Any

from graphkeep.graph.errors import DiskFullError, UnavailableError, UnreadableFileError
from graphkeep.sandbox.isolation import IsolationReport
from graphkeep.sandbox.limits import Limits
from graphkeep.sandbox.pool import SandboxPool
from graphkeep.sources.answer import ParsedUpload, checked_answer
from graphkeep.sources.registry import FORMATS

BLOCK_BYTES = 1 << 20
OVERHEAD_BYTES = 256 << 20  # what the interpreter and its libraries map before any parsing
MAX_ANSWER_BYTES = 256 << 20  # a wide table has a name and a type for each column


class FileParser:
    """`allows_unconfined`: parse even where neither seccomp nor Landlock is active.

    `scratch` is a folder for files without names; `warm_count` processes wait for the next files, 0: none.
    """

    def __init__(
        self,
        *,
        memory_bytes: int,
        timeout_s: float,
        scratch: Path,
        allows_unconfined: bool = False,
        warm_count: int = 1,
    ) -> None:
        self.allows_unconfined = allows_unconfined
        self.pool = SandboxPool(
            "graphkeep.sources.sandbox_entry",
            scratch=scratch,
            limits=Limits(
                memory_bytes=memory_bytes,
                seconds=timeout_s,
                result_bytes=memory_bytes * 2,
                answer_bytes=MAX_ANSWER_BYTES,
                overhead_bytes=OVERHEAD_BYTES,
                maps_inputs=False,
                subject="Reading this file",
                remedy="Upload less",
                memory_setting="GRAPHKEEP_IMPORT_MEMORY",
                time_setting="GRAPHKEEP_IMPORT_TIMEOUT",
            ),
            max_processes=None,
            warm_count=warm_count,
        )

    def warm(self) -> None:
        """Start a process for the next file."""
        self.pool.warm()

    def close(self) -> None:
        self.pool.close()

    def parse(
        self,
        source: Path,
        *,
        file_format: str,
        compression: str = "",
        parser_options: Mapping[str, Any] | None = None,
        name: str = "",
        into: Path,
    ) -> ParsedUpload:
        """The tables of a file as plain Arrow files in the folder `into`, and what was repaired.

        Raises:
            UnreadableFileError: the bytes do not read as this format.
            LimitExceededError: reading needs more memory or time than allowed.
            DiskFullError: the tables do not fit on the disk.
            UnavailableError: nothing on this machine can confine the parser.
        """
        request = {
            "file_format": file_format,
            "compression": compression,
            "parser_options": dict(parser_options or {}),
            "name": name,
        }
        output_path = table_path(into, 0)
        try:
            with output_path.open("w+b") as output, tempfile.TemporaryFile(dir=into) as spool:
                result = self.pool.run(
                    request, [source], require=self._require, outputs=[output, spool]
                )
            self._raise_error(result.answer)
            return read_answer(result.answer, into)
        except BaseException:
            output_path.unlink(missing_ok=True)
            raise

    def _require(self, report: IsolationReport) -> None:
        if not (report.seccomp or report.landlock or self.allows_unconfined):
            raise UnavailableError(
                "Uploads are refused: neither seccomp nor Landlock works on this server, so nothing can "
                "confine the parser. An administrator can allow it with GRAPHKEEP_ALLOW_UNSANDBOXED=1."
            )

    def _raise_error(self, answer: Mapping[str, Any]) -> None:
        exhausted = answer.get("exhausted")
        if exhausted == "disk":
            raise DiskFullError(
                "The server's disk is too full to read this file. Ask the administrator to free disk space."
            )
        if exhausted is not None:
            raise self.pool.limits.too_much_memory()
        if "error" in answer:
            raise UnreadableFileError(str(answer["error"]))


def read_answer(answer: Mapping[str, Any], into: Path) -> ParsedUpload:
    """The tables as files of their own; the answer comes from a process that an attacker may control.

    Raises:
        UnreadableFileError: it is not an answer of `sources.sandbox_entry`.
    """
    formats = [file_format.name for file_format in FORMATS]
    size_bytes = table_path(into, 0).stat().st_size
    parsed, section_ends = checked_answer(answer, partial(table_path, into), formats, size_bytes)
    split_sections(into, section_ends)
    return parsed


def table_path(folder: Path, number: int) -> Path:
    return folder / f"{number}.arrow"


def split_sections(folder: Path, ends: Sequence[int]) -> None:
    """Make one Arrow file of each section of the first; a spreadsheet has a section for each sheet."""
    if not ends:
        table_path(folder, 0).unlink()
    if len(ends) < 2:
        return
    with table_path(folder, 0).open("r+b") as sections:
        for number, (start, end) in enumerate(pairwise(ends), start=1):
            sections.seek(start)
            with table_path(folder, number).open("wb") as target:
                copy_bytes(sections, target, end - start)
        sections.truncate(ends[0])


def copy_bytes(source: IO[bytes], target: IO[bytes], size: int) -> None:
    while size > 0 and (block := source.read(min(size, BLOCK_BYTES))):
        target.write(block)
        size -= len(block)
