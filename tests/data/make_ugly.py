"""Ugly files, made from nothing, each with its stated outcome: rows that load, or the words of a refusal."""

import bz2
import datetime as dt
import decimal
import gzip
import io
import json
import lzma
import struct
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.feather
import pyarrow.ipc
import pyarrow.orc
import pyarrow.parquet
import xlwt


@dataclass(frozen=True, kw_only=True)
class Ugly:
    name: str
    file_format: str
    content: Callable[[], bytes]
    rows: int = 0
    error: str | None = None
    compression: str = ""
    parser_options: Mapping[str, Any] = field(default_factory=dict)


EDGES = "src,dst\na,b\nb,c\n"
TABLE = pa.table({"src": ["a", "b"], "dst": ["b", "c"]})


def text(words: str, encoding: str = "utf-8") -> Callable[[], bytes]:
    return lambda: words.encode(encoding)


def raw(content: bytes) -> Callable[[], bytes]:
    return lambda: content


def arrow_file(table: pa.Table = TABLE, **options: Any) -> bytes:
    sink = io.BytesIO()
    with pa.ipc.new_file(sink, table.schema, options=pa.ipc.IpcWriteOptions(**options)) as writer:
        writer.write_table(table)
    return sink.getvalue()


def arrow_stream(table: pa.Table = TABLE) -> bytes:
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue()


def parquet(table: pa.Table = TABLE, **options: Any) -> bytes:
    sink = io.BytesIO()
    pa.parquet.write_table(table, sink, **options)
    return sink.getvalue()


def orc(table: pa.Table = TABLE) -> bytes:
    sink = io.BytesIO()
    pa.orc.write_table(table, sink)
    return sink.getvalue()


def xlsx(*sheets: tuple[str, list[list[Any]]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets:
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    sink = io.BytesIO()
    book.save(sink)
    return sink.getvalue()


def xls(rows: list[list[Any]]) -> bytes:
    book = xlwt.Workbook()
    sheet = book.add_sheet("edges")
    for y, row in enumerate(rows):
        for x, value in enumerate(row):
            sheet.write(y, x, value)
    sink = io.BytesIO()
    book.save(sink)
    return sink.getvalue()


def zipped(**members: bytes) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "."), content)
    return sink.getvalue()


def odd_types() -> pa.Table:
    return pa.table(
        {
            "src": pa.array(["a", "b"]).dictionary_encode(),
            "dst": pa.array(["b", "c"], pa.large_string()),
            "when": pa.array([1, 2], pa.timestamp("ns", tz="Europe/Berlin")),
            "span": pa.array([1, 2], pa.duration("s")),
            "day": pa.array([1, 2], pa.date32()),
            "money": pa.array([decimal.Decimal("1.10"), None], pa.decimal128(10, 2)),
            "list": pa.array([[1, 2], None]),
            "thing": pa.array([{"x": 1}, {"x": 2}]),
            "nothing": pa.nulls(2),
            "bytes": pa.array([b"\x00\xff", None]),
            "half": pa.array([1.5, 2.5], pa.float16()),
            "clock": pa.array([dt.time(1, 2), None]),
        }
    )


def json_of(value: Any) -> Callable[[], bytes]:
    return lambda: json.dumps(value).encode()


def parquet_bomb() -> bytes:
    """A few bytes that claim a billion values."""
    return parquet(
        pa.table({"src": pa.array([None] * 200_000_000, pa.null()).cast(pa.int64())}),
        use_dictionary=True,
        compression="zstd",
        row_group_size=200_000_000,
    )


