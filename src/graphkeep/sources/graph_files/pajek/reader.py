"""Pajek networks and projects: vertices, arcs, edges, lists, matrices, partitions and vectors.

http://mrvar.fdv.uni-lj.si/pajek/pajekman.pdf
"""

import re
from collections.abc import Iterator
from typing import BinaryIO

from graphkeep.graph.errors import UnreadableFileError
from graphkeep.graph.repair_count import RepairLog
from graphkeep.sources.file_format import FileFormat, ReadOptions, ReadResult
from graphkeep.sources.graph_files.builder import merged
from graphkeep.sources.graph_files.pajek.network import PajekNetwork
from graphkeep.sources.graph_files.text_lines import decoded_head, text_lines

WORD = re.compile(r'"([^"]*)"|(\S+)')
SIGNATURE = re.compile(r"\A(?:\s++|%[^\n]*\n)*+\*(?:vertices\s+\d+|network\b)", re.IGNORECASE)
RELATION = re.compile(r'\*\w+\s*:?\s*(\d+)?\s*(?:"([^"]*)"|(\S.*))?')


def words_of(line: str) -> list[str]:
    return [match[1] if match[1] is not None else match[2] for match in WORD.finditer(line)]


class PajekReader:
    def __init__(self, log: RepairLog) -> None:
        self.log = log
        self.networks: list[PajekNetwork] = []
        self.name = ""
        self.section = ""
        self.title = ""
        self.relation = ""
        self.row = 0

    def read(self, lines: Iterator[tuple[int, str]]) -> ReadResult:
        for number, line in lines:
            text = line.strip()
            if not text or text.startswith("%"):
                continue
            if text.startswith("*"):
                self.start_section(text, number)
            else:
                self.read_line(text, number)
        return merged([network.finished() for network in self.networks], self.log)

    def start_section(self, text: str, line: int) -> None:
        self.section = text.split(maxsplit=1)[0].lower().rstrip(":").split(":")[0]
        rest = text[len(self.section) :].strip()
        self.row = 0
        if self.section == "*network":
            self.name = rest
        elif self.section == "*vertices":
            counts = [int(word) for word in rest.split() if word.isdigit()]
            is_second = len(self.networks) > 0
            if self.is_vector_or_partition():
                return
            name = self.name if is_second or self.name else ""
            self.networks.append(PajekNetwork(name, counts, self.log, line))
        elif self.section in {"*arcs", "*edges", "*arcslist", "*edgeslist", "*matrix"}:
            match = RELATION.match(text)
            self.relation = (match[2] or match[3] or match[1] or "") if match else ""
        elif self.section in {"*partition", "*vector", "*permutation"}:
            self.title = f"{self.section[1:]} {rest}".strip()

    def is_vector_or_partition(self) -> bool:
        """Whether `*Vertices` begins the values of a partition or vector, not a network."""
        return bool(self.title)

    def read_line(self, text: str, line: int) -> None:
        if not self.networks:
            self.log.add(
                "line-ignored",
                "Lines before '*Vertices' are left out: {count}.",
                line=line,
                before=text,
            )
            return
        network = self.networks[-1]
        if self.title:
            self.row += 1
            network.add_value(self.title, self.row, text, line)
        elif self.section == "*vertices":
            network.add_vertex(words_of(text), line)
        elif self.section in {"*arcs", "*edges"}:
            directed = self.section == "*arcs"
            network.add_edge(words_of(text), self.relation, line, directed=directed)
        elif self.section in {"*arcslist", "*edgeslist"}:
            directed = self.section == "*arcslist"
            network.add_list(words_of(text), self.relation, line, directed=directed)
        elif self.section == "*matrix":
            self.row += 1
            network.add_matrix_row(self.row, words_of(text), self.relation, line)
        else:
            self.log.add(
                "line-ignored",
                "Lines of sections that are not known are left out: {count}.",
                line=line,
                before=f"{self.section}: {text}",
            )


def read(stream: BinaryIO, options: ReadOptions) -> ReadResult:
    log = RepairLog()
    reader = PajekReader(log)
    result = reader.read(text_lines(stream, options, log))
    if not reader.networks:
        raise UnreadableFileError("This Pajek file has no '*Vertices': it holds no network.")
    return result


def recognize(head: bytes, name: str) -> float:
    return 0.97 if SIGNATURE.match(decoded_head(head)) else 0.0


PAJEK = FileFormat(
    name="pajek",
    media_type="text/x-pajek",
    suffixes=(".net", ".paj", ".pajek"),
    read=read,
    recognize=recognize,
)
