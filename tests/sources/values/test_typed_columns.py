"""What the columns of a text table become, and what is told about it."""

import csv
import datetime as dt
from pathlib import Path

import pyarrow as pa
import pytest

from graphkeep.graph.errors import UnreadableFileError
from graphkeep.sources.text.values.columns import typed_columns

CASES = Path(__file__).parents[1] / "cases"


def typed(columns, *, separator="", **options):
    table = pa.table({name: pa.array(texts, pa.string()) for name, texts in columns.items()})
    repairs = []
    lines = range(2, 2 + table.num_rows)
    return typed_columns(table, options, lines, repairs, separator=separator), repairs


def case(path, *, separator=",", **options):
    with (CASES / path).open(encoding="utf-8", newline="") as file:
        header, *rows = [row for row in csv.reader(file, delimiter=separator) if row]
    columns = {name: [row[i] for row in rows] for i, name in enumerate(header)}
    return typed(columns, separator=separator, **options)


def values(columns, **options):
    return typed(columns, **options)[0].to_pydict()


def told(repairs):
    return [(repair.code, repair.column, repair.count, repair.lines) for repair in repairs]


def test_namibia_is_a_country():
    table, repairs = case("T14/trade.csv")

    assert table.to_pydict() == {
        "exporter": ["ZA", "NA", "DE", "ZA", "NA", "DE"],
        "importer": ["NA", "DE", "ZA", "BW", "BW", "NA"],
        "musd": [120, 45, 300, 80, 12, 9],
    }
    assert told(repairs) == [
        ("words-among-texts", "exporter", 2, (3, 6)),
        ("words-among-texts", "importer", 2, (2, 7)),
    ]
    assert repairs[0].alternative.parser_options == {"na_values": {"exporter": ["NA"]}}


def test_what_the_alternative_says_reads_namibia_as_missing():
    assert values({"a": ["ZA", "NA"]}, na_values={"a": ["NA"]}) == {"a": ["ZA", None]}


def test_account_numbers_keep_their_zeros():
    table, repairs = case("T15/transfers.csv")

    assert table["from_account"].to_pylist() == ["0012345", "0098765", "0555001", "12345"]
    assert table["amount"].to_pylist() == [100.0, 50.0, 75.5, 20.0]
    assert repairs == []


def test_git_hashes_stay_texts():
    table, repairs = case("T18/commits.csv")

    assert table.to_pydict() == {
        "parent": ["4e12345", "7e10000", "1234567"],
        "child": ["7e10000", "1234567", "9e99999"],
    }
    assert repairs == []


def test_dates_of_four_origins_are_times():
    table, repairs = case("T38/dates.csv")
    moments = [dt.datetime(2016, 5, day, 17, 34, 29, tzinfo=dt.UTC) for day in (2, 3, 4)]
    days = [dt.date(1998, 7, 10), dt.date(2007, 9, 15), dt.date(2008, 5, 31)]

    assert table.to_pydict() == {
        "src": ["a", "b", "c"], "dst": ["b", "c", "a"], "us": days, "de": days,
        "twitter": moments, "epoch_ms": moments,
    }  # fmt: skip
    assert [(repair.code, repair.column) for repair in repairs] == [
        ("times-recognized", "us"),
        ("times-recognized", "de"),
        ("times-recognized", "twitter"),
        ("times-recognized", "epoch_ms"),
    ]
    assert (repairs[0].before, repairs[0].after) == ("7/10/1998", "1998-07-10")


def test_what_the_alternative_says_reads_times_as_they_stand():
    table, _ = case("T38/dates.csv", dtype={"epoch_ms": "int64", "us": "str"})

    assert table["epoch_ms"].to_pylist() == [1462210469000, 1462296869000, 1462383269000]
    assert table["us"].to_pylist() == ["7/10/1998", "9/15/2007", "5/31/2008"]


def test_ids_of_64_bits_keep_every_digit():
    table, _ = case("T17/tweets.csv")

    assert table["user_id"].to_pylist() == [708663653625634816, 727189530466459649]


def test_decimal_commas_are_numbers():
    table, repairs = case("L01/semicolon_decimal.csv", separator=";")

    assert table["Gewicht"].to_pylist() == [1.5, 2.25, 1000.5]
    assert told(repairs) == [("numbers-recognized", "Gewicht", 3, (2, 3, 4))]


