"""Files of real people, each with the whole table that it holds; those of the guards were always read right."""

import datetime as dt
import io
import json

import pytest

from graphkeep.sources.file_format import ReadOptions
from graphkeep.sources.registry import format_of, read_tables

from .reading import CASES, read, read_case

DATE = dt.date


def test_pairs_without_a_header_begin_in_the_first_line_and_lose_the_blank_after_the_comma():
    result = read_case("T05", "pairs.csv")

    assert result.columns == ["column1", "column2"]
    assert result.rows == [["A", "B"], ["B", "C"], ["C", "D"], ["A", "C"], ["D", "B"], ["B", "C"]]
    assert result.codes == ["header-missing", "spaces-stripped"]
    assert result.repair("spaces-stripped").count == 6


def test_an_adjacency_list_keeps_all_of_its_cells():
    result = read_case("T06", "adjacency_list.csv")

    assert result.rows == [["P", "M", "V"], ["O", "D", "S"], ["O", "T", "S"]]
    assert result.codes == ["header-missing"]


def test_quoted_pairs_without_a_header_keep_the_first_pair():
    assert read_case("T09", "mwe.csv").rows == [["a", "b"], ["a", "c"], ["c", "d"]]


def test_a_snap_edge_list_is_read_below_its_comments_and_named_by_the_last_of_them():
    result = read_case("T10", "Wiki-Vote.txt")

    assert result.columns == ["FromNodeId", "ToNodeId"]
    assert result.rows == [
        [30, 1412], [30, 3352], [30, 5254], [30, 5543],
        [3352, 5254], [5254, 1412], [5543, 30], [1412, 30],
    ]  # fmt: skip
    assert result.repair("comments-skipped").lines == (1, 2, 3)
    assert result.detected["header"] == 4


def test_edges_between_blanks_have_weights():
    result = read_case("T11", "B.edges")

    assert result.rows == [["a", "b", 0.5], ["b", "c", 1.5], ["c", "d", 2.0], ["d", "a", 1.0]]
    assert result.detected["sep"] == " "


def test_the_summary_below_flows_is_left_out_and_told():
    result = read_case("T19", "flows_nfdump.csv")

    assert [row[3:5] for row in result.rows] == [
        ["10.1.0.5", "192.0.2.9"],
        ["10.1.0.6", "192.0.2.9"],
        ["10.1.0.5", "192.0.2.7"],
        ["10.1.0.6", "192.0.2.7"],
    ]
    assert [row[10] for row in result.rows] == [4402151424, 4155637760, 155637760, 700]
    assert result.rows[0][0] == dt.datetime(2022, 6, 23, 14, 32, 24)
    footer = result.repair("footer-skipped")
    assert (footer.count, footer.lines, footer.before) == (3, (6, 7, 8), "Summary")


def test_a_bank_export_is_read_below_its_preamble():
    result = read_case("T24", "dkb.csv")

    assert result.columns == [
        "Buchungsdatum", "Wertstellung", "Status", "Zahlungspflichtige*r", "Zahlungsempfänger*in",
        "Verwendungszweck", "Umsatztyp", "IBAN", "Betrag (€)",
    ]  # fmt: skip
    assert [[row[3], row[4], row[5], row[8]] for row in result.rows] == [
        ["Müller GmbH", "Hansa Öl AG", "Rechnung 1;2", -1234.56],
        ["Hansa Öl AG", "Müller GmbH", "Gutschrift", 99.0],
        ["Müller GmbH", "Stadtwerke", "Strom", -210.1],
    ]
    preamble = result.repair("preamble-skipped")
    assert (preamble.count, preamble.lines) == (2, (1, 2))
    assert preamble.before == '"DKB-Business";"DE02120300000000202051"'
    assert result.detected["header"] == 4


