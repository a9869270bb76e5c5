"""CSV and TSV with real-world defects: odd separators, encodings, ragged rows, repeated headers."""

import codecs
import csv as text_csv
import io
from collections import Counter
from collections.abc import Mapping
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv

from graphkeep.graph.errors import UnreadableFileError
from graphkeep.graph.repairs import Repair
from graphkeep.sources.file_format import FileFormat, NamedTable, ReadOptions, ReadResult

SEPARATORS = (",", "\t", ";", "|")
TEXT_TYPES = ("str", "string", "object")
text_csv.field_size_limit(1 << 30)  # Python's own is 128 KiB; the sandbox bounds memory
NULLS = ["", "NA", "N/A", "NaN", "nan", "null", "NULL", "None", "#N/A"]


def read(stream: BinaryIO, options: ReadOptions) -> ReadResult:
    try:
        return read_csv(stream, options)
    except text_csv.Error as error:  # its own exception class, not a ValueError
        raise UnreadableFileError(f"This does not read as CSV: {error}") from error


def read_csv(stream: BinaryIO, options: ReadOptions) -> ReadResult:
    parser_options = options.parser_options
    repairs: list[Repair] = []
    content = with_line_feeds(as_utf8(stream.read(), parser_options.get("encoding"), repairs))
    skipped_lines = int(parser_options.get("skiprows") or 0)
    if skipped_lines:
        content = b"\n".join(content.split(b"\n")[skipped_lines:])
    if not content.strip():
        raise UnreadableFileError("The file is empty: a CSV needs at least a header row.")
    refuse_other_formats(content)
    quote = str(parser_options.get("quotechar") or '"')
    separator = (
        parser_options.get("sep")
        or parser_options.get("delimiter")
        or find_separator(content, quote)
    )
    if not isinstance(separator, str) or len(separator) != 1:
        raise UnreadableFileError(f"The separator must be one character; got {separator!r}.")
    table = parse(content, separator, quote, parser_options, repairs)
    return ReadResult(tables=(NamedTable(name="table", table=table),), repairs=tuple(repairs))


def as_utf8(content: bytes, encoding: object, repairs: list[Repair]) -> bytes:
    if encoding:
        try:
            return content.decode(str(encoding)).encode()
        except (LookupError, UnicodeDecodeError) as error:
            raise UnreadableFileError(f"The file does not read as {encoding}: {error}") from error
    for byte_order_mark, name in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if content.startswith(byte_order_mark):
            return content.decode(name, errors="replace").encode()
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        repairs.append(
            Repair(
                code="encoding-guessed",
                message="The file is not UTF-8; it was read as Windows-1252.",
            )
        )
        return content.decode("cp1252", errors="replace").encode()
    return content


def with_line_feeds(content: bytes) -> bytes:
    """Line ends that are a lone CR, as old Macintosh programs wrote them, become LF."""
    head = content[:65536]
    return content.replace(b"\r", b"\n") if b"\r" in head and b"\n" not in head else content


def refuse_other_formats(content: bytes) -> None:
    for magic, name in (
        (b"PAR1", "Parquet"), (b"ARROW1", "Arrow"), (b"PK\x03\x04", "a zip or xlsx file"),
        (b"ORC", "ORC"), (b"\x1f\x8b", "gzip"), (b"\xd0\xcf\x11\xe0", "xls"),
    ):  # fmt: skip
        if content.startswith(magic):
            raise UnreadableFileError(f"This does not read as CSV; it looks like {name}.")
    if b"\x00" in content[:4096]:
        raise UnreadableFileError("This is not CSV: it contains binary data.")


def find_separator(content: bytes, quote: str) -> str:
    """The candidate that splits the first lines into the most equal columns."""
    lines = [
        line for line in content[:65536].decode(errors="replace").splitlines()[:50] if line.strip()
    ]
    separator, best_score = ",", 0.0
    for candidate in SEPARATORS:
        widths = Counter(
            len(row) for row in text_csv.reader(lines, delimiter=candidate, quotechar=quote)
        )
        width, rows = max(widths.items(), key=lambda item: (item[1] * (item[0] > 1), item[0]))
        score = (width > 1) * rows * (1 + 0.01 * width)
        if score > best_score:
            separator, best_score = candidate, score
    return separator


def parse(
    content: bytes,
    separator: str,
    quote: str,
    options: Mapping[str, Any],
    repairs: list[Repair],
) -> pa.Table:
    """The table of CSV in UTF-8; `options` are those of `pandas.read_csv` that clients send."""
    header, body = split_header(content, separator, quote)
    if "header" in options and options["header"] in (None, False, "none"):
        header, body = [f"column{number}" for number in range(1, len(header) + 1)], content
    if isinstance(options.get("names"), list):
        header = [str(name) for name in options["names"]]
    names = distinct_names(header, repairs)
    if not body.strip():
        return pa.table({name: pa.array([], pa.string()) for name in names})
    table, ragged_count = read_rows(body, separator, quote, names, options)
    if ragged_count:
        table = read_ragged(body, separator, quote, names)
        repairs.append(
            Repair(
                code="ragged-rows",
                message=f"{ragged_count} rows have more or fewer cells than the header; missing cells "
                "are empty, extra cells are left out.",
                count=ragged_count,
            )
        )
    return selected(table, options)


