"""Logs of which each line is a record: syslog, pairs, CEF and LEEF, access logs, alerts."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.sources.logs.reading import codes, first, read, rows, utc

UFW = (
    "2024-03-01T10:00:01.5+00:00 gate kernel: [12.5] [UFW BLOCK] IN=eth0 OUT= MAC=00:11 SRC=203.0.113.9 DST=10.0.0.5 LEN=60 PROTO=TCP SPT=5555 DPT=22 SYN\n"
    "2024-03-01T10:00:02.5+00:00 gate kernel: [13.5] [UFW ALLOW] IN=eth0 OUT= MAC=00:11 SRC=203.0.113.8 DST=10.0.0.5 LEN=40 PROTO=UDP SPT=53 DPT=9999\n"
)
SSHD = (
    "Mar  1 10:00:01 web1 sshd[811]: Failed password for invalid user admin from 203.0.113.9 port 5022 ssh2\n"
    "Mar  1 10:00:05 web1 sshd[812]: Accepted publickey for alice from 198.51.100.4 port 6001 ssh2: RSA x\n"
    "Mar  1 10:01:00 web2 CRON[900]: (root) CMD (run-parts /etc/cron.hourly)\n"
)
FORTIGATE = (
    'date=2019-05-10 time=11:37:47 logid="0000000013" type="traffic" srcip=10.1.100.11 srcport=58012 dstip=23.59.154.35 dstport=80 action="close" sentbyte=851\n'
    'date=2019-05-10 time=11:37:48 logid="0000000014" type="traffic" srcip=10.1.100.12 srcport=58013 dstip=23.59.154.35 dstport=443 action="deny" sentbyte=0\n'
)
CEF = (
    "CEF:0|Security|threat\\|manager|1.0|100|worm stopped|10|src=10.0.0.1 dst=2.1.2.2 spt=1232 msg=Detected a \\=threat. No action needed. cs1Label=Rule cs1=block all rt=1700000000000\n"
    "Sep 19 2023 08:26:10 host1 CEF:0|Security|fw|1.0|200|scan|5|src=10.0.0.2 dst=2.1.2.3 spt=99\n"
)
LEEF = (
    "LEEF:1.0|Microsoft|MSExchange|4.0 SP1|15345|src=192.0.2.0\tdst=172.50.123.1\tsev=5\tcat=anomaly\tusrName=joe.black\n"
    "LEEF:2.0|Lancope|StealthWatch|1.0|41|^|src=10.0.1.8^dst=10.0.0.5^sev=5\n"
)
COMBINED = (
    '203.0.113.7 - alice [10/Oct/2023:13:55:36 +0200] "GET /shop?id=1 HTTP/1.1" 200 2326 "https://example.org/" "Mozilla/5.0 (\\"x\\")"\n'
    '2001:db8::5 - - [10/Oct/2023:13:55:37 +0200] "POST /login HTTP/2.0" 302 - "-" "curl/8"\n'
    '198.51.100.9 - - [10/Oct/2023:13:55:38 +0200] "\\x16\\x03\\x01" 400 150 "-" "-"\n'
)
SQUID = (
    "1286536308.779    180 192.168.0.224 TCP_MISS/200 411 GET http://example.org/a - DIRECT/93.184.216.34 text/html\n"
    "1286536309.586     90 192.168.0.225 TCP_TUNNEL/200 5000 CONNECT mail.example.org:443 bob HIER_DIRECT/1.2.3.4 -\n"
)
FAST = (
    "10/05/2010-10:08:59.667372  [**] [1:2009187:4] ET WEB_CLIENT ACTIVEX iDefense [**] [Classification: Web Application Attack] [Priority: 1] {TCP} 192.168.1.5:80 -> 10.8.0.1:34567\n"
    "10/05/2010-10:09:00.000001  [**] [1:2100366:8] GPL ICMP PING [**] [Classification: Misc activity] [Priority: 3] {ICMP} fe80::1 -> 10.8.0.1\n"
)


def test_packets_of_a_firewall_go_from_src_to_dst():
    assert read(UFW).format_name == "syslog"
    first_row = rows(UFW)[0]
    assert {name: first_row[name] for name in ("time", "host", "program", "SRC", "DST", "LEN", "PROTO", "DPT")} == {
        "time": utc(2024, 3, 1, 10, 0, 1, 500000), "host": "gate", "program": "kernel", "SRC": "203.0.113.9",
        "DST": "10.0.0.5", "LEN": 60, "PROTO": "TCP", "DPT": 22,
    }  # fmt: skip
    assert first(UFW) == (
        "SRC", "DST", {"edge_weight": "LEN", "edge_title": "PROTO", "edge_label": "PROTO"}, "time",
    )  # fmt: skip


def test_sign_ins_go_from_their_address_to_the_host():
    found = rows(SSHD)
    now = datetime.now(UTC)
    year = (
        now.year
        if datetime(now.year, 3, 1, 10, 0, 1, tzinfo=UTC) - now < timedelta(days=1)
        else now.year - 1
    )
    assert found[0] == {
        "time": utc(year, 3, 1, 10, 0, 1), "host": "web1", "program": "sshd", "pid": 811,
        "message": "Failed password for invalid user admin from 203.0.113.9 port 5022 ssh2",
        "result": "Failed", "user": "admin", "address": "203.0.113.9", "port": 5022,
    }  # fmt: skip
    assert [row["user"] for row in found] == ["admin", "alice", None]
    assert first(SSHD)[:2] == ("address", "host")
    assert codes(SSHD) == [("year-assumed", 3, (1, 2, 3))]


def test_the_29th_of_february_is_in_a_leap_year():
    (row,) = rows("Feb 29 10:00:01 web1 sshd[811]: x\n")

    assert (row["time"].month, row["time"].day) == (2, 29)


def test_syslog_of_rfc_5424_has_its_priority_and_data():
    line = '<165>1 2003-10-11T22:14:15.003Z mymachine.example.com evntslog 77 ID47 [exampleSDID@32473 iut="3" eventSource="Application"] An event\n'

    assert rows(line) == [
        {"time": utc(2003, 10, 11, 22, 14, 15, 3000), "facility": "local4", "severity": "notice", "host": "mymachine.example.com",
         "program": "evntslog", "pid": 77, "message_id": "ID47", "data": '[exampleSDID@32473 iut="3" eventSource="Application"]',
         "message": "An event", "iut": 3, "eventSource": "Application"}
    ]  # fmt: skip
    assert first(line)[:2] == ("host", "program")


def test_lines_that_are_no_messages_are_kept():
    content = SSHD + "    continued by a stack trace\n"

    assert rows(content)[3]["unparsed"] == "    continued by a stack trace"
    assert ("lines-not-parsed", 1, (4,)) in codes(content)


def test_pairs_of_a_firewall_are_columns():
    assert read(FORTIGATE).format_name == "logfmt"
    assert rows(FORTIGATE)[0] == {
        "datetime": utc(2019, 5, 10, 11, 37, 47).replace(tzinfo=None), "logid": "0000000013", "type": "traffic", "srcip": "10.1.100.11",
        "srcport": 58012, "dstip": "23.59.154.35", "dstport": 80, "action": "close", "sentbyte": 851,
    }  # fmt: skip
    assert first(FORTIGATE) == (
        "srcip", "dstip", {"edge_weight": "sentbyte", "edge_title": "action", "edge_label": "action"}, "datetime",
    )  # fmt: skip


def test_logfmt_is_read_with_quotes_and_escapes():
    content = 'level=info msg="said \\"hi\\" to all" client=a server=b\nlevel=warn msg=short client=b server=c empty=\n'

    assert rows(content) == [
        {"level": "info", "msg": 'said "hi" to all', "client": "a", "server": "b", "empty": None},
        {"level": "warn", "msg": "short", "client": "b", "server": "c", "empty": None},
    ]
    assert first(content)[:2] == ("client", "server")


def test_a_key_that_comes_twice_keeps_both_values():
    assert rows("a=1 b=2 a=3\na=4 b=5 a=6\n") == [
        {"a": 1, "b": 2, "a_2": 3},
        {"a": 4, "b": 5, "a_2": 6},
    ]


def test_keys_beyond_a_thousand_share_a_column():
    content = " ".join(f"k{i}=v{i}" for i in range(1_005)) + "\n" + "k0=a k1=b\n"

    found = rows(content)

    assert len(found[0]) == 1_001
    assert found[0]["other_keys"] == "k1000=v1000 k1001=v1001 k1002=v1002 k1003=v1003 k1004=v1004"


def test_events_in_cef_are_columns():
    assert read(CEF).format_name == "cef"
    assert rows(CEF) == [
        {"vendor": "Security", "product": "threat|manager", "product_version": "1.0", "signature": "100", "name": "worm stopped",
         "severity": "10", "src": "10.0.0.1", "dst": "2.1.2.2", "spt": 1232, "msg": "Detected a =threat. No action needed.",
         "cs1Label": "Rule", "cs1": "block all", "rt": utc(2023, 11, 14, 22, 13, 20), "Rule": "block all", "time": None, "host": None},
        {"vendor": "Security", "product": "fw", "product_version": "1.0", "signature": "200", "name": "scan", "severity": "5",
         "src": "10.0.0.2", "dst": "2.1.2.3", "spt": 99, "msg": None, "cs1Label": None, "cs1": None, "rt": None, "Rule": None,
         "time": utc(2023, 9, 19, 8, 26, 10), "host": "host1"},
    ]  # fmt: skip
    assert first(CEF)[:3] == ("src", "dst", {"edge_title": "name", "edge_label": "name"})


def test_events_in_leef_are_columns():
    assert rows(LEEF) == [
        {"vendor": "Microsoft", "product": "MSExchange", "product_version": "4.0 SP1", "event_id": "15345", "src": "192.0.2.0",
         "dst": "172.50.123.1", "sev": 5, "cat": "anomaly", "usrName": "joe.black"},
        {"vendor": "Lancope", "product": "StealthWatch", "product_version": "1.0", "event_id": "41", "src": "10.0.1.8",
         "dst": "10.0.0.5", "sev": 5, "cat": None, "usrName": None},
    ]  # fmt: skip
    assert first(LEEF)[:2] == ("src", "dst")


def test_requests_go_from_their_client_to_the_path():
    assert read(COMBINED).format_name == "access"
    assert rows(COMBINED)[:2] == [
        {"time": utc(2023, 10, 10, 11, 55, 36), "client": "203.0.113.7", "user": "alice", "method": "GET", "path": "/shop?id=1",
         "protocol": "HTTP/1.1", "status": 200, "bytes": 2326, "referrer": "https://example.org/", "agent": 'Mozilla/5.0 (\\"x\\")', "request": None},
        {"time": utc(2023, 10, 10, 11, 55, 37), "client": "2001:db8::5", "user": None, "method": "POST", "path": "/login",
         "protocol": "HTTP/2.0", "status": 302, "bytes": None, "referrer": None, "agent": "curl/8", "request": None},
    ]  # fmt: skip
    assert rows(COMBINED)[2]["request"] == "\\x16\\x03\\x01"
    assert first(COMBINED) == (
        "client", "path", {"edge_weight": "bytes", "edge_title": "method", "edge_label": "method"}, "time",
    )  # fmt: skip


def test_a_common_log_and_one_with_virtual_hosts_are_read():
    common = '127.0.0.1 - frank [10/Oct/2000:13:55:36 -0700] "GET /a.gif HTTP/1.0" 200 2326\n'
    with_host = "example.org:443 " + common

    assert rows(common)[0]["path"] == "/a.gif"
    assert rows(with_host)[0]["vhost"] == "example.org:443"


def test_requests_of_a_proxy_go_from_their_client_to_the_host():
    assert read(SQUID).format_name == "squid"
    assert rows(SQUID) == [
        {"time": utc(2010, 10, 8, 11, 11, 48, 779000), "elapsed": 180, "client": "192.168.0.224", "result": "TCP_MISS", "status": 200,
         "bytes": 411, "method": "GET", "url": "http://example.org/a", "host": "example.org", "user": None, "hierarchy": "DIRECT",
         "peer": "93.184.216.34", "type": "text/html"},
        {"time": utc(2010, 10, 8, 11, 11, 49, 586000), "elapsed": 90, "client": "192.168.0.225", "result": "TCP_TUNNEL", "status": 200,
         "bytes": 5000, "method": "CONNECT", "url": "mail.example.org:443", "host": "mail.example.org", "user": "bob",
         "hierarchy": "HIER_DIRECT", "peer": "1.2.3.4", "type": None},
    ]  # fmt: skip
    assert first(SQUID)[:2] == ("client", "host")


def test_alerts_go_from_source_to_destination():
    assert read(FAST).format_name == "fastlog"
    assert rows(FAST) == [
        {"time": utc(2010, 10, 5, 10, 8, 59, 667372), "source": "192.168.1.5", "source_port": 80, "destination": "10.8.0.1",
         "destination_port": 34567, "protocol": "TCP", "signature": "1:2009187:4", "message": "ET WEB_CLIENT ACTIVEX iDefense",
         "classification": "Web Application Attack", "priority": 1},
        {"time": utc(2010, 10, 5, 10, 9, 0, 1), "source": "fe80::1", "source_port": None, "destination": "10.8.0.1",
         "destination_port": None, "protocol": "ICMP", "signature": "1:2100366:8", "message": "GPL ICMP PING",
         "classification": "Misc activity", "priority": 3},
    ]  # fmt: skip
    assert first(FAST)[:3] == (
        "source",
        "destination",
        {"edge_title": "message", "edge_label": "message"},
    )


@pytest.mark.parametrize("content", [UFW, SSHD, FORTIGATE, CEF, LEEF, COMBINED, SQUID, FAST])
@pytest.mark.parametrize("line_end", ["\r\n", "\n\n"])
def test_line_ends_and_blank_lines_change_nothing(content, line_end):
    assert rows(content.replace("\n", line_end)) == rows(content)


@pytest.mark.parametrize("content", [UFW, FORTIGATE, CEF, COMBINED, SQUID, FAST])
def test_bytes_that_are_not_utf8_are_shown_and_counted(content):
    content *= 10
    data = content.encode() + content.splitlines()[0].encode().replace(b"1", b"1", 1) + b" \xff\n"

    assert len(rows(data)) == len(rows(content)) + 1
    assert any(code == "bytes-replaced" and count == 1 for code, count, _ in codes(data))


@pytest.mark.parametrize(
    ("content", "name"),
    [
        ("name,pairs\na,x=1\nb,y=2\n", "edges.csv"), ("time,host,program,pid,message\n2024-03-01T10:00:00,a,b,1,x\n", "events.csv"),
        ("source\ttarget\na=1\tb=2\nc=3\td=4\n", "edges.tsv"), ("Mar,1,x\nApr,2,y\n", "months.csv"), ("a b\nb c\n", "edges.txt"),
    ],
)  # fmt: skip
def test_tables_with_something_of_a_log_stay_tables(content, name):
    assert read(content, name).format_name == "csv"


def test_a_line_of_many_backslashes_is_read_in_a_moment():
    content = 'a="' + "\\" * 50_000 + "\nb=1 c=2\n" + "CEF:0|" + "\\|" * 50_000 + "\n"

    assert read(content).result.tables


def test_a_megabyte_of_equals_signs_is_read_in_a_moment():
    assert read("a=1 b=2\n" * 20 + "a=1 b=2 " + "=" * 1_000_000 + "\n").result.tables
