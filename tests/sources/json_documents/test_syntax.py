"""JSON text as people have it: several documents, other encodings, damage with its line."""

import json

import pytest

from graphkeep.graph.errors import UnreadableFileError
from graphkeep.sources.json_documents.json import JSON

from .reading import codes, read, rows, tables

PAIR = [{"a": 1, "b": "x"}, {"a": 2, "b": "y"}]
ONE, TWO = (json.dumps(each) for each in PAIR)


@pytest.mark.parametrize(
    "text",
    [
        f"{ONE}\n{TWO}\n", f"{ONE}\r\n\r\n{TWO}", f"{ONE}{TWO}", f"{ONE} {TWO}", f"{ONE},\n{TWO},\n", f"\x1e{ONE}\n\x1e{TWO}\n",
        "\n".join(json.dumps(each, indent=2) for each in PAIR), f"[{ONE},\n{TWO}]", f"\ufeff{ONE}\n\ufeff{TWO}",
        f")]}}'\n[{ONE}, {TWO}]", f"window.YTD.part0 = [{ONE}, {TWO}];", f"var data = [{ONE}, {TWO}]",
    ],
)  # fmt: skip
def test_documents_may_follow_each_other_in_any_way(text):
    assert rows(text) == PAIR


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-be"]
)
def test_unicode_is_read_in_each_of_its_encodings(encoding):
    result = read('[{"a": "Zoë", "b": "日本"}]'.encode(encoding))

    assert tables(result)["table"] == [{"a": "Zoë", "b": "日本"}]
    assert codes(result) == []


def test_windows_1252_is_guessed_with_a_word():
    result = read('[{"a": "Zoë"},\n {"a": "naïve café"}]'.encode("cp1252"))

    assert tables(result)["table"] == [{"a": "Zoë"}, {"a": "naïve café"}]
    (repair,) = result.repairs
    assert (repair.code, repair.count, repair.lines, repair.after) == (
        "encoding-guessed",
        3,
        (1, 2),
        '[{"a": "Zoë"},',
    )


def test_one_damaged_byte_does_not_change_the_rest():
    result = read('[{"a": "Łódź Müller"}, {"a": "x'.encode() + b"\xfc" + b'"}]')

    assert tables(result)["table"] == [{"a": "Łódź Müller"}, {"a": "x\ufffd"}]
    assert [(repair.code, repair.count) for repair in result.repairs] == [("bytes-replaced", 1)]


def test_an_encoding_may_be_named():
    assert rows('[{"a": "Привет"}]'.encode("cp1251"), encoding="cp1251") == [{"a": "Привет"}]
    with pytest.raises(UnreadableFileError, match="There is no encoding 'klingon'"):
        read("[]", encoding="klingon")


def test_tabs_and_line_ends_inside_of_texts_are_kept():
    assert rows('[{"a": "x\ty\nz"}]') == [{"a": "x\ty\nz"}]


def test_a_cut_off_last_line_is_left_out_with_its_number():
    result = read(f'{ONE}\n{TWO}\n{{"a": 3, "b"')

    assert tables(result)["table"] == PAIR
    (repair,) = result.repairs
    assert (repair.code, repair.count, repair.lines, repair.before) == (
        "line-left-out",
        1,
        (3,),
        '{"a": 3, "b"',
    )
    assert (
        repair.message
        == "1 lines do not read as JSON; they are left out. The last line is cut off."
    )


def test_few_lines_that_are_none_are_left_out_with_their_numbers():
    lines = [json.dumps({"a": number}) for number in range(30)]
    lines[4], lines[9] = "-- rotated --", '{"a": 1,}'
    result = read("\n".join(lines))

    assert [row["a"] for row in tables(result)["table"]] == [
        n for n in range(30) if n not in (4, 9)
    ]
    assert [(repair.lines, repair.before) for repair in result.repairs] == [
        ((5, 10), "-- rotated --")
    ]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{'a': 1}", "line 1, column 2: texts and names need double quotes, not single ones."),
        ('{\n "a": 1, // one\n}', "line 2, column 10: JSON has no comments."),
        ('{"a": undefined}', "line 1, column 7: a value belongs there, not 'undefined}'."),
        ("{a: 1}", "line 1, column 2: a name in double quotes belongs there, not 'a: 1}'."),
        ('[{"a": 1}\n {"a": 2}]', "line 2, column 2: a comma or a closing bracket belongs there"),
        ('{"a" 1}', "line 1, column 6: a colon belongs there"),
        ('{"a": ["x"', "the text ends, and the '[' of line 1 is still open."),
        ('{"a": {\n "b": 1,', "the text ends, and the '{' of line 1 is still open."),
        ('{"a": "x', "the text that begins there has no closing quote."),
        ("<html></html>", "line 1, column 1: a value belongs there, not '<html></html>'."),
    ],
)  # fmt: skip
def test_what_is_no_json_is_refused_with_its_line(text, reason):
    with pytest.raises(UnreadableFileError) as refused:
        read(text)

    assert reason in refused.value.message
    assert refused.value.message.startswith("This does not read as JSON: line ")


