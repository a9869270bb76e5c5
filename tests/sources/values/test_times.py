"""Dates and times of other countries, of logs and of mail."""

import pyarrow as pa
import pytest

from graphkeep.graph.values.epochs import epoch_times
from graphkeep.graph.values.times import find_time_form, read_times


def read(*texts, **known):
    column = pa.chunked_array([pa.array(texts, pa.string())])
    form = find_time_form(column.drop_null())
    times = None if form is None else read_times(column, form, **known)
    return None if times is None else (str(times.values.type), shown(times.values))


def shown(values):
    if pa.types.is_timestamp(values.type):
        values = values.cast(pa.timestamp(values.type.unit))
    return values.cast(pa.string()).to_pylist()


@pytest.mark.parametrize(
    ("text", "dtype", "value"),
    [
        ("2020-01-02", "date32[day]", "2020-01-02"),
        ("2020/1/2", "date32[day]", "2020-01-02"),
        ("2020.01.02", "date32[day]", "2020-01-02"),
        ("31.05.2008", "date32[day]", "2008-05-31"),
        ("1.2.2020", "date32[day]", "2020-02-01"),
        ("31.05.08", "date32[day]", "2008-05-31"),
        ("9/15/2007", "date32[day]", "2007-09-15"),
        ("15/9/2007", "date32[day]", "2007-09-15"),
        ("9/15/98", "date32[day]", "1998-09-15"),
        ("25-12-2021", "date32[day]", "2021-12-25"),
        ("12-25-2021", "date32[day]", "2021-12-25"),
        ("31. Mai 2008", "date32[day]", "2008-05-31"),
        ("10 juillet 1998", "date32[day]", "1998-07-10"),
        ("3 de marzo de 2020", "date32[day]", "2020-03-03"),
        ("02-MAY-16", "date32[day]", "2016-05-02"),
        ("01MAY2024", "date32[day]", "2024-05-01"),
        ("01MAY2024:10:00:01", "timestamp[s]", "2024-05-01 10:00:01"),
        ("May 1, 2024 @ 10:00:02.123", "timestamp[us]", "2024-05-01 10:00:02.123000"),
        ("May 2, 2016", "date32[day]", "2016-05-02"),
        ("May 2nd, 2016", "date32[day]", "2016-05-02"),
        ("29.02.2000", "date32[day]", "2000-02-29"),
        ("2020-01-02 10:11", "timestamp[s]", "2020-01-02 10:11:00"),
        ("2020-01-02T10:11:12Z", "timestamp[s, tz=UTC]", "2020-01-02 10:11:12"),
        ("2020-01-02T10:11:12+05:30", "timestamp[s, tz=UTC]", "2020-01-02 04:41:12"),
        ("2020-01-02 10:11:12.5", "timestamp[us]", "2020-01-02 10:11:12.500000"),
        ("2020-01-02 10:11:12,123", "timestamp[us]", "2020-01-02 10:11:12.123000"),
        ("2020-01-02T10:11:12.1234567Z", "timestamp[ns, tz=UTC]", "2020-01-02 10:11:12.123456700"),
        ("2020-01-02 10:11:12 UTC", "timestamp[s, tz=UTC]", "2020-01-02 10:11:12"),
        ("20160502T173429Z", "timestamp[s, tz=UTC]", "2016-05-02 17:34:29"),
        ("10.07.1998 17:34", "timestamp[s]", "1998-07-10 17:34:00"),
        ("10.07.1998, 17:34 Uhr", "timestamp[s]", "1998-07-10 17:34:00"),
        ("5/31/2008 5:34:29 PM", "timestamp[s]", "2008-05-31 17:34:29"),
        ("5/31/2008 12:05 AM", "timestamp[s]", "2008-05-31 00:05:00"),
        ("Mon May 02 17:34:29 +0000 2016", "timestamp[s, tz=UTC]", "2016-05-02 17:34:29"),
        ("Mon May  2 17:34:29 2016", "timestamp[s]", "2016-05-02 17:34:29"),
        ("Mon, 02 May 2016 17:34:29 +0200", "timestamp[s, tz=UTC]", "2016-05-02 15:34:29"),
        ("Mon, 2 May 2016 17:34:29 GMT", "timestamp[s, tz=UTC]", "2016-05-02 17:34:29"),
        ("Fri, 21 Nov 1997 09:55:06 -0600 (CST)", "timestamp[s, tz=UTC]", "1997-11-21 15:55:06"),
        ("[10/Oct/2000:13:55:36 -0700]", "timestamp[s, tz=UTC]", "2000-10-10 20:55:36"),
        ("2016-05-02T17:34:29 EST", "timestamp[s, tz=UTC]", "2016-05-02 22:34:29"),
        ("0001-01-01", "date32[day]", "0001-01-01"),
        ("9999-12-31 23:59:59", "timestamp[s]", "9999-12-31 23:59:59"),
    ],
)
def test_a_time_is_read_as_what_it_says(text, dtype, value):
    assert read(text, None) == (dtype, [value, None])


