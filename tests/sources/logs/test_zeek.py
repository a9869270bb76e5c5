"""Zeek's logs with tabs: the header says what the columns are."""

from pathlib import Path

import pytest

from graphkeep.graph.errors import UnreadableFileError
from tests.sources.logs.reading import codes, first, read, rows, utc

CASES = Path(__file__).parent.parent / "cases"
HEAD = "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n"


def log(path, fields, types, *lines):
    return HEAD + f"#path\t{path}\n#open\t2018-10-30-10-00-00\n#fields\t{fields}\n#types\t{types}\n" + "".join(f"{line}\n" for line in lines) + "#close\t2018-10-30-11-00-00\n"  # fmt: skip


DNS = log(
    "dns", "ts\tid.orig_h\tid.resp_h\tquery\tAA\tTTLs\tanswers", "time\taddr\taddr\tstring\tbool\tvector[interval]\tvector[string]",
    "1540889849.000001\t10.0.0.1\t10.0.0.53\texample.org\tT\t60.000000,5.5\t1.2.3.4,5.6.7.8", "1540889850.5\t10.0.0.2\t10.0.0.53\t-\tF\t-\t(empty)",
)  # fmt: skip


def test_a_connection_log_is_read_as_its_header_says():
    content = (CASES / "T22/conn.log").read_bytes()

    assert read(content).format_name == "zeek"
    table = read(content).result.tables[0]
    assert (table.name, table.table.num_rows) == ("conn", 5)
    assert table.table.to_pylist()[2] == {
        "ts": utc(2018, 10, 30, 8, 57, 31, 325075), "uid": "C2xv2Gs2g6UWE", "id.orig_h": "192.168.4.77",
        "id.orig_p": 61208, "id.resp_h": "192.168.4.1", "id.resp_p": 53, "proto": "udp", "service": "dns",
        "duration": None, "orig_bytes": None, "resp_bytes": None, "conn_state": "SF", "history": "Dd",
        "tunnel_parents": "",
    }  # fmt: skip
    assert first(content) == (
        "id.orig_h", "id.resp_h",
        {"edge_weight": "orig_bytes", "edge_title": "service", "edge_label": "service"}, "ts",
    )  # fmt: skip
    assert codes(content) == []


def test_json_lines_of_zeek_are_json_whatever_the_name():
    content = (CASES / "T23/conn.log").read_bytes()

    assert read(content, "conn.log").format_name == "json"
    assert first(content)[:2] == ("id.orig_h", "id.resp_h")


def test_times_booleans_sets_and_unset_values():
    assert rows(DNS) == [
        {"ts": utc(2018, 10, 30, 8, 57, 29, 1), "id.orig_h": "10.0.0.1", "id.resp_h": "10.0.0.53", "query": "example.org",
         "AA": True, "TTLs": "60.000000,5.5", "answers": "1.2.3.4,5.6.7.8"},
        {"ts": utc(2018, 10, 30, 8, 57, 30, 500000), "id.orig_h": "10.0.0.2", "id.resp_h": "10.0.0.53", "query": None,
         "AA": False, "TTLs": None, "answers": ""},
    ]  # fmt: skip


def test_lookups_are_offered_beside_connections():
    readings = read(DNS).result.interpretations

    assert [(each.source, each.destination) for each in readings] == [
        ("id.orig_h", "id.resp_h"), ("id.orig_h", "query"),
    ]  # fmt: skip


def test_files_go_from_their_sender_to_their_receiver():
    files = log("files", "ts\ttx_hosts\trx_hosts\tmime_type\tseen_bytes", "time\tset[addr]\tset[addr]\tstring\tcount", "1.0\t1.1.1.1\t2.2.2.2\ttext/html\t12")  # fmt: skip

    assert first(files) == (
        "tx_hosts", "rx_hosts",
        {"edge_weight": "seen_bytes", "edge_title": "mime_type", "edge_label": "mime_type"}, "ts",
    )  # fmt: skip


