"""Arrow types that other packages do not read become what their values mean."""

import datetime as dt
import decimal
import io
import uuid

import pandas as pd
import pyarrow as pa
import pytest

from graphkeep.graph.lines import lines_of, with_lines
from graphkeep.sources.plain import plain_table

UUIDS = [uuid.UUID(f"a980540c-303c-41f3-91c2-fc7b9cc980b{digit}") for digit in "012"]
UNVERSIONED = uuid.UUID("5bc8fbbc-bde5-c099-4164-d8399f767c45")


def plain(**columns):
    repairs = []
    table = plain_table(pa.table(columns), repairs)
    return table.to_pydict(), [(repair.code, repair.count) for repair in repairs]


def test_uuids_of_arrow_are_their_texts():
    array = pa.array([UUIDS[0].bytes, None], pa.uuid())

    assert plain(id=array) == ({"id": [str(UUIDS[0]), None]}, [])


def test_uuids_whose_extension_is_not_known_are_their_texts():
    storage = pa.array([UUIDS[0].bytes], pa.binary(16))
    field = pa.field("id", storage.type, metadata={"ARROW:extension:name": "arrow.uuid"})

    table = plain_table(pa.table([storage], schema=pa.schema([field])), [])

    assert table.to_pydict() == {"id": [str(UUIDS[0])]}


@pytest.mark.parametrize(
    ("name", "values", "texts"),
    [
        ("id", [each.bytes for each in UUIDS], list(map(str, UUIDS))),
        ("id", [each.bytes_le for each in UUIDS], list(map(str, UUIDS))),
        ("objectGUID", [UNVERSIONED.bytes_le, None], [str(UNVERSIONED), None]),
        ("uuid", [UNVERSIONED.bytes], [str(UNVERSIONED)]),
        ("src_ip", [bytes(15) + b"\x01"], ["::1"]),
        ("dst_ip", [b"\x0a\x00\x00\x01", None], ["10.0.0.1", None]),
        ("mac", [b"\x00\x1b\x44\x11\x3a\xb7"], ["00:1b:44:11:3a:b7"]),
        ("name", [b"abc", "Łódź".encode(), b"", None], ["abc", "Łódź", "", None]),
    ],
)
def test_bytes_are_what_they_mean(name, values, texts):
    assert plain(**{name: pa.array(values, pa.binary())}) == ({name: texts}, [])


def test_other_bytes_are_hexadecimal_digits():
    values = [UNVERSIONED.bytes, None, b"\xff\xfe"]

    assert plain(key=pa.array(values)) == (
        {"key": [UNVERSIONED.hex, None, "fffe"]},
        [("bytes-as-hex", 2)],
    )


def test_a_stray_byte_among_texts_is_shown_and_two_ids_stay_two():
    values = [b"name"] * 30 + [b"M\xfcller", b"M\xf6ller"]
    columns, codes = plain(name=pa.array(values))

    assert columns["name"][-2:] == ["M\\xfcller", "M\\xf6ller"]
    assert codes == [("not-utf8", 2)]


@pytest.mark.parametrize(
    ("frequency", "first"),
    [
        ("M", dt.date(2020, 2, 1)),
        ("Q", dt.date(2020, 1, 1)),
        ("Y", dt.date(2020, 1, 1)),
        ("W", dt.date(2020, 2, 3)),
        ("D", dt.date(2020, 2, 3)),
        ("h", dt.datetime(2020, 2, 3)),  # noqa: DTZ001
        ("s", dt.datetime(2020, 2, 3)),  # noqa: DTZ001
    ],
)
def test_periods_of_pandas_are_their_start(frequency, first):
    periods = pd.Series(pd.period_range("2020-02-03", periods=1, freq=frequency))
    table = pa.Table.from_pandas(pd.DataFrame({"p": periods}), preserve_index=False)
    sink = io.BytesIO()
    with pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)
    stored = pa.ipc.open_file(sink.getvalue()).read_all()

    assert plain_table(stored, []).to_pydict() == {"p": [first]}


def test_durations_are_seconds():
    array = pa.array([dt.timedelta(minutes=1, milliseconds=500), None])

    assert plain(t=array) == ({"t": [60.5, None]}, [("durations-as-seconds", 1)])


@pytest.mark.parametrize(
    ("values", "expected", "codes"),
    [
        (["708663653625634817.00", None], [708663653625634817, None], []),
        (["18446744073709551615"], [2**64 - 1], []),
        (["12345678901234567890123", "5"], ["12345678901234567890123", "5"], []),
        (["1.50", "-2.25"], [1.5, -2.25], []),
        (["0.12345678901234567890"], [0.12345678901234568], [("decimals-rounded", 1)]),
    ],
)
def test_decimals_keep_their_digits_where_a_number_can(values, expected, codes):
    array = pa.array([value and decimal.Decimal(value) for value in values])

    assert plain(d=array) == ({"d": expected}, codes)


def test_the_lines_of_the_rows_stay_with_the_table():
    table = with_lines(pa.table({"a": [1, 2, 3, 4]}), [3, 4, 7, 8])

    assert lines_of(plain_table(table, []), pa.array([0, 2, 3]).to_numpy()) == (3, 7, 8)
    assert lines_of(plain_table(table, []).slice(1), pa.array([0]).to_numpy()) == ()