def test_cyrillic_and_japanese_files_are_readable():
    russian = read_case("T33", "russian.csv")
    japanese = read_case("T35", "sjis.csv")

    assert russian.columns == ["Источник", "Получатель", "Тип", "Вес"]
    assert [[row[0], row[1], row[3]] for row in russian.rows] == [
        ["Аня", "Борис", 1.5], ["Борис", "Вера", 2.0], ["Вера", "Аня", 0.5], ["Аня", "Гоша", 1.0],
    ]  # fmt: skip
    assert russian.detected["encoding"] == "cp1251"
    assert japanese.columns == ["送金元", "送金先", "金額"]
    assert japanese.rows == [
        ["株式会社表示", "山田商店", 100], ["山田商店", "鈴木", 200], ["鈴木", "株式会社表示", 50],
    ]  # fmt: skip


def test_a_repeated_header_is_no_row():
    result = read_case("T46", "dup_header.csv")

    assert result.rows == [["a", "b", 1], ["b", "c", 2], ["c", "d", 3], ["d", "a", 4]]
    repeated = result.repair("repeated-header")
    assert (repeated.count, repeated.lines, repeated.before) == (1, (4,), "source,target,weight")


def test_two_colons_separate():
    result = read_case("T47", "movielens.dat")

    assert result.rows == [
        [1, 1193, 5, 978300760], [1, 661, 3, 978302109], [2, 1193, 4, 978298413], [2, 661, 5, 978299000],
    ]  # fmt: skip


def test_a_stray_quote_costs_no_row():
    result = read_case("T48", "title.crew.tsv")

    expected = [[f"tt{n:04d}", f"Title {n}", f"nm{n % 7:04d}"] for n in range(1, 101)]
    expected[39][1] = '"Rome, open'
    assert result.rows == expected
    stray = result.repair("stray-quotes")
    assert (stray.count, stray.lines) == (1, (41,))
    assert stray.before == 'tt0040\t"Rome, open\tnm0005'


def test_the_last_comment_of_a_feed_is_its_header():
    result = read_case("T49", "urlhaus.csv")

    assert result.columns == ["id", "dateadded", "url", "url_status", "threat", "tags", "reporter"]
    assert [[row[0], row[2], row[5], row[6]] for row in result.rows] == [
        [1, "http://a.example/x.exe", "elf,mirai", "geenensp"],
        [2, "http://b.example/y.exe", "exe", "lrz_urlhaus"],
        [3, "http://a.example/z.exe", "elf", "geenensp"],
    ]


def test_a_table_of_r_has_a_column_of_row_names():
    result = read_case("T53", "r_table.txt")

    assert result.columns == ["row", "source", "target", "w"]
    assert result.rows == [[1, "ann", "bob", 1], [2, "bob", "cem", 2], [3, "cem", "ann", 3]]
    assert result.codes == ["row-names"]


def test_one_stray_byte_leaves_the_other_names_alone():
    result = read_case("T66", "utf8.csv")

    assert result.rows == [["Müller", "Łódź"], ["Łódź", "Straße"]]
    stray = result.repair("bytes-replaced")
    assert (stray.count, stray.lines, stray.after) == (1, (3,), "Łódź,Straße")


OPTIONS = {
    ("comments.tsv", "comment"): (["from", "to"], [[1, 2], [2, 3]]),
    ("na.csv", "keep_default_na"): (["exporter", "importer"], [["ZA", "NA"], ["NA", "DE"]]),
    ("na.csv", "na_filter"): (["exporter", "importer"], [["ZA", "NA"], ["NA", "DE"]]),
    ("numbers.csv", "decimal"): (["a", "b", "w"], [["x", "y", 1.5], ["y", "z", 1000.5]]),
    ("preamble.csv", "header"): (["from", "to"], [["a", "b"], ["b", "c"]]),
    ("footer.csv", "skipfooter"): (["sa", "da"], [["1.1.1.1", "2.2.2.2"], ["2.2.2.2", "3.3.3.3"]]),
    ("quotes.tsv", "quoting"): (["a", "b"], [[1, '"x'], [2, "y"], [3, "z"]]),
    ("blanks.txt", "delim_whitespace"): (["column1", "column2", "column3"], [["a", "b", 0.5], ["b", "c", 1.5]]),
    ("blanks.txt", "sep"): (["column1", "column2", "column3"], [["a", "b", 0.5], ["b", "c", 1.5]]),
    ("dash.csv", "header"): (["column1", "column2"], [[1, None], [2, "x"]]),
    ("dates.csv", "parse_dates"): (["s", "d", "us"], [["a", "b", DATE(1998, 7, 10)], ["b", "c", DATE(2007, 9, 15)]]),
    ("pairs.csv", "header"): (["column1", "column2"], [["A", "B"], ["B", "C"]]),
    ("colons.dat", "sep"): (["column1", "column2", "column3"], [[1, 2, 3], [2, 3, 4]]),
}  # fmt: skip