@pytest.mark.parametrize("content", [b"", b"  \n ", b"\xef\xbb\xbf", "\ufeff".encode("utf-16-le")])
def test_an_empty_file_is_refused(content):
    with pytest.raises(UnreadableFileError, match="The file is empty"):
        read(content)


def test_names_that_come_twice_keep_both_values():
    result = read('[{"a": 1, "a": 2, "b": 3, "b": 3}, {"a": 4}]')

    assert tables(result)["table"] == [{"a": 2, "b": 3, "a_2": 1}, {"a": 4, "b": None, "a_2": None}]
    assert [(repair.code, repair.count, repair.column) for repair in result.repairs] == [
        ("duplicate-key", 1, "a")
    ]


# --- hostile ------------------------------------------------------------------------------------------


def test_deep_nesting_is_refused():
    for text in (
        "[" * 100_000,
        '{"a":' * 100_000,
        "[" * 5000 + "]" * 5000,
        '{"a":' * 5000 + "1" + "}" * 5000,
    ):
        with pytest.raises(UnreadableFileError):
            read(text)


def test_nesting_below_the_limit_of_the_parser_is_read():
    assert len(rows('[{"a":' + "[" * 300 + "]" * 300 + "}]")) == 1
    assert len(rows('[{"a":' + '{"b":' * 300 + "1" + "}" * 300 + "}]")) == 1
    read('{"name": "x", "children": [' * 200 + "{}" + "]}" * 200)


def test_a_million_names_are_a_table_of_two_columns():
    (named,) = read(
        "{" + ",".join(f'"k{number}":{number}' for number in range(1_000_000)) + "}"
    ).tables

    assert (named.table.num_rows, named.table.column_names) == (1_000_000, ["key", "value"])


def test_records_without_a_common_name_are_bounded():
    result = read([{f"k{row}_{number}": 1 for number in range(100)} for row in range(200)])

    (named,) = result.tables
    assert (named.table.num_rows, named.table.num_columns) == (200, 2001)
    assert codes(result) == ["column-limit"]


def test_huge_integers_keep_their_digits():
    digits = "9" * 5000

    assert rows(f'[{{"a": {digits}}}]') == [{"a": digits}]
    assert rows(f'[{{"a": {digits}}}, {{"a": 1}}]')[1] == {"a": "1"}


def test_long_fractions_are_bounded():
    assert rows(f'[{{"a": 0.{"1" * 20_000}}}]')[0]["a"].startswith("0.11111")


def test_lone_surrogates_are_replaced_with_a_word():
    result = read('[{"a": "x\\ud800y", "b\\udfff": 1}, {"a": "\\ud83d\\ude00"}]')

    (named,) = result.tables
    assert named.table.to_pylist() == [
        {"a": "x\ufffdy", "b\ufffd": 1},
        {"a": "😀", "b\ufffd": None},
    ]
    assert [(repair.code, repair.before) for repair in result.repairs] == [
        ("text-replaced", "x\\ud800y")
    ]


def test_names_of_dots_and_nothing_are_names():
    assert rows([{"": 1, "a.": {"": 2}, "a": {".": 3}}]) == [{"column": 1, "a..": 2, "a.._2": 3}]


@pytest.mark.parametrize(
    ("head", "sure"),
    [
        (b'{"a": 1}', True), (b'[{"a"', True), (b"\xef\xbb\xbf [\n {", True), (b"{}", True), ('{"a": 1}'.encode("utf-16"), True),
        (b"[2026-01-02 10:00] started", False), (b"[a.section]\nx=1", False), (b"{rtf1}", False), (b"a,b\n1,2\n", False), (b"{a, b}", False),
        (b"[1, 2]", False),
    ],
)  # fmt: skip
def test_json_is_recognized_by_its_beginning(head, sure):
    assert (JSON.recognize(head, "x.log") >= 0.9) is sure


def test_characters_that_no_database_stores_are_no_part_of_names():
    result = read('{"a\\u0000": [1], "b\\u0000": [2, "x"]}')

    (named,) = result.tables
    assert named.table.column_names == ["a\ufffd", "b\ufffd"]
    assert [(repair.code, repair.column) for repair in result.repairs] == [
        ("short-column", "a\ufffd"),
        ("mixed-types", "b\ufffd"),
    ]


def test_commas_before_closing_brackets_are_left_out_with_their_lines():
    result = read(
        '[\n{"ip": "10.0.0.1", "note": "a,]"}\n,\n{"ip": "10.0.0.2", "note": ",}",},\n]\n'
    )

    assert tables(result)["table"] == [
        {"ip": "10.0.0.1", "note": "a,]"},
        {"ip": "10.0.0.2", "note": ",}"},
    ]
    (repair,) = result.repairs
    assert (repair.code, repair.count, repair.lines) == ("trailing-commas", 2, (4, 4))


def test_a_script_that_assigns_json_is_recognized_as_json():
    assert JSON.recognize(b'window.YTD.tweets.part0 = [ {\n "tweet": {', "tweets.js") == 0.95
    assert JSON.recognize(b"a = [1, 2]", "a.txt") == 0.0
    assert JSON.recognize(b"source=a target=b", "a.log") == 0.0