RECORDS = [{"src": "a", "dst": "b"}, {"src": "b", "dst": "c", "w": 1}]
CORPUS: tuple[Ugly, ...] = (
    # --- CSV that loads -----------------------------------------------------------------------
    Ugly(name="plain.csv", file_format="csv", content=text(EDGES), rows=2),
    Ugly(name="bom.csv", file_format="csv", content=text(EDGES, "utf-8-sig"), rows=2),
    Ugly(name="utf16.csv", file_format="csv", content=text(EDGES, "utf-16"), rows=2),
    Ugly(name="latin1.csv", file_format="csv", content=text("src,dst\nMüller,é\n", "latin-1"), rows=1),
    Ugly(name="cp1252.csv", file_format="csv", content=raw(b"src,dst\n\x93a\x94,b\n"), rows=1),
    Ugly(name="crlf.csv", file_format="csv", content=text("src,dst\r\na,b\r\n"), rows=1),
    Ugly(name="cr.csv", file_format="csv", content=text("src,dst\ra,b\rb,c\r"), rows=2),
    Ugly(name="semicolon.csv", file_format="csv", content=text("src;dst\na;b\nb;c\n"), rows=2),
    Ugly(name="tabs.csv", file_format="csv", content=text("src\tdst\na\tb\n"), rows=1),
    Ugly(name="pipes.csv", file_format="csv", content=text("src|dst\na|b\n"), rows=1),
    Ugly(name="sep_option.csv", file_format="csv", content=text("src^dst\na^b\n"), rows=1,
         parser_options={"sep": "^"}),
    Ugly(name="quotes.csv", file_format="csv", content=text('src,dst\n"a, b","c ""d"""\n'), rows=1),
    Ugly(name="newline_in_quotes.csv", file_format="csv", content=text('src,dst\n"a\nb",c\n'), rows=1),
    Ugly(name="no_last_newline.csv", file_format="csv", content=text("src,dst\na,b"), rows=1),
    Ugly(name="blank_lines.csv", file_format="csv", content=text("src,dst\n\na,b\n\n\nb,c\n"), rows=2),
    Ugly(name="short_rows.csv", file_format="csv", content=text("src,dst,w\na,b\nb,c,1\n"), rows=2),
    Ugly(name="long_rows.csv", file_format="csv", content=text("src,dst\na,b,extra\nb,c\n"), rows=2),
    Ugly(name="duplicate_names.csv", file_format="csv", content=text("src,src,dst\na,x,b\n"), rows=1),
    Ugly(name="empty_name.csv", file_format="csv", content=text("src,,dst\na,x,b\n"), rows=1),
    Ugly(name="header_only.csv", file_format="csv", content=text("src,dst\n"), rows=0),
    Ugly(name="one_column.csv", file_format="csv", content=text("src\na\nb\n"), rows=2),
    Ugly(name="mixed_types.csv", file_format="csv", content=text("src,dst\n1,b\nx,2\n3.5,true\n"), rows=3),
    Ugly(name="late_text.csv", file_format="csv",
         content=text("src,dst\n" + "1,2\n" * 50_000 + "x,y\n"), rows=50_001),
    Ugly(name="nulls.csv", file_format="csv", content=text("src,dst\nNA,b\n,NaN\nnull,c\n"), rows=3),
    Ugly(name="huge_numbers.csv", file_format="csv",
         content=text("src,dst\n99999999999999999999,1\n-1,1e400\n"), rows=2),
    Ugly(name="leading_zeros.csv", file_format="csv", content=text("src,dst\n007,b\n042,c\n"), rows=2),
    Ugly(name="nul_byte.csv", file_format="csv", content=raw(b"src,dst\na\x00,b\n"), rows=1),
    Ugly(name="emoji.csv", file_format="csv", content=text("src,dst\n😀,né\n"), rows=1),
    Ugly(name="formula.csv", file_format="csv", content=text("src,dst\n=cmd|'/c calc'!A1,b\n"), rows=1),
    Ugly(name="script.csv", file_format="csv", content=text("src,dst\n<script>alert(1)</script>,b\n"), rows=1),
    Ugly(name="wide.csv", file_format="csv",
         content=text(",".join(f"c{i}" for i in range(1500)) + "\n" + ",".join("1" * 1500) + "\n"), rows=1),
    Ugly(name="long_cell.csv", file_format="csv", content=text(f"src,dst\n{'a' * 1_000_000},b\n"), rows=1),
    Ugly(name="spaces.csv", file_format="csv", content=text(" src , dst \n a , b \n"), rows=1),
    # --- compressed -----------------------------------------------------------------------------
    Ugly(name="gzip.csv.gz", file_format="csv", content=lambda: gzip.compress(EDGES.encode()), rows=2,
         compression="gzip"),
    Ugly(name="bz2.csv.bz2", file_format="csv", content=lambda: bz2.compress(EDGES.encode()), rows=2,
         compression="bz2"),
    Ugly(name="xz.csv.xz", file_format="csv", content=lambda: lzma.compress(EDGES.encode()), rows=2,
         compression="xz"),
    Ugly(name="zip.csv.zip", file_format="csv", content=lambda: zipped(edges__csv=EDGES.encode()), rows=2,
         compression="zip"),
    Ugly(name="parquet.gz", file_format="parquet", content=lambda: gzip.compress(parquet()), rows=2,
         compression="gzip"),
    Ugly(name="two_members.gz", file_format="csv",
         content=lambda: gzip.compress(b"src,dst\n") + gzip.compress(b"a,b\n"), rows=1, compression="gzip"),
    # --- JSON -----------------------------------------------------------------------------------
    Ugly(name="columns.json", file_format="json", content=json_of({"src": ["a"], "dst": ["b"]}), rows=1),
    Ugly(name="records.json", file_format="json", content=json_of(RECORDS), rows=2),
    Ugly(name="lines.json", file_format="json",
         content=text("\n".join(json.dumps(row) for row in RECORDS)), rows=2,
         parser_options={"lines": True}),
    Ugly(name="split.json", file_format="json",
         content=json_of({"columns": ["src", "dst"], "index": [0], "data": [["a", "b"]]}), rows=1,
         parser_options={"orient": "split"}),
    Ugly(name="agent.json", file_format="json",
         content=json_of({"src": ["a"], "dst": ["b"], "agent_name": "x", "agent_version": "1"}), rows=1),
    Ugly(name="mixed.json", file_format="json", content=json_of([{"src": 1, "dst": "b"}, {"src": "a", "dst": None}]),
         rows=2),
    Ugly(name="nested.json", file_format="json", content=json_of([{"src": "a", "dst": "b", "x": {"y": [1, 2]}}]),
         rows=1),
    Ugly(name="nan.json", file_format="json", content=text('[{"src": "a", "dst": "b", "w": NaN}]'), rows=1),
    Ugly(name="bom.json", file_format="json", content=text('[{"src": "a", "dst": "b"}]', "utf-8-sig"), rows=1),
    Ugly(name="no_rows.json", file_format="json", content=text("[]"), rows=0),
    # --- Arrow, Parquet, ORC, Excel -------------------------------------------------------------
    Ugly(name="file.arrow", file_format="arrow", content=arrow_file, rows=2),
    Ugly(name="stream.arrow", file_format="arrow", content=arrow_stream, rows=2),
    Ugly(name="lz4.arrow", file_format="arrow", content=lambda: arrow_file(compression="lz4"), rows=2),
    Ugly(name="odd_types.arrow", file_format="arrow", content=lambda: arrow_file(odd_types()), rows=2),
    Ugly(name="no_rows.arrow", file_format="arrow", content=lambda: arrow_file(TABLE.slice(0, 0)), rows=0),
    Ugly(name="plain.parquet", file_format="parquet", content=parquet, rows=2),
    Ugly(name="zstd.parquet", file_format="parquet", content=lambda: parquet(compression="zstd"), rows=2),
    Ugly(name="plain.orc", file_format="orc", content=orc, rows=2),
    Ugly(name="two_sheets.xlsx", file_format="xlsx",
         content=lambda: xlsx(("edges", [["src", "dst"], ["a", "b"]]), ("nodes", [["id"], ["a"], ["b"]])),
         rows=3),
    Ugly(name="dates.xlsx", file_format="xlsx",
         content=lambda: xlsx(("e", [["src", "dst", "t"], ["a", 1, dt.datetime(2026, 1, 2)], [None, 2.5, "x"]])),  # noqa: DTZ001
         rows=2),
    Ugly(name="old.xls", file_format="xls", content=lambda: xls([["src", "dst"], ["a", 1], ["b", 2]]), rows=2),
    # --- refused in words -----------------------------------------------------------------------
    Ugly(name="empty.csv", file_format="csv", content=raw(b""), error="empty"),
    Ugly(name="blank.csv", file_format="csv", content=raw(b"\n\n  \n"), error="empty"),
    Ugly(name="not_gzip.csv.gz", file_format="csv", content=text(EDGES), compression="gzip", error="gzip"),
    Ugly(name="cut.csv.gz", file_format="csv", content=lambda: gzip.compress(bytes(range(33, 127)) * 9)[:60],
         compression="gzip", error="gzip"),
    Ugly(name="two_files.zip", file_format="csv", content=lambda: zipped(a__csv=b"x\n1\n", b__csv=b"y\n1\n"),
         compression="zip", rows=2),
    Ugly(name="broken.json", file_format="json", content=text('{"src": ["a"'), error="json"),
    Ugly(name="number.json", file_format="json", content=text("42"), error="json"),
    Ugly(name="uneven.json", file_format="json", content=json_of({"src": ["a", "b"], "dst": ["b"]}), rows=2),
    Ugly(name="csv.parquet", file_format="parquet", content=text(EDGES), error="parquet"),
    Ugly(name="cut.parquet", file_format="parquet", content=lambda: parquet()[:-9], error="parquet"),
    Ugly(name="cut.arrow", file_format="arrow", content=lambda: arrow_file()[:100], error="arrow"),
    Ugly(name="noise.arrow", file_format="arrow", content=lambda: struct.pack("<64Q", *range(64)), error="arrow"),
    Ugly(name="noise.orc", file_format="orc", content=raw(b"ORC" + bytes(range(200))), error="orc"),
    Ugly(name="noise.xlsx", file_format="xlsx", content=raw(b"PK\x03\x04" + bytes(300)), error="spreadsheet"),
    Ugly(name="noise.xls", file_format="xls", content=raw(bytes(range(256)) * 8), error="spreadsheet"),
    Ugly(name="bomb.parquet", file_format="parquet", content=parquet_bomb, error="memory"),
)  # fmt: skip


def make_corpus(folder: Path) -> None:
    for ugly in CORPUS:
        (folder / ugly.name).write_bytes(ugly.content())