@pytest.mark.parametrize(
    "case", json.loads((CASES / "O1" / "options.json").read_text()), ids=lambda case: case["file"]
)
def test_options_are_obeyed(case):
    options = case["parser_options"]
    [expected] = [
        table for (file, option), table in OPTIONS.items() if file == case["file"] and option == next(iter(options))
    ]  # fmt: skip

    result = read_case("O1", case["file"], **options)

    assert (result.columns, result.rows) == expected


@pytest.mark.parametrize(
    ("file", "columns", "rows"),
    [
        ("comments.tsv", ["from", "to"], [[1, 2], [2, 3]]),
        ("preamble.csv", ["from", "to"], [["a", "b"], ["b", "c"]]),
        ("quotes.tsv", ["a", "b"], [[1, '"x'], [2, "y"], [3, "z"]]),
        ("blanks.txt", ["column1", "column2", "column3"], [["a", "b", 0.5], ["b", "c", 1.5]]),
        ("pairs.csv", ["column1", "column2"], [["A", "B"], ["B", "C"]]),
        ("colons.dat", ["column1", "column2", "column3"], [[1, 2, 3], [2, 3, 4]]),
        ("numbers.csv", ["a", "b", "w"], [["x", "y", 1.5], ["y", "z", 1000.5]]),
    ],
)
def test_the_same_files_are_read_without_options(file, columns, rows):
    result = read_case("O1", file)

    assert (result.columns, result.rows) == (columns, rows)


