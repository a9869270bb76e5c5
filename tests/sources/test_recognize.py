"""Bytes are read as what they are, whatever their name or declared type says."""

import bz2
import gzip
import io
import lzma

import pyarrow as pa
import pyarrow.ipc
import pyarrow.orc
import pyarrow.parquet as pq
import pytest

from graphkeep.graph.errors import UnreadableFileError
from graphkeep.sources.compression import decompressed
from graphkeep.sources.file_format import ReadOptions
from graphkeep.sources.registry import AUTO, read_file

TABLE = pa.table({"source": ["a", "b"], "target": ["b", "c"]})
ROWS = [{"source": "a", "target": "b"}, {"source": "b", "target": "c"}]
CSV = b"source,target\na,b\nb,c\n"


def as_parquet():
    sink = io.BytesIO()
    pq.write_table(TABLE, sink)
    return sink.getvalue()


def as_orc():
    sink = io.BytesIO()
    pa.orc.write_table(TABLE, sink)
    return sink.getvalue()


def as_arrow(new):
    sink = io.BytesIO()
    with new(sink, TABLE.schema) as writer:
        writer.write_table(TABLE)
    return sink.getvalue()


CONTENTS = {
    "csv": CSV,
    "json": b'[{"source": "a", "target": "b"}, {"source": "b", "target": "c"}]',
    "parquet": as_parquet(),
    "orc": as_orc(),
    "arrow file": as_arrow(pa.ipc.new_file),
    "arrow stream": as_arrow(pa.ipc.new_stream),
}


def read(content, declared=AUTO, name="", **options):
    return read_file(io.BytesIO(content), declared, ReadOptions(name=name, parser_options=options))


@pytest.mark.parametrize("kind", CONTENTS)
@pytest.mark.parametrize("name", ["", "conn.log", "edges.csv", "a.parquet"])
def test_the_content_decides_whatever_the_name(kind, name):
    content = read(CONTENTS[kind], name=name)

    assert content.format_name == kind.split()[0]
    assert content.result.tables[0].table.to_pylist() == ROWS


@pytest.mark.parametrize("kind", ["parquet", "orc", "arrow file", "arrow stream", "json"])
def test_a_declared_csv_with_the_signature_of_another_format_is_read_as_that(kind):
    content = read(CONTENTS[kind], "csv", name="edges.csv")

    assert content.result.tables[0].table.to_pylist() == ROWS
    repair = content.result.repairs[0]
    actual = kind.split()[0]
    assert (repair.code, repair.before, repair.after) == ("format-recognized", "csv", actual)
    assert (
        repair.message
        == f"The file was sent as csv, and its content is {actual}: it is read as that."
    )


def test_a_sender_who_says_how_to_read_the_text_is_obeyed():
    content = read(b"[1];[2]\n[3];[4]\n", "csv", sep=";")

    assert content.format_name == "csv"
    assert content.result.tables[0].table.num_columns == 2


def test_a_declared_binary_type_is_not_replaced():
    with pytest.raises(UnreadableFileError, match="does not read as parquet"):
        read(CSV, "parquet")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"%PDF-1.7\n%\xe2\xe3", "This is a PDF document, which is not read. Export its tables as CSV or Excel."),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "This is a PNG image, which is not read."),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "This is a JPEG image, which is not read."),
        (b"GIF89a\x01\x00\x01\x00", "This is a GIF image, which is not read."),
        (b"RIFF\x24\x00\x00\x00WEBPVP8 ", "This is a WebP image, which is not read."),
        (b"SQLite format 3\x00\x10\x00", "This is an SQLite database, which is not read. Export a table of it"),
        (b"\x7fELF\x02\x01\x01" + bytes(9), "This is a program, which is not read."),
        (b"MZ\x90\x00" + bytes(60) + b"PE\x00\x00", "This is a program, which is not read."),
        (b"ElfFile\x00" + bytes(20), "This is a Windows event log (.evtx), which is not read."),
        (b"\x89HDF\r\n\x1a\n", "This is an HDF5 file, which is not read."),
        (b"Obj\x01\x04\x14avro.codec", "This is an Avro file, which is not read."),
        (b"\x80\x04\x95\x10\x00", "This is a Python pickle, which is not read. It could run code;"),
        (b"7z\xbc\xaf\x27\x1c\x00\x04", "This is a 7-Zip archive, which is not read. Pack the files as .zip"),
        (b"Rar!\x1a\x07\x01\x00", "This is a RAR archive, which is not read."),
        (b"PACK\x00\x00\x00\x02\x00\x00", "This is a Git pack or index, which is not read."),
        (b"<!DOCTYPE html>\n<html><body>", "This is an HTML page without a table"),
        (b"<catalog><cd><title>x</title></cd></catalog>", "This is XML of no vocabulary that this server knows"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
@pytest.mark.parametrize("declared", [AUTO, "csv"])
def test_kinds_that_are_not_read_are_named(content, words, declared):
    with pytest.raises(UnreadableFileError) as refused:
        read(content, declared, name="edges.csv")

    assert refused.value.message.startswith(words)


@pytest.mark.parametrize(
    "text",
    [
        b"PACKAGE,NAME\nx,y\n", b"MZ,note\na,b\n", b"BZh,a\n1,2\n", b"GIF,a\n1,2\n",
        b"Object,subject\na,b\n", b"%PDF,x\n1,2\n",
    ],
)  # fmt: skip
def test_text_that_begins_like_a_signature_stays_text(text):
    assert read(text, name="edges.csv").format_name == "csv"


@pytest.mark.parametrize("compress", [gzip.compress, bz2.compress, lzma.compress, lambda plain: pa.Codec("zstd").compress(plain).to_pybytes()], ids=["gzip", "bz2", "xz", "zstd"])  # fmt: skip
@pytest.mark.parametrize("declared", ["", "gzip", "zip"])
def test_a_compression_is_recognized_whatever_was_declared(compress, declared):
    with decompressed(io.BytesIO(compress(CSV)), declared, io.BytesIO()) as stream:
        assert stream.read() == CSV


def test_a_file_that_is_not_compressed_as_declared_is_refused_in_words():
    with (
        pytest.raises(UnreadableFileError, match="does not read as gzip"),
        decompressed(io.BytesIO(CSV), "gzip", io.BytesIO()),
    ):
        pass


def test_a_file_that_is_cut_short_is_refused_in_words():
    with (
        pytest.raises(UnreadableFileError, match="does not read as gzip"),
        decompressed(io.BytesIO(gzip.compress(CSV)[:-6]), "", io.BytesIO()),
    ):
        pass


def test_what_is_compressed_twice_is_refused_in_words():
    with (
        pytest.raises(UnreadableFileError, match="compressed twice, as gzip and as xz within"),
        decompressed(io.BytesIO(gzip.compress(lzma.compress(CSV))), "", io.BytesIO()),
    ):
        pass
