"""Flow logs of AWS and of nfdump."""

from pathlib import Path

import pytest

from tests.sources.logs.reading import codes, first, read, rows, utc

CASES = Path(__file__).parent.parent / "cases"
RECORD = "2 001234567890 eni-1235b8ca123456789 172.31.16.139 172.31.16.21 20641 22 6 20 4249 1418530010 1418530070 ACCEPT OK"
NO_DATA = "2 001234567890 eni-1235b8ca123456789 - - - - - - - 1431280876 1431280934 - NODATA"
HEADER = "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status"
ROW = {
    "version": 2, "account-id": "001234567890", "interface-id": "eni-1235b8ca123456789", "srcaddr": "172.31.16.139",
    "dstaddr": "172.31.16.21", "srcport": 20641, "dstport": 22, "protocol": 6, "packets": 20, "bytes": 4249,
    "start": utc(2014, 12, 14, 4, 6, 50), "end": utc(2014, 12, 14, 4, 7, 50), "action": "ACCEPT", "log-status": "OK",
}  # fmt: skip
EMPTY_ROW = {
    **dict.fromkeys(ROW), "version": 2, "account-id": "001234567890", "interface-id": "eni-1235b8ca123456789",
    "start": utc(2015, 5, 10, 18, 1, 16), "end": utc(2015, 5, 10, 18, 2, 14), "log-status": "NODATA",
}  # fmt: skip


def test_a_vpc_log_with_names_is_read():
    content = f"{HEADER}\n{RECORD}\n{NO_DATA}\n"

    assert read(content).format_name == "vpcflow"
    assert rows(content) == [ROW, EMPTY_ROW]
    assert first(content) == (
        "srcaddr", "dstaddr", {"edge_weight": "bytes", "edge_title": "action", "edge_label": "action"}, "start",
    )  # fmt: skip
    assert codes(content) == []


def test_a_vpc_log_without_names_has_those_of_version_2():
    content = f"{RECORD}\n{NO_DATA}\n"

    assert rows(content) == [ROW, EMPTY_ROW]
    assert codes(content) == [("names-assumed", 0, ())]


def test_a_vpc_log_with_chosen_fields_is_read():
    content = "srcaddr dstaddr pkt-srcaddr pkt-dstaddr tcp-flags region\n10.0.0.1 10.0.0.2 10.0.0.1 8.8.8.8 19 us-east-1\n"

    assert rows(content) == [
        {"srcaddr": "10.0.0.1", "dstaddr": "10.0.0.2", "pkt-srcaddr": "10.0.0.1", "pkt-dstaddr": "8.8.8.8", "tcp-flags": 19, "region": "us-east-1"}
    ]  # fmt: skip
    assert [(each.source, each.destination) for each in read(content).result.interpretations] == [
        ("srcaddr", "dstaddr"), ("pkt-srcaddr", "pkt-dstaddr"),
    ]  # fmt: skip


def test_names_that_repeat_are_left_out():
    content = f"{HEADER}\n{RECORD}\n{HEADER}\n{RECORD}\n"

    assert rows(content) == [ROW, ROW]
    assert codes(content) == [("header-repeated", 1, (3,))]


def test_times_of_cloudwatch_before_records_are_a_column():
    content = f"2014-12-14T04:07:50.000Z {RECORD}\n"

    assert rows(content) == [{**ROW, "timestamp": utc(2014, 12, 14, 4, 7, 50)}]


def test_a_vpc_record_with_more_fields_keeps_them():
    content = f"{RECORD}\n{RECORD} vpc-1\n"

    assert [row["extra1"] for row in rows(content)] == [None, "vpc-1"]


LONG = """Date first seen          Duration Proto      Src IP Addr:Port          Dst IP Addr:Port   Flags Tos  Packets    Bytes Flows
2022-06-23 14:32:24.123  1143.759 TCP          10.1.0.5:50088 ->        192.0.2.9:22    ...AP...   0    2.9 M    4.4 G     1
2022-06-23 15:10:17.000     0.000 ICMP         10.1.0.6:0     ->        192.0.2.9:8.0   ........   0        1       84     1
2022-06-23 15:11:19.500     4.100 UDP    2001:db8::1.53176    ->      2001:db8::2.53    ........   0       10      700     1
Summary: total flows: 3, total bytes: 4.4 G, total packets: 2.9 M, avg bps: 30.8 M, avg pps: 2535, avg bpp: 1518
Time window: 2022-06-23 14:32:24 - 2022-06-23 15:13:52
Total flows processed: 3, Blocks skipped: 0, Bytes read: 300
Sys: 0.006s flows/second: 500.0      Wall: 0.004s flows/second: 750.0
"""


def test_flows_as_nfdump_prints_them():
    assert read(LONG).format_name == "nfdump"
    assert rows(LONG) == [
        {"start": utc(2022, 6, 23, 14, 32, 24, 123000), "duration": 1143.759, "protocol": "TCP", "source": "10.1.0.5", "source_port": 50088,
         "destination": "192.0.2.9", "destination_port": 22, "icmp_type.code": None, "flags": "...AP...", "tos": 0, "packets": 2900000, "bytes": 4400000000, "flows": 1},
        {"start": utc(2022, 6, 23, 15, 10, 17), "duration": 0.0, "protocol": "ICMP", "source": "10.1.0.6", "source_port": 0,
         "destination": "192.0.2.9", "destination_port": None, "icmp_type.code": "8.0", "flags": "........", "tos": 0, "packets": 1, "bytes": 84, "flows": 1},
        {"start": utc(2022, 6, 23, 15, 11, 19, 500000), "duration": 4.1, "protocol": "UDP", "source": "2001:db8::1", "source_port": 53176,
         "destination": "2001:db8::2", "destination_port": 53, "icmp_type.code": None, "flags": "........", "tos": 0, "packets": 10, "bytes": 700, "flows": 1},
    ]  # fmt: skip
    assert first(LONG) == (
        "source", "destination", {"edge_weight": "bytes", "edge_title": "protocol", "edge_label": "protocol"}, "start",
    )  # fmt: skip
    assert codes(LONG) == [("footer-skipped", 4, (5, 6, 7, 8)), ("numbers-rounded", 1, (2,))]


def test_a_summary_of_csv_is_no_flow():
    content = (CASES / "T19/flows_nfdump.csv").read_bytes()

    table = read(content, "flows_nfdump.csv").result.tables[0].table
    assert table["sa"].to_pylist() == ["10.1.0.5", "10.1.0.6", "10.1.0.5", "10.1.0.6"]
    assert table["ibyt"].to_pylist() == [4402151424, 4155637760, 155637760, 700]
    assert str(table.schema.field("ts").type).startswith("timestamp")


@pytest.mark.parametrize("content", ["a b c\n1 2 3\n", "src dst w\na b 1\n", "2 b c\n3 4 5\n"])
def test_blank_separated_tables_are_no_flow_logs(content):
    assert read(content, "edges.txt").format_name == "csv"
