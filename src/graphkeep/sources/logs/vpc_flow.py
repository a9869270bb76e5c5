"""Flow logs of AWS VPC and Transit Gateway: fields between blanks, with the line of names or without.

Source: https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html
"""

import re
from typing import BinaryIO

import pyarrow as pa
import pyarrow.compute as pc

from graphkeep.graph.errors import UnreadableFileError
from graphkeep.graph.repairs import MAX_LINES, Repair
from graphkeep.sources.file_format import FileFormat, NamedTable, ReadOptions, ReadResult
from graphkeep.sources.logs.log_table import Flow, flow_interpretations, head_lines, share_of
from graphkeep.sources.logs.separated import ragged_repair, read_cells

DEFAULT_FIELDS = (
    "version", "account-id", "interface-id", "srcaddr", "dstaddr", "srcport", "dstport", "protocol", "packets",
    "bytes", "start", "end", "action", "log-status",
)  # fmt: skip
NUMBERS = {
    "version", "srcport", "dstport", "protocol", "packets", "bytes", "tcp-flags", "traffic-path",
    "packets-lost-no-route", "packets-lost-blackhole", "packets-lost-mtu-exceeded", "packets-lost-ttl-expired",
}  # fmt: skip
TIMES = {"start", "end"}
DEFAULT_LINE = re.compile(
    r"\d+ (?:\d{12}|unknown|-) (?:eni-[0-9a-f]+|-) \S+ \S+ (?:\d+|-) (?:\d+|-) (?:\d+|-) (?:\d+|-) (?:\d+|-) (?:\d{10}|-) (?:\d{10}|-) \S+ (?:OK|NODATA|SKIPDATA|-)(?: .*)?$"
)  # fmt: skip
STAMPED = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z "
)  # CloudWatch prefixes its own time
FLOWS = (
    Flow(
        source="srcaddr", destination="dstaddr", weights=("bytes", "packets"), labels=("action", "protocol"),
        reason="Each record is traffic from srcaddr to dstaddr.",
    ),
    Flow(
        source="pkt-srcaddr", destination="pkt-dstaddr", weights=("bytes", "packets"), labels=("action",), score=2.3,
        reason="Each record is traffic between the addresses of the original packets.",
    ),
)  # fmt: skip


def is_header(line: str) -> bool:
    names = line.lower().replace("_", "-").split()
    return len(names) >= 2 and {"srcaddr", "dstaddr"} <= set(names) and not any(c in line for c in ",;\t=")  # fmt: skip


def read(stream: BinaryIO, options: ReadOptions) -> ReadResult:
    """Records with numbers and times; `-` is no value. Records without data stay rows.

    Raises:
        UnreadableFileError: the first line is neither names nor a record.
    """
    repairs: list[Repair] = []
    content = stream.read().removeprefix(b"\xef\xbb\xbf")
    lines = [line.strip() for line in content.split(b"\n")]
    first = next((line.decode("utf-8", errors="replace") for line in lines if line), "")
    names = list(DEFAULT_FIELDS)
    stamps: list[str] | None = None
    if is_header(first):
        names = [name.replace("_", "-") for name in first.split()]
        header = first.encode()
        repeated = [number for number, line in enumerate(lines, start=1) if line == header][1:]
        lines = [b"" if line == header else line for line in lines]
        if repeated:
            repairs.append(repeated_repair(repeated, first))
    elif STAMPED.match(first):
        stamps = [line.decode("ascii", "replace").split(" ", 1)[0] for line in lines if line]
        lines = [line.split(b" ", 1)[-1] for line in lines]
    elif not re.match(r"\d+ \S+ \S+ \S+ \S+ ", first):
        raise UnreadableFileError(
            "This is no flow log: its first line has neither names nor fields."
        )
    else:
        repairs.append(
            Repair(
                code="names-assumed",
                message="The log has no line of names; its fields are read as those of the default format, version 2.",
                before=first,
            )
        )
    cells = read_cells(b"\n".join(lines), names, " ")
    if cells.ragged:
        repairs.append(ragged_repair(cells, 2 if is_header(first) else 1))
    columns = {name: typed_column(name, cells.table[name]) for name in cells.table.column_names}
    if stamps is not None:
        columns["timestamp"] = pc.cast(pa.chunked_array([pa.array(stamps)]), pa.timestamp("ms", tz="UTC"))  # fmt: skip
    table = pa.table(columns)
    return ReadResult(
        tables=(NamedTable(name="flows", table=table),),
        repairs=tuple(repairs),
        interpretations=flow_interpretations(table, FLOWS, "VPC flow log"),
    )


def repeated_repair(lines: list[int], header: str) -> Repair:
    return Repair(
        code="header-repeated",
        message=f"{len(lines)} lines repeat the names; they are left out.",
        count=len(lines),
        lines=tuple(lines[:MAX_LINES]),
        before=header,
    )


def typed_column(name: str, texts: pa.ChunkedArray) -> pa.ChunkedArray:
    texts = pc.if_else(pc.is_in(texts, value_set=pa.array(["-", ""])), pa.scalar(None, pa.string()), texts)  # fmt: skip
    try:
        if name in TIMES:
            return texts.cast(pa.int64()).cast(pa.timestamp("s", tz="UTC"))
        if name in NUMBERS:
            return texts.cast(pa.int64())
    except pa.ArrowInvalid:
        pass
    return texts


def recognize(head: bytes, name: str) -> float:
    lines = head_lines(head)
    if not lines:
        return 0.0
    if is_header(lines[0]):
        width = len(lines[0].split())
        return 0.95 if all(len(line.split(" ")) == width for line in lines[1:5]) else 0.0
    plain = [STAMPED.sub("", line, count=1) for line in lines]
    return 0.95 if share_of(plain, DEFAULT_LINE) >= 0.9 else 0.0


VPC_FLOW = FileFormat(
    name="vpcflow",
    media_type="text/x-vpc-flow-log",
    suffixes=(),
    read=read,
    recognize=recognize,
)