@pytest.mark.parametrize(
    "text",
    [
        "30.02.2020",
        "29.02.1900",
        "13/13/2020",
        "2020-13-01",
        "2020-01-02Z",
        "25:61",
        "12:34:56",
        "2020-01-02 25:00",
        "2020-01-02 10:60",
        "10.0.0.1",
        "1.2.34",
        "192.168.100.200",
        "3 Xyz 2020",
        "2020-01-02T10:11:12 XYZ",
        "555-12-3456",
        "hello",
        "2020",
    ],
)
def test_what_no_calendar_has_is_no_time(text):
    assert read(text) is None


def test_other_values_decide_whether_the_day_comes_first():
    assert read("1/2/2008", "31/5/2008") == ("date32[day]", ["2008-02-01", "2008-05-31"])
    assert read("1/2/2008", "5/31/2008") == ("date32[day]", ["2008-01-02", "2008-05-31"])
    assert read("31/5/2008", "5/31/2008") is None


def test_where_nothing_decides_the_order_it_is_told_and_can_be_set():
    column = pa.chunked_array([pa.array(["1/2/2008", "3/4/2009"])])

    assert read_times(column, "slashes").is_ambiguous
    assert read_times(column, "slashes").order == "month"
    assert read("1/2/2008", "3/4/2009", dayfirst=True)[1] == ["2008-02-01", "2009-04-03"]


def test_times_with_a_zone_and_times_without_are_not_compared():
    assert read("2020-01-02T10:00:00Z", "2020-01-02T10:00:00") is None


@pytest.mark.parametrize(
    ("name", "number", "unit", "value"),
    [
        ("ts", 1591367999.305988, "s", "2020-06-05 14:39:59.305988"),
        ("epoch_ms", 1462210469000, "ms", "2016-05-02 17:34:29.000"),
        ("lastSeen", 1462210469000000, "us", "2016-05-02 17:34:29.000000"),
        ("event_time_ns", 1462210469000000000, "ns", "2016-05-02 17:34:29.000000000"),
        ("created_at", 1462210469, "s", "2016-05-02 17:34:29"),
        ("SQLDATE", 20200131, "days", "2020-01-31"),
        ("Datum", 20200131, "days", "2020-01-31"),
    ],
)
def test_numbers_in_a_column_named_for_a_time_are_times(name, number, unit, value):
    values, found = epoch_times(name, pa.chunked_array([pa.array([number, None])]))

    assert (found, shown(values)) == (unit, [value, None])


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("id", 1462210469),
        ("weight", 1462210469),
        ("time", 5),
        ("response_time_count", 1462210469),
        ("date_id", 1462210469),
        ("start", 1462210469),
        ("_end", 1462210469),
        ("created_by", 1462210469),
        ("bytes_sent", 1462210469),
        ("last", 1462210469),
        ("ts", 0),
        ("ts", -1462210469),
        ("date", 20201331),
        ("user", 20200131),
    ],
)
def test_other_numbers_stay_numbers(name, number):
    assert epoch_times(name, pa.chunked_array([pa.array([number])])) is None


def test_times_of_many_parts_and_nulls_are_decided_together():
    column = pa.chunked_array(
        [pa.array(["1/2/2008", None]), pa.array([], pa.string()), pa.array(["31/12/2008"])]
    )
    times = read_times(column, "slashes")

    assert (times.order, times.is_ambiguous) == ("day", False)
    assert shown(times.values) == ["2008-02-01", None, "2008-12-31"]


def test_a_million_times_are_read_as_one_shape():
    seconds = pa.array(range(1_000_000), pa.timestamp("s")).cast(pa.string())
    times = read_times(pa.chunked_array([seconds]), "year-month-day")

    assert times.values.cast(pa.int64()).to_pylist()[-1] == 999_999


def test_texts_of_thousands_of_shapes_are_no_times():
    texts = pa.chunked_array([pa.array(["x" * (number + 7) for number in range(2500)])])

    assert read_times(texts, "year-month-day") is None
