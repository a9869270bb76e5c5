"""300 texts that lead to this machine, to private networks or to metadata services, and names that do."""

from itertools import product

LOCAL = (
    "127.0.0.1", "127.0.0.2", "127.255.255.254", "localhost", "::1", "0:0:0:0:0:0:0:1", "::ffff:127.0.0.1",
    "::ffff:7f00:1", "64:ff9b::7f00:1", "64:ff9b::127.0.0.1", "64:ff9b:1::7f00:1", "2002:7f00:1::",
    "::127.0.0.1", "0.0.0.0", "::",
)  # fmt: skip
PRIVATE = (
    "10.0.0.1", "10.255.255.254", "172.16.0.1", "172.31.255.254", "192.168.0.1", "192.168.1.254",
    "100.64.0.1", "192.0.0.1", "198.18.0.1", "fc00::1", "fd12:3456:789a::1", "fec0::1", "::ffff:10.0.0.1",
    "::ffff:192.168.1.1", "2002:0a00:0001::",
)  # fmt: skip
NEVER = (
    "169.254.169.254", "169.254.170.2", "100.100.100.200", "fd00:ec2::254", "::ffff:169.254.169.254",
    "64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::", "fe80::1", "224.0.0.1", "255.255.255.255", "ff02::1", "240.0.0.1",
)  # fmt: skip
ADDRESSES = (*LOCAL, *PRIVATE, *NEVER)
WRITTEN_OTHERWISE = (
    "127.1", "127.0.1", "2130706433", "0x7f000001", "0x7F.0x0.0x0.0x1", "0177.0.0.1", "0177.0.0.01",
    "017700000001", "127.0.0.1.", "0", "0x0", "127.0.0.0x1", "00000177.1", "2852039166", "0xA9FEA9FE",
    "0251.0376.0251.0376", "169.254.43518", "4294967295", "127.000.000.001", "1.0.0.127.in-addr.arpa.0x7f",
    "①②⑦.⓪.⓪.①", "127。0。0。1", "127.0.0.1", "ⓛⓞⓒⓐⓛⓗⓞⓢⓣ", "loc\u00adalhost", "local\u200bhost", "LOCALHOST",
    "lOcAlHoSt.", "localhost.localdomain", "ip6-localhost", "[::1]", "[::ffff:127.0.0.1]", "::1%lo", "fe80::1%eth0",
    "fe80::1%25eth0", "[fe80::1%25lo]", "0:0:0:0:0:ffff:127.0.0.1", "::ffff:0:127.0.0.1",
)  # fmt: skip
AROUND = (
    "http://{}", "https://{}/", "http://{}:80", "//{}", "{}:80", "{}/", "{}/x", "{}#", "{}#.ok.example",
    "ok.example@{}", "user:pass@{}", "ok.example#@{}", "ok.example/@{}", "ok.example\\@{}", "{}?x", "{};", "{},ok.example",
    " {}", "{} ", "{}\t", "{}\r\nHost: ok.example", "{}\x00.ok.example", "%31{}", "{}%00", "{}%20", "gopher://{}:70/_x",
    "file://{}/etc/passwd", "dict://{}:11211/", "ldap://{}/", "jar:http://{}!/", "{}&host=ok.example", "host={}",
    "$({})", "`{}`", "{}|ok.example", "ok.example={}",
)  # fmt: skip
AT = ("127.0.0.1", "169.254.169.254", "localhost", "10.0.0.1", "[::1]")
NUMBERED = list(enumerate(address for address in ADDRESSES if address != "localhost"))
NAMES = {f"n{number}.inside.example": (address,) for number, address in NUMBERED} | {
    f"both{number}.inside.example": ("93.184.215.14", address) for number, address in NUMBERED
}
"""Names and the addresses that the test's name server gives for them; the first of two is outside."""


def payloads() -> list[str]:
    """At least 300, each once."""
    around = [form.format(address) for form, address in product(AROUND, AT)]
    return list(dict.fromkeys([*ADDRESSES, *WRITTEN_OTHERWISE, *around, *NAMES]))


def links() -> list[str]:
    """As links in an answer, which lead to the same places."""
    hosts = [
        f"[{each}]" if ":" in each else each for each in (*ADDRESSES, *WRITTEN_OTHERWISE, *NAMES)
    ]
    plain = [f"http://{host}:8080/v1/hosts" for host in hosts if "\x00" not in host]
    other = ["//{}/v1/hosts", "http:\\\\{}\\v1", "gopher://{}/", "file:///etc/passwd", "http://ok.example@{}/v1/hosts",
             "http://ok.example:8080@{}/v1", "http://{}#ok.example:8080/v1/hosts", "https://{}/", "ftp://{}/"]  # fmt: skip
    return [*plain, *(form.format(address) for form, address in product(other, AT))]
