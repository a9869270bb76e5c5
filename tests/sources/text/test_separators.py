"""Separators of every kind, found from the lines alone."""

import pytest

from .reading import read, read_texts

TABLE = [["name", "place", "n"], ["ann", "rome", "1"], ["bob", "oslo", "2"], ["cem", "lima", "3"]]


@pytest.mark.parametrize(
    "separator",
    [",", ";", "\t", "|", " ", "^", "~", "::", "||", "^|^", "|~|", "\x01", "\x1f", "¦", "§", ";;", "~~", "!", "，"],
)  # fmt: skip
def test_a_separator_is_found(separator):
    content = "\n".join(separator.join(row) for row in TABLE)

    result = read_texts(content)

    assert (result.columns, result.rows) == (TABLE[0], TABLE[1:])
    assert result.detected["sep"] == separator


@pytest.mark.parametrize("separator", [",", ";", "|", "::", "^"])
def test_a_separator_is_found_beside_quotes(separator):
    rows = [[f"a{separator}b", "x"], ['say "hi"', "y"], ["two\nlines", "z"]]
    quoted = [[f'"{cell}"' for cell in (one.replace('"', '""'), two)] for one, two in rows]

    result = read_texts("t,u\n".replace(",", separator) + "\n".join(map(separator.join, quoted)))

    assert result.rows == rows
    assert "stray-quotes" not in result.codes


def test_runs_of_blanks_separate_columns():
    result = read("src      dst      w\nalice    bob      1\nbob      carol    12\n")

    assert (result.columns, result.rows) == (
        ["src", "dst", "w"], [["alice", "bob", 1], ["bob", "carol", 12]],
    )  # fmt: skip
    assert result.detected["sep"] == r"\s+"


def test_blanks_at_the_start_of_lines_are_no_column():
    assert read("   1   2  0.5\n  10  20  1.5\n").rows == [[1, 2, 0.5], [10, 20, 1.5]]


def test_tabs_leave_the_blanks_of_their_cells_alone():
    result = read_texts("full name\tplace\nAnn Lee\tRome\nBob\tNew York\n")

    assert result.columns == ["full name", "place"]
    assert result.rows == [["Ann Lee", "Rome"], ["Bob", "New York"]]


def test_runs_of_tabs_and_blanks_separate_as_one():
    assert read("1 \t 2\n3\t4\n5  6\n").rows == [[1, 2], [3, 4], [5, 6]]


def test_quoted_cells_between_runs_of_blanks_keep_their_blanks():
    result = read_texts('name   kind\n"a b"   "c"\n"d  e"  "f"\n')

    assert result.rows == [["a b", "c"], ["d  e", "f"]]


def test_decimal_commas_do_not_separate():
    assert read("a;b;w\nx;y;1,5\ny;z;2,5\n").rows == [["x", "y", 1.5], ["y", "z", 2.5]]


def test_a_column_of_times_or_addresses_is_one_column():
    assert read_texts("2026-01-01 10:00:00\n2026-01-01 11:00:00\n").rows == [
        ["2026-01-01 10:00:00"], ["2026-01-01 11:00:00"],
    ]  # fmt: skip
    assert read_texts("http://a.example/x:y\nhttp://b.example/z:w\n").rows == [
        ["http://a.example/x:y"], ["http://b.example/z:w"],
    ]  # fmt: skip


def test_a_column_of_names_below_one_word_is_one_column():
    result = read("name\nAnn Smith\nBob Jones\nCem Ay\n")

    assert (result.columns, result.rows) == (["name"], [["Ann Smith"], ["Bob Jones"], ["Cem Ay"]])


def test_blanks_after_every_separator_are_left_out_and_told():
    result = read("a; b; c\nx; y; 1\nz; w; 2\n")

    assert (result.columns, result.rows) == (["a", "b", "c"], [["x", "y", 1], ["z", "w", 2]])
    told = result.repair("spaces-stripped")
    assert (told.count, told.alternative.parser_options) == (4, {"skipinitialspace": False})