def test_words_for_missing_values_among_numbers_are_missing_and_told():
    table, repairs = typed({"w": ["1", "NA", "2.5", "-", "", "n/a"]})

    assert table.to_pydict() == {"w": [1.0, None, 2.5, None, None, None]}
    assert told(repairs) == [("missing-words", "w", 3, (3, 5, 7))]
    assert repairs[0].alternative.parser_options == {"dtype": {"w": "str"}}
    assert values({"w": ["1", "NA"]}, dtype={"w": "str"}) == {"w": ["1", "NA"]}


def test_words_for_missing_values_among_times_are_missing():
    assert values({"t": ["2020-01-02", "null"]}) == {"t": [dt.date(2020, 1, 2), None]}


def test_a_word_that_stands_among_texts_in_one_column_is_one_in_a_column_of_its_own():
    assert values({"a": ["ZA", "NA"], "b": ["NA", "NA"]}) == {"a": ["ZA", "NA"], "b": ["NA", "NA"]}
    assert values({"b": ["NA", "NA"]}) == {"b": [None, None]}


@pytest.mark.parametrize("marker", ["\\N", "<NA>", "#N/A", "(null)", "#DIV/0!"])
def test_a_marker_of_databases_and_spreadsheets_is_missing_in_any_column(marker):
    table, repairs = typed({"name": ["ann", marker, "bob"]})

    assert table.to_pydict() == {"name": ["ann", None, "bob"]}
    assert told(repairs) == [("missing-words", "name", 1, (3,))]


def test_a_text_that_no_sample_had_decides_the_whole_column():
    texts = [str(number) for number in range(5000)]
    texts[4321] = "x17"

    assert values({"id": texts}) == {"id": texts}


def test_a_decimal_comma_that_no_sample_had_is_read_as_one():
    texts = [str(number) for number in range(5000)]
    texts[4321] = "17,5"
    column = values({"w": texts}, separator=";")["w"]

    assert column[4321] == 17.5
    assert column[:2] == [0.0, 1.0]


def test_blanks_around_numbers_are_taken_off_and_told():
    table, repairs = typed({"w": [" 5", "10", "7 "], "id": ["x ", "x", "y"]})

    assert table.to_pydict() == {"w": [5, 10, 7], "id": ["x ", "x", "y"]}
    assert told(repairs) == [("blanks-trimmed", "w", 2, (2, 4))]


def test_an_amount_that_could_be_thousands_follows_the_other_columns():
    columns = {"betrag": ["1.234,56", "7,10"], "menge": ["1.234", "12.000"]}

    assert values(columns) == {"betrag": [1234.56, 7.1], "menge": [1234, 12000]}
    assert values({"menge": ["1.234", "12.000"]}) == {"menge": [1.234, 12.0]}


def test_a_comma_that_could_be_either_is_told_with_the_other_way():
    table, repairs = typed({"n": ["1,234", "12,500"]})

    assert table.to_pydict() == {"n": [1234, 12500]}
    assert repairs[0].alternative.parser_options == {"decimal": ","}
    assert values({"n": ["1,234", "12,500"]}, decimal=",") == {"n": [1.234, 12.5]}


def test_a_date_that_could_be_either_follows_the_other_columns():
    table, repairs = typed({"a": ["31/12/2020", "1/2/2020"], "b": ["1/2/2020", "3/4/2020"]})

    assert table["b"].to_pylist() == [dt.date(2020, 2, 1), dt.date(2020, 4, 3)]
    assert [repair.code for repair in repairs] == ["times-recognized", "times-recognized"]


def test_a_date_that_could_be_either_is_told_with_the_other_way():
    table, repairs = typed({"t": ["1/2/2020", "3/4/2020"]})

    assert table["t"].to_pylist() == [dt.date(2020, 1, 2), dt.date(2020, 3, 4)]
    assert [repair.code for repair in repairs] == ["day-order-unclear"]
    assert repairs[0].alternative.parser_options == {"dayfirst": True}
    assert values({"t": ["1/2/2020"]}, dayfirst=True) == {"t": [dt.date(2020, 2, 1)]}