def test_escaped_bytes_are_characters():
    content = log(
        "http", "id.orig_h\turi", "addr\tstring", "1.1.1.1\t/a\\x09b\\x2cM\\xc3\\xbcller\\xff"
    )

    assert rows(content) == [{"id.orig_h": "1.1.1.1", "uri": "/a\tb,Müller\\xff"}]


def test_numbers_that_do_not_fit_keep_their_digits_as_text():
    content = log("x", "a\tb", "count\tcount", "18446744073709551615\t1", "5\t2")

    assert rows(content) == [{"a": "18446744073709551615", "b": 1}, {"a": "5", "b": 2}]
    assert [code for code, _, _ in codes(content)] == ["type-not-fitting"]


def test_rotated_logs_behind_one_another_are_one_table():
    one = log("conn", "id.orig_h\tid.resp_h", "addr\taddr", "a\tb")
    two = log("conn", "id.orig_h\tid.resp_h", "addr\taddr", "b\tc")

    content = read(one + two)

    assert [table.table.to_pylist() for table in content.result.tables] == [
        [{"id.orig_h": "a", "id.resp_h": "b"}, {"id.orig_h": "b", "id.resp_h": "c"}]
    ]


def test_logs_of_two_kinds_are_two_tables():
    content = read(log("conn", "id.orig_h\tid.resp_h", "addr\taddr", "a\tb") + DNS)

    assert [table.name for table in content.result.tables] == ["conn", "dns"]
    assert {each.edge_tables for each in content.result.interpretations} == {(0,), (1,)}


def test_another_separator_is_obeyed():
    content = "#separator \\x7c\n#unset_field|-\n#path|conn\n#fields|id.orig_h|id.resp_h\n#types|addr|addr\na|-\nb|c\n"

    assert rows(content) == [
        {"id.orig_h": "a", "id.resp_h": None},
        {"id.orig_h": "b", "id.resp_h": "c"},
    ]


def test_a_log_that_is_cut_within_a_line_loses_no_cell():
    content = log(
        "conn",
        "id.orig_h\tid.resp_h\tproto",
        "addr\taddr\tenum",
        "a\tb\ttcp",
        "b\tc",
        "c\td\tudp\tmore",
    )

    assert rows(content) == [
        {"id.orig_h": "a", "id.resp_h": "b", "proto": "tcp", "extra1": None},
        {"id.orig_h": "b", "id.resp_h": "c", "proto": None, "extra1": None},
        {"id.orig_h": "c", "id.resp_h": "d", "proto": "udp", "extra1": "more"},
    ]
    assert codes(content) == [("ragged-rows", 2, (10, 11))]


def test_quotes_mean_nothing():
    content = log("http", "id.orig_h\tagent", "addr\tstring", 'a\t"unclosed', 'b\t""', "c\td")

    assert [row["agent"] for row in rows(content)] == ['"unclosed', '""', "d"]


def test_line_ends_of_windows_are_no_part_of_values():
    content = log("conn", "id.orig_h\tid.resp_h", "addr\taddr", "a\tb").replace("\n", "\r\n")

    assert rows(content) == [{"id.orig_h": "a", "id.resp_h": "b"}]


def test_an_empty_log_is_a_table_without_rows():
    table = read(log("conn", "id.orig_h\tid.resp_h", "addr\taddr")).result.tables[0].table

    assert (table.num_rows, table.column_names) == (0, ["id.orig_h", "id.resp_h"])


def test_a_log_without_fields_is_refused_in_words():
    with pytest.raises(UnreadableFileError, match="no line #fields"):
        read(HEAD + "a\tb\n")


def test_a_separator_of_many_characters_is_refused_in_words():
    with pytest.raises(UnreadableFileError, match="no separator of one character"):
        read("#separator \\x09\\x09\n#fields\ta\n#types\tstring\nb\n", "conn.log")