def test_blanks_before_quotes_do_not_hide_them():
    assert read_texts('a, b\n"x, y", "z"\n"u", "v, w"\n').rows == [["x, y", "z"], ["u", "v, w"]]


def test_some_blanks_after_separators_stay():
    assert read_texts("a,b\nx, y\nz,w\n").rows == [["x", " y"], ["z", "w"]]


def test_apostrophes_quote_where_cells_begin_and_end_with_them():
    result = read_texts("a,b\n'x,y','z'\n'it''s','w'\n")

    assert result.rows == [["x,y", "z"], ["it's", "w"]]
    assert result.detected["quotechar"] == "'"


def test_apostrophes_inside_words_are_text():
    assert read_texts("a,b\n's-Hertogenbosch,rock 'n' roll\nx,y\n").rows == [
        ["'s-Hertogenbosch", "rock 'n' roll"], ["x", "y"],
    ]  # fmt: skip


def test_backslashes_escape_quotes_where_that_makes_rows_even():
    result = read_texts('a,b\n"say \\"hi, you\\"",x\n"c:\\\\dir",y\n')

    assert result.rows == [['say "hi, you"', "x"], ["c:\\dir", "y"]]


def test_backslashes_stay_where_nothing_is_escaped():
    assert read_texts('a,b\nc:\\new,"d:\\x"\n').rows == [["c:\\new", "d:\\x"]]


def test_a_ragged_list_shows_its_comma():
    result = read("a,b,c\n1,2\n3,4,5\n6,7,8,9\n")

    assert result.rows == [[1, 2, None, None], [3, 4, 5, None], [6, 7, 8, 9]]


@pytest.mark.parametrize(
    "lines",
    [
        ["a b c", "b c d", "c d", "d a"],
        ["1 2 3 4", "2 1", "3 1 4", "4 1 3"],
        ["Ann Bob Cy", "Bob Cy", "Cy Dee Ann", "Dee"],
    ],
)
def test_nodes_and_their_neighbors_are_separated_by_blanks(lines):
    result = read_texts("\n".join(lines) + "\n")

    assert [[cell for cell in row if cell] for row in result.rows] == [
        line.split() for line in lines
    ]


def test_a_list_of_phrases_stays_one_column():
    result = read_texts("topic\nthe graph\na large graph of roads\nroads\nold maps of towns\n")

    assert result.rows == [
        ["the graph"], ["a large graph of roads"], ["roads"], ["old maps of towns"]
    ]  # fmt: skip


FLIGHTS = """NAME            FROM CITY       TO CITY         KM
Flight 1        New York        Los Angeles     3944
Flight 2        Los Angeles     San Diego        179
Flight 3        San Diego       Zürich         13911
"""


def test_columns_of_fixed_width_are_cut_where_they_begin():
    result = read(FLIGHTS)

    assert result.columns == ["NAME", "FROM CITY", "TO CITY", "KM"]
    assert result.rows == [
        ["Flight 1", "New York", "Los Angeles", 3944], ["Flight 2", "Los Angeles", "San Diego", 179],
        ["Flight 3", "San Diego", "Zürich", 13911],
    ]  # fmt: skip
    cut = result.repair("fixed-width")
    assert (cut.count, cut.after) == (4, "NAME | FROM CITY | TO CITY | KM")
    assert cut.message == (
        "The columns begin at the same character of each line; they are cut there, at 1, 17, 33, 48."
    )


def test_a_line_that_crosses_a_column_leaves_blanks_as_the_separators():
    lines = (
        FLIGHTS
        + "".join(f"Flight {n}        New York        Los Angeles     3944\n" for n in range(4, 10))
        * 70
    )

    assert "fixed-width" in read(lines).codes
    assert "fixed-width" not in read(lines + "a b cccccccccccccccccccccccccccc d\n").codes


def test_words_between_runs_of_blanks_are_no_columns_of_fixed_width():
    result = read("a   b   1\nbb  c   22\nc   dd  3\nd   a   4\n")

    assert result.rows == [["a", "b", 1], ["bb", "c", 22], ["c", "dd", 3], ["d", "a", 4]]
    assert "fixed-width" not in result.codes