def test_booleans_are_of_one_spelling():
    assert values({"a": ["true", "false", ""]}) == {"a": [True, False, None]}
    assert values({"a": ["TRUE", "true"]}) == {"a": ["TRUE", "true"]}
    assert values({"a": ["yes", "no"]}) == {"a": ["yes", "no"]}


@pytest.mark.parametrize(
    ("columns", "options", "expected"),
    [
        ({"a": ["ZA", "NA"]}, {"keep_default_na": False}, {"a": ["ZA", "NA"]}),
        ({"a": ["ZA", "NA"]}, {"na_filter": False}, {"a": ["ZA", "NA"]}),
        ({"a": ["ZA", "NA"]}, {"keep_default_na": True}, {"a": ["ZA", None]}),
        ({"a": ["1", "NA"]}, {"keep_default_na": False}, {"a": ["1", "NA"]}),
        ({"a": ["x", ""]}, {"keep_default_na": False}, {"a": ["x", ""]}),
        ({"a": ["-0- ", "x"]}, {"na_values": "-0- "}, {"a": [None, "x"]}),
        ({"a": ["1", "999"]}, {"na_values": [999]}, {"a": [1, None]}),
        ({"a": ["1", "9"], "b": ["9", "2"]}, {"na_values": {"a": "9"}}, {"a": [1, None], "b": [9, 2]}),
        ({"a": ["0012"]}, {"dtype": "str"}, {"a": ["0012"]}),
        ({"a": ["1"], "b": ["1"]}, {"dtype": {"a": "str"}}, {"a": ["1"], "b": [1]}),
        ({"a": ["0012"]}, {"dtype": {"a": "int64"}}, {"a": [12]}),
        ({"a": ["1"]}, {"dtype": {"a": "float64"}}, {"a": [1.0]}),
        ({"a": ["1", "0"]}, {"dtype": {"a": "bool"}}, {"a": [True, False]}),
        ({"a": ["20200131"]}, {"dtype": {"a": "datetime64[ns]"}}, {"a": [dt.date(2020, 1, 31)]}),
        ({"a": ["yes", "no"]}, {"true_values": ["yes"], "false_values": ["no"]}, {"a": [True, False]}),
        ({"a": ["1,5", "1.000,5"]}, {"decimal": ",", "thousands": "."}, {"a": [1.5, 1000.5]}),
        ({"a": ["7/10/1998"]}, {"parse_dates": ["a"]}, {"a": [dt.date(1998, 7, 10)]}),
        ({"a": ["7/10/1998"]}, {"parse_dates": [0]}, {"a": [dt.date(1998, 7, 10)]}),
        ({"a": ["7/10/1998"]}, {"parse_dates": False}, {"a": ["7/10/1998"]}),
        ({"a": ["7/10/1998"]}, {"date_format": "%d/%m/%Y"}, {"a": [dt.date(1998, 10, 7)]}),
        ({"a": ["1998 191"]}, {"date_format": {"a": "%Y %j"}}, {"a": [dt.date(1998, 7, 10)]}),
    ],
)  # fmt: skip
def test_options_of_pandas_are_obeyed(columns, options, expected):
    assert values(columns, **options) == expected


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"dtype": {"a": "int64"}}, "dtype says that 'a' is integer, but 'x' in line 3 is not."),
        ({"dtype": "complex"}, "dtype 'complex' is not known"),
        (
            {"dtype": {"b": "str"}},
            "dtype names the column 'b', which is not there; the file has a.",
        ),
        ({"na_filter": "no"}, "na_filter must be true or false"),
        ({"decimal": "point"}, "decimal must be one character"),
        ({"parse_dates": [["a", "a"]]}, "columns that are joined to one are not supported"),
        ({"na_values": True}, "na_values must be a text or a list of texts"),
        ({"date_format": 7}, "date_format must be a text"),
    ],
)
def test_an_option_that_cannot_be_obeyed_is_refused_by_its_name(options, message):
    with pytest.raises(UnreadableFileError, match=message.replace("(", r"\(")):
        typed({"a": ["1", "x"]}, **options)


def test_a_table_without_rows_or_columns_stays_one():
    assert values({"a": []}) == {"a": []}
    assert values({}) == {}
