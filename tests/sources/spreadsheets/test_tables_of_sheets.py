"""Where tables of a sheet begin and end, what names their columns, and what becomes of their cells."""

import datetime as dt

import pytest

from graphkeep.graph.errors import UnreadableFileError
from tests.sources.spreadsheets.reading import (
    only,
    read,
    read_rows,
    repairs,
    tables,
    types,
    workbook,
)

PAYMENTS = [["Payer", "Payee", "Amount"], ["Ann", "Bob", 1.5], ["Bob", "Cem", 2]]
MOMENT = dt.datetime.fromisoformat("2026-01-02T03:04:05")
READ_PAYMENTS = [
    {"Payer": "Ann", "Payee": "Bob", "Amount": 1.5},
    {"Payer": "Bob", "Payee": "Cem", "Amount": 2.0},
]


def test_a_plain_sheet_has_no_repairs():
    result = read_rows(PAYMENTS)

    assert only(result) == READ_PAYMENTS
    assert repairs(result) == []


def test_a_title_directly_above_the_header_is_left_out():
    result = read_rows([["All payments"], *PAYMENTS])

    assert only(result) == READ_PAYMENTS
    assert repairs(result) == [("rows-above-header", 1, (1,))]
    assert result.repairs[0].alternative.parser_options == {"header": None}


def test_a_preamble_of_names_and_values_is_left_out():
    result = read_rows([["Account", "DE12"], ["Holder", "Ann"], [], ["Day", "Payer", "Payee", "Amount", "Text"],
                        ["1", "Ann", "Bob", 3, "x"], ["2", "Ann", "Cem", 4, "y"], ["3", "Bob", "Cem", 5, "z"]])  # fmt: skip

    assert [(row["Payer"], row["Payee"], row["Amount"]) for row in only(result)] == [
        ("Ann", "Bob", 3), ("Ann", "Cem", 4), ("Bob", "Cem", 5),
    ]  # fmt: skip
    assert repairs(result) == [("rows-above-header", 2, (1, 2))]


def test_totals_and_notes_below_the_table_are_left_out():
    result = read_rows(
        [*PAYMENTS, ["Total", None, 3.5], [], ["Source: the bank, all amounts in EUR"]]
    )

    assert only(result) == READ_PAYMENTS
    assert repairs(result) == [("rows-below-table", 2, (4, 6))]


def test_a_row_with_one_cell_at_the_end_is_data_where_nothing_shows_that_it_is_a_note():
    result = read_rows([["Name", "Boss", "Age"], ["Ann", "Bob", 3], ["Bob", None, 4], ["Cem"]])

    assert [row["Name"] for row in only(result)] == ["Ann", "Bob", "Cem"]


def test_empty_rows_between_data_do_not_end_the_table():
    result = read_rows([PAYMENTS[0], PAYMENTS[1], [], [], PAYMENTS[2]])

    assert only(result) == READ_PAYMENTS


def test_empty_columns_are_left_out():
    result = read_rows([["from", None, "to"], ["a", None, "b"], ["b", None, "c"]])

    assert only(result) == [{"from": "a", "to": "b"}, {"from": "b", "to": "c"}]


def test_a_table_that_begins_in_the_middle_of_the_sheet_is_read():
    result = read_rows(
        [[], [], [None, None, "from", "to"], [None, None, "a", "b"], [None, None, "b", "c"]]
    )

    assert only(result) == [{"from": "a", "to": "b"}, {"from": "b", "to": "c"}]


def test_a_header_that_is_repeated_on_each_page_is_no_data():
    result = read_rows([*PAYMENTS, [], *PAYMENTS])

    assert only(result) == READ_PAYMENTS * 2
    assert repairs(result) == [("repeated-header", 1, (5,))]


