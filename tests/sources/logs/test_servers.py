"""Error logs of nginx, and port scans for grep."""

import datetime as dt

from .reading import read, rows


def ends_of(text):
    """The format, and the ends of the first two readings."""
    content = read(text)
    readings = content.result.interpretations[:2]
    return content.format_name, [(each.source, each.destination) for each in readings]


def test_errors_of_nginx_join_clients_and_servers():
    text = (
        '2023/01/02 03:04:05 [error] 1234#0: *56 open() "/var/www/x" failed (2: No such file or directory), client: 203.0.113.5, '
        'server: example.com, request: "GET /x, y HTTP/1.1", host: "example.com", referrer: "http://a.example/"\n'
        "2023/01/02 03:04:06 [error] 1234#0: *57 connect() failed (111: Connection refused) while connecting to upstream, "
        'client: 203.0.113.6, server: example.com, request: "GET /api HTTP/1.1", upstream: "http://10.0.0.5:8080/api"\n'
        "2023/01/02 03:04:07 [notice] 1234#0: signal process started\n"
        "no line of nginx\n"
    )

    first, second, third, fourth = rows(text)
    assert first == {
        "time": dt.datetime(2023, 1, 2, 3, 4, 5, tzinfo=dt.UTC), "level": "error", "pid": 1234,
        "connection": "56", "message": 'open() "/var/www/x" failed (2: No such file or directory)',
        "client": "203.0.113.5", "server": "example.com", "request": "GET /x, y HTTP/1.1",
        "host": "example.com", "referrer": "http://a.example/", "upstream": None, "unparsed": None,
    }  # fmt: skip
    assert (second["client"], second["upstream"]) == ("203.0.113.6", "http://10.0.0.5:8080/api")
    assert (third["message"], third["client"]) == ("signal process started", None)
    assert fourth["unparsed"] == "no line of nginx"
    assert ends_of(text) == ("errorlog", [("client", "server"), ("client", "upstream")])


def test_ports_of_a_scan_are_rows_and_hosts_without_ports_stay():
    text = (
        "# Nmap 7.80 scan initiated Mon Jan  1 10:00:00 2023 as: nmap -oG scan.gnmap 10.0.0.0/24\n"
        "Host: 10.0.0.1 (gw.example)\tStatus: Up\n"
        "Host: 10.0.0.1 (gw.example)\tPorts: 22/open/tcp//ssh//OpenSSH 8.2/, 443/closed/tcp//https///\tIgnored State: filtered (997)\tOS: Linux\n"
        "Host: 10.0.0.2 ()\tPorts: 22/open/tcp//ssh///\n"
        "Host: 10.0.0.3 ()\tStatus: Up\n"
        "# Nmap done at Mon Jan  1 10:01:00 2023 -- 256 IP addresses (3 hosts up) scanned in 60 seconds\n"
    )

    columns = ("address", "host", "service_port", "state", "service", "version", "os", "status")
    assert [tuple(row[name] for name in columns) for row in rows(text)] == [
        ("10.0.0.1", "gw.example", "22/tcp", "open", "ssh", "OpenSSH 8.2", "Linux", None),
        ("10.0.0.1", "gw.example", "443/tcp", "closed", "https", None, "Linux", None),
        ("10.0.0.2", None, "22/tcp", "open", "ssh", None, None, None),
        ("10.0.0.3", None, None, None, None, None, None, "Up"),
    ]
    assert ends_of(text) == ("gnmap", [("address", "service_port")])
