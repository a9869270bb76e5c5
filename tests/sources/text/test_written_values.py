"""Dates and amounts stay the texts that were written; readings and graphs get their values."""

import datetime as dt
import io
import json
import zipfile

import pyarrow as pa
import pyarrow.ipc
import pytest

from graphkeep.graph.values.written_values import KEY, with_values
from graphkeep.sources.file_format import ReadOptions
from graphkeep.sources.plain import plain_table
from graphkeep.sources.registry import format_of, read_tables
from graphkeep.sources.text.csv import CSV
from graphkeep.store.table_files import read_table, write_table

ORDERS = b"""who,day,price,share,iso
ann,28/01/2018,$74.69,12 %,2018-01-28
bob,02/03/2018,$0.50,3.5 %,2018-03-02
"""


def read(content: bytes, **options) -> pa.Table:
    (named,) = CSV.read(io.BytesIO(content), ReadOptions(parser_options=options)).tables
    return plain_table(named.table, [])


def test_the_table_of_a_file_has_the_texts_that_were_written():
    assert read(ORDERS).to_pylist() == [
        {
            "who": "ann",
            "day": "28/01/2018",
            "price": "$74.69",
            "share": "12 %",
            "iso": dt.date(2018, 1, 28),
        },
        {
            "who": "bob",
            "day": "02/03/2018",
            "price": "$0.50",
            "share": "3.5 %",
            "iso": dt.date(2018, 3, 2),
        },
    ]


def test_a_stored_table_is_read_with_its_values(tmp_path):
    write_table(tmp_path / "0.arrow", read(ORDERS))
    table = read_table(tmp_path / "0.arrow")

    assert table["day"].to_pylist() == [dt.date(2018, 1, 28), dt.date(2018, 3, 2)]
    assert table["price"].to_pylist() == [74.69, 0.5]
    assert all(KEY not in (field.metadata or {}) for field in table.schema)


def test_the_order_of_days_that_one_column_shows_holds_for_the_others_and_later():
    table = read(b"a,b\n13.05.2020,01.02.2020\n14.05.2020,03.04.2020\n")

    assert with_values(table)["b"].to_pylist() == [dt.date(2020, 2, 1), dt.date(2020, 4, 3)]


def test_daily_logs_of_an_archive_keep_what_their_dates_mean():
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("log1.csv", "a,b,day\nx,y,28/01/2018\ny,z,29/01/2018\n")
        archive.writestr("log2.csv", "a,b,day\nx,y,01/02/2018\ny,z,03/02/2018\n")
    (named,) = read_tables(content, format_of("zip"), ReadOptions()).tables

    assert with_values(plain_table(named.table, []))["day"].to_pylist() == [
        dt.date(2018, 1, 28),
        dt.date(2018, 1, 29),
        dt.date(2018, 2, 1),
        dt.date(2018, 2, 3),
    ]


@pytest.mark.parametrize(
    "options", [{"dayfirst": True}, {"parse_dates": ["day"]}, {"dtype": {"day": "str"}}]
)
def test_options_say_what_a_column_is(options):
    table = read(b"day,x\n01/02/2018,a\n03/04/2018,b\n", **options)
    is_text = "dtype" in options

    assert pa.types.is_string(table.schema.field("day").type) == is_text
    assert with_values(table).equals(table)


@pytest.mark.parametrize(
    "stored",
    [
        b"",
        b"\xff",
        b"null",
        b"[]",
        b"{}",
        b"[" * 100_000,
        json.dumps({"words": 1}).encode(),
        None,
    ],
)
def test_metadata_that_somebody_else_wrote_changes_nothing(stored):
    genuine = read(ORDERS).schema.field("day").metadata[KEY]
    wrong = (
        stored if stored is not None else genuine.replace(b'"separator": ","', b'"separator": 5')
    )
    assert wrong != genuine
    table = pa.table(
        {"day": ["28/01/2018"]},
        schema=pa.schema([pa.field("day", pa.string(), metadata={KEY: wrong})]),
    )

    assert with_values(table).to_pylist() == [{"day": "28/01/2018"}]
    assert not plain_table(table, []).schema.field("day").metadata