def test_two_tables_below_one_another_are_two_tables():
    result = read_rows(
        [["from", "to", "n"], ["a", "b", 1], ["b", "c", 2], [], ["id", "age"], ["a", 30], ["b", 31]]
    )

    assert tables(result) == {
        "Sheet": [{"from": "a", "to": "b", "n": 1}, {"from": "b", "to": "c", "n": 2}],
        "Sheet (row 5)": [{"id": "a", "age": 30}, {"id": "b", "age": 31}],
    }


def test_two_tables_beside_one_another_are_two_tables():
    result = read_rows([["id", "age", None, "from", "to"], ["a", 30, None, "a", "b"], ["b", 31, None, "b", "a"],
                        [None, None, None, "a", "a"]])  # fmt: skip

    assert [named.table.to_pylist() for named in result.tables] == [
        [{"id": "a", "age": 30}, {"id": "b", "age": 31}],
        [{"from": "a", "to": "b"}, {"from": "b", "to": "a"}, {"from": "a", "to": "a"}],
    ]


def test_pairs_without_a_header_keep_their_first_row():
    result = read_rows([["a", "b"], ["b", "c"], ["c", "a"]])

    assert only(result) == [
        {"column1": "a", "column2": "b"}, {"column1": "b", "column2": "c"}, {"column1": "c", "column2": "a"},
    ]  # fmt: skip
    assert repairs(result) == [("no-header", 1, (1,))]
    assert result.repairs[0].alternative.parser_options == {"header": 0}


def test_a_first_row_with_numbers_and_dates_is_data():
    result = read_rows([["Ann", 3, dt.date(2026, 1, 1)], ["Bob", 4, dt.date(2026, 1, 2)]])

    assert [list(row.values()) for row in only(result)] == [
        ["Ann", 3, dt.date(2026, 1, 1)], ["Bob", 4, dt.date(2026, 1, 2)],
    ]  # fmt: skip


def test_years_can_name_columns():
    result = read_rows([["Country", 2024, 2025], ["NA", 1, 2], ["DE", 3, 4]])

    assert only(result) == [
        {"Country": "NA", "2024": 1, "2025": 2}, {"Country": "DE", "2024": 3, "2025": 4},
    ]  # fmt: skip


def test_groups_above_the_header_are_part_of_the_names():
    rows = [
        ["Sender", None, "Receiver", None],
        ["name", "city", "name", "city"],
        ["Ann", "Rom", "Bob", "Ulm"],
    ]

    result = read_rows(rows, merge=("A1:B1", "C1:D1"))

    assert only(result) == [
        {"Sender name": "Ann", "Sender city": "Rom", "Receiver name": "Bob", "Receiver city": "Ulm"}
    ]


def test_cells_merged_over_rows_count_for_each_row():
    rows = [["boss", "worker"], ["Ann", "Bob"], [None, "Cem"], [None, "Dee"], ["Eve", "Fay"]]

    result = read_rows(rows, merge=("A2:A4",))

    assert [(row["boss"], row["worker"]) for row in only(result)] == [
        ("Ann", "Bob"), ("Ann", "Cem"), ("Ann", "Dee"), ("Eve", "Fay"),
    ]  # fmt: skip
    assert repairs(result) == [("merged-cells", 2, (3, 4))]


def test_columns_without_or_with_the_same_name_get_names_of_their_own():
    result = read_rows([["id", None, "id", "n"], ["a", "x", "b", 1], ["c", "y", "d", 2]])

    assert list(only(result)[0]) == ["id", "column2", "id_2", "n"]


def test_numbers_stored_as_text_keep_their_text():
    result = read_rows([["id", "n"], ["0012", 1], ["7", 2]])

    assert only(result) == [{"id": "0012", "n": 1}, {"id": "7", "n": 2}]
    assert types(result) == {"id": "string", "n": "int64"}