def read_rows(
    body: bytes, separator: str, quote: str, names: list[str], options: Mapping[str, Any]
) -> tuple[pa.Table, int]:
    """The rows that have a cell for each name, and how many rows have not.

    Raises:
        UnreadableFileError: it is no CSV.
    """
    skipped_rows: list[arrow_csv.InvalidRow] = []

    def skip(row: arrow_csv.InvalidRow) -> str:
        skipped_rows.append(row)
        return "skip"

    try:
        table = arrow_csv.read_csv(
            io.BytesIO(body),
            read_options=arrow_csv.ReadOptions(
                column_names=names, use_threads=False, block_size=max(1 << 20, len(body) + 1)
            ),
            parse_options=arrow_csv.ParseOptions(
                delimiter=separator,
                quote_char=quote,
                newlines_in_values=True,
                invalid_row_handler=skip,
            ),
            convert_options=arrow_csv.ConvertOptions(
                column_types=text_columns(names, options.get("dtype")),
                null_values=[*NULLS, *(str(value) for value in options.get("na_values") or [])],
                strings_can_be_null=True,
                decimal_point=str(options.get("decimal") or "."),
                timestamp_parsers=[arrow_csv.ISO8601],
            ),
        )
    except pa.ArrowInvalid as error:
        raise UnreadableFileError(f"This does not read as CSV: {error}") from error
    return table, len(skipped_rows)


def text_columns(names: list[str], dtype: object) -> dict[str, pa.DataType]:
    """The columns that pandas' `dtype` option wants as text: one kind for all, or one for each name."""
    if isinstance(dtype, Mapping):
        return {str(name): pa.string() for name, kind in dtype.items() if str(kind) in TEXT_TYPES}
    return dict.fromkeys(names, pa.string()) if dtype in TEXT_TYPES else {}


def selected(table: pa.Table, options: Mapping[str, Any]) -> pa.Table:
    """The columns of `usecols` and the first rows of `nrows`."""
    if isinstance(options.get("usecols"), list):
        table = table.select([name for name in options["usecols"] if name in table.column_names])
    if options.get("nrows") is not None:
        table = table.slice(0, int(options["nrows"]))
    return table


def split_header(content: bytes, separator: str, quote: str) -> tuple[list[str], bytes]:
    """The names of the first line, which may hold quoted line ends, and what follows."""
    lines = content.lstrip(b"\r\n").split(b"\n")
    header = lines[0] + b"\n"
    number = 1
    while header.count(quote.encode()) % 2 and number < len(lines):
        header += lines[number] + b"\n"
        number += 1
    text = header.decode(errors="replace").replace("\r\n", "\n").rstrip("\n")
    row = next(iter(text_csv.reader(io.StringIO(text), delimiter=separator, quotechar=quote)), [])
    return [name.strip() for name in row], b"\n".join(lines[number:])


def distinct_names(names: list[str], repairs: list[Repair]) -> list[str]:
    used_names: set[str] = set()
    unique_names = []
    for position, name in enumerate(names, start=1):
        base_name = name or f"column{position}"
        unique_name = base_name
        copy = 2
        while unique_name in used_names:
            unique_name = f"{base_name}_{copy}"
            copy += 1
        if unique_name != name:
            repairs.append(
                Repair(
                    code="column-renamed",
                    message=f"Column {position} is called '{unique_name}': its name was "
                    f"{'empty' if not name else 'taken'}.",
                    column=unique_name,
                )
            )
        used_names.add(unique_name)
        unique_names.append(unique_name)
    return unique_names


def read_ragged(rest: bytes, separator: str, quote: str, names: list[str]) -> pa.Table:
    width = len(names)
    columns: list[list[str | None]] = [[] for _ in names]
    reader = text_csv.reader(
        io.StringIO(rest.decode(errors="replace"), newline=""), delimiter=separator, quotechar=quote
    )
    for row in reader:
        if not row:
            continue
        for i in range(width):
            columns[i].append(row[i] if i < len(row) and row[i] not in NULLS else None)
    return pa.table(
        {
            name: narrowed(pa.array(values, pa.string()))
            for name, values in zip(names, columns, strict=True)
        }
    )


def narrowed(values: pa.Array) -> pa.Array:
    for dtype in (pa.int64(), pa.float64()):
        try:
            return pc.cast(values, dtype)
        except pa.ArrowInvalid:
            continue
    return values


CSV = FileFormat(name="csv", media_type="text/csv", suffixes=(".csv", ".tsv", ".txt"), read=read)