GUARDS = {
    "T02/edges.csv": (
        ["Source", "Target", "Type", "Id", "Weight"],
        [[1, 2, "Directed", 5, 1.0], [2, 3, "Directed", 5, 1.0], [3, 4, "Directed", 5, 1.0],
         [4, 1, "Directed", 5, 1.0], [1, 3, "Directed", 5, 1.0]],
    ),
    "T03/edges.csv": (
        ["Source", "Target", "Type", "Weight"],
        [["anna", "ben", "Directed", 1], ["ben", "carl", "Directed", 2], ["carl", "anna", "Directed", 3]],
    ),
    "T16/coauthors.tsv": (
        ["author_id", "coauthor_id"],
        [[45670945678, 57190549201], [57190549201, 35232156700], [35232156700, 45670945678]],
    ),
    "T27/relationship-export.csv": (
        ["~id", "~start_node_id", "~relationship_type", "~end_node_id", "since"],
        [[0, 11, "KNOWS", 12, 2001], [1, 12, "KNOWS", 13, 2002], [2, 13, "WORKS_AT", 14, 2003],
         [3, 11, "WORKS_AT", 14, 2003]],
    ),
    "T29/rels.csv": (
        [":START_ID", ":END_ID", ":TYPE", "since:int"],
        [[1, 2, "FATHER_OF", 1998], [1, 3, "FATHER_OF", 2007], [3, 4, "SISTER_OF", 2008], [5, 3, "SISTER_OF", 2008]],
    ),
    "T39/neo4j_ws.csv": (["from", "to"], [["x ", "y"], ["x", "y"], ["y", "z"]]),
    "T40/zero.csv": (["s", "d", "dose"], [[0, 1, 0], [1, 2, 5], [2, 0, 0]]),
    "T43/quoted_lf.csv": (
        ["source", "target", "note"],
        [["a", "b", "line one\nline two"], ["b", "c", 'he said "hi", then left'], ["c", "a", "plain"]],
    ),
    "T52/trailing_comma.csv": (["source", "target"], [["a", "b"], ["b", "c"], ["c", "a"]]),
    "T56/gephi_export_edges.csv": (
        ["Source", "Target", "Type", "Id", "Label", "timeset", "Weight"],
        [[1, 2, "Undirected", 0, None, None, 1.0], [2, 3, "Undirected", 1, None, None, 2.0],
         [3, 1, "Undirected", 2, None, None, 1.0]],
    ),
    "T62/interval.csv": (
        ["Source", "Target", "Type", "Timeset"],
        [[1, 2, "Directed", "<[2000.0, 2005.0]; [2008.0, 2010.0]>"], [2, 3, "Directed", "<[2001.0, 2003.0]>"]],
    ),
    "T64/relationships.csv": (
        ["node_id_start", "node_id_end", "rel_type", "link", "status", "start_date", "end_date", "sourceID"],
        [[10000035, 14095990, "registered_address", "registered address", None, None, None, "Panama Papers"],
         [10000044, 14091035, "registered_address", "registered address", None, DATE(2006, 1, 5),
          DATE(2012, 3, 1), "Panama Papers"],
         [12000001, 10000035, "officer_of", "shareholder of", None, DATE(2006, 1, 5), None, "Panama Papers"],
         [12000001, 10000044, "officer_of", "director of", None, None, None, "Panama Papers"]],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", GUARDS)
def test_what_was_always_right_stays(case):
    result = read((CASES / case).read_bytes())

    assert (result.columns, result.rows) == GUARDS[case]


def test_ends_of_flows_and_packets_stay_beside_their_types():
    flows = read_case("T20", "flows_nfdump17.csv")
    packets = read_case("T21", "wireshark.csv")
    deep = read_case("T44", "ndpi.csv")
    meetings = read_case("T65", "meetings.csv")

    assert [[row[3], row[5], row[8]] for row in flows.rows] == [
        ["10.0.0.4", "198.51.100.7", 8000],
        ["10.0.0.5", "198.51.100.8", 80],
        ["10.0.0.4", "198.51.100.8", 1180],
    ]
    assert [row[2:4] for row in packets.rows] == [
        ["10.0.0.2", "10.0.0.1"], ["10.0.0.1", "10.0.0.2"], ["10.0.0.2", "192.0.2.1"], ["192.0.2.1", "10.0.0.2"],
        ["ARP_device:01", "Broadcast"],
    ]  # fmt: skip
    assert packets.rows[2][6] == "51234  >  443 [SYN] Seq=0 Win=64240 Len=0 MSS=1460"
    assert deep.columns == [
        "flow_id", "protocol", "first_seen", "src_ip", "src_port", "dst_ip", "dst_port", "ndpi_proto",
    ]  # fmt: skip
    assert [[row[3], row[5], row[7]] for row in deep.rows] == [
        ["10.0.0.1", "10.0.0.9", "TLS"], ["10.0.0.2", "10.0.0.9", "DNS"], ["10.0.0.1", "10.0.0.8", "HTTP"],
    ]  # fmt: skip
    assert [row[:2] for row in meetings.rows] == [
        ["ann", "A"],
        ["bob", "A"],
        ["ann", "B"],
        ["cem", "B"],
    ]
    assert meetings.rows[0][2] == dt.datetime(2026, 1, 1, 9, 0)


def tables_of(case: str) -> dict[str, list[dict[str, object]]]:
    path = CASES / case
    result = read_tables(
        io.BytesIO(path.read_bytes()), format_of(path.name), ReadOptions(name=path.name)
    )
    return {table.name: table.table.to_pylist() for table in result.tables}


def test_guards_of_other_formats_stay():
    [records] = tables_of("J14/bom_prefix.json").values()
    accounts = tables_of("X05/accounts.xlsx")
    errors = tables_of("X06/errors.xlsx")

    assert records == [
        {"source": "a", "target": "b", "displayname": "Zoë"},
        {"source": "b", "target": "c", "displayname": "x"},
    ]
    [rows] = accounts.values()
    assert {str(value) for row in rows for value in row.values()} >= {"0012345", "0098765", "12345"}
    first = next(iter(errors.values()))
    assert len(first) == 3
    assert sum(row["score"] is None for row in first) == 2