def test_dates_times_durations_and_booleans_keep_their_types():
    result = read_rows(
        [["a", "day", "moment", "took", "ok"],
         ["x", dt.date(2026, 1, 2), MOMENT, dt.timedelta(hours=30), True],
         ["y", dt.date(2026, 1, 3), MOMENT, dt.timedelta(minutes=1), False]]
    )  # fmt: skip

    assert only(result)[0] == {
        "a": "x", "day": dt.date(2026, 1, 2), "moment": MOMENT, "took": 108_000.0,
        "ok": True,
    }  # fmt: skip
    assert types(result)["moment"].startswith("timestamp")


def test_a_column_of_numbers_and_texts_is_text_and_told():
    result = read_rows([["id", "code"], ["a", 12], ["b", "x1"], ["c", 3.5]])

    assert [row["code"] for row in only(result)] == ["12", "x1", "3.5"]
    assert [repair.code for repair in result.repairs] == ["mixed-types"]


def test_whole_numbers_are_exact():
    result = read_rows([["id", "n"], ["a", 2**53], ["b", 1]])

    assert [row["n"] for row in only(result)] == [2**53, 1]
    assert types(result)["n"] == "int64"


def test_the_header_that_the_sender_names_is_used():
    rows = [["x", "y"], ["from", "to"], ["a", "b"]]

    assert only(read_rows(rows, header=1)) == [{"from": "a", "to": "b"}]
    assert only(read_rows(rows, header=0)) == [{"x": "from", "y": "to"}, {"x": "a", "y": "b"}]
    assert [list(row.values()) for row in only(read_rows(rows, header=None))] == rows


def test_rows_names_and_counts_that_the_sender_chooses_are_used():
    rows = [["junk", "junk2"], ["from", "to"], ["a", "b"], ["b", "c"], ["end", "x"]]

    result = read_rows(rows, skiprows=1, skipfooter=1, nrows=1, names=["s", "d"])

    assert only(result) == [{"s": "a", "d": "b"}]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"sep": ";"}, "'sep' is no option of spreadsheets"),
        ({"header": 9}, "row 10 of the sheet is empty or is not there"),
        ({"header": "first"}, "header is the number of a row"),
    ],
)
def test_options_that_cannot_be_obeyed_are_refused_by_name(options, words):
    with pytest.raises(UnreadableFileError, match=words):
        read_rows(PAYMENTS, **options)


def test_sheets_without_cells_are_left_out():
    result = read(workbook({"Notes": [], "Data": PAYMENTS}))

    assert [named.name for named in result.tables] == ["Data"]


def test_a_workbook_without_cells_is_refused():
    with pytest.raises(UnreadableFileError, match="no sheet with cells"):
        read(workbook({"Sheet": []}))


def test_a_damaged_workbook_is_refused_in_words():
    with pytest.raises(UnreadableFileError, match="does not read as a spreadsheet"):
        read(workbook({"Sheet": PAYMENTS})[:1000], "a.xlsx")


def test_a_sheet_with_a_header_alone_is_an_empty_table():
    result = read(workbook({"Empty": [["from", "to"]], "Data": PAYMENTS}))

    assert tables(result)["Empty"] == []


def test_groups_that_are_not_merged_tell_equal_names_apart():
    rows = [["Sender", None, "Receiver", None, None], ["name", "city", "name", "city", "n"],
            ["Ann", "Rom", "Bob", "Ulm", 1], ["Bob", "Ulm", "Cem", "Bonn", 2]]  # fmt: skip

    assert only(read_rows(rows))[0] == {
        "Sender name": "Ann", "Sender city": "Rom", "Receiver name": "Bob", "Receiver city": "Ulm",
        "Receiver n": 1,
    }  # fmt: skip


def test_errors_are_counted_with_their_rows():
    book = workbook({"Sheet": [["id", "n"], ["a", 1], ["b", "#N/A"], ["c", "#DIV/0!"]]})

    result = read(book)

    assert [row["n"] for row in only(result)] == [1, None, None]
    assert repairs(result) == [("error-cells", 2, (3, 4))]
