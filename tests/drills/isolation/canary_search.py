"""Planted secrets, and where they could be: in any writing of them, in environments, in an opened backup."""

import base64
import io
import json
import re
import secrets
import tarfile
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

import pyrage
import requests


def random_word(name):
    """Of mixed case, as real tokens are: one of 500 drawn at random would not be."""
    return f"{name}-{secrets.token_urlsafe(9)}-Canary"


class Person:
    """A browser without one: fills in forms."""

    def __init__(self, server):
        self.url = server.url
        self.session = requests.Session()

    def fill(self, path, **said):
        page = self.session.get(self.url + path, timeout=60)
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
        said["csrfmiddlewaretoken"] = token[1]
        return self.session.post(page.url, data=said, timeout=60)


def forms(secret):
    """The secret as it is, in hex, in an address, and in base64 wherever it begins."""
    if secret.isdigit():
        return [re.compile(rb"(?<!\d)" + secret.encode() + rb"(?!\d)")]
    raw = secret.encode()
    found = {raw, raw.hex().encode(), quote(secret, safe="").encode()}
    for shift in range(3):
        coded = base64.b64encode(b"\0" * shift + raw).rstrip(b"=")
        found.add(coded[(0, 2, 3)[shift] : -1])
    return [re.compile(re.escape(one)) for one in found]


def environments(server):
    """Of the server's processes and all that they started, sandboxes too."""
    note = json.loads((server.home / "data/server.json").read_text())
    found = {note["pid"], note["worker_pid"], *note["web_pids"]}
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            parents[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
    while more := {pid for pid, parent in parents.items() if parent in found} - found:
        found |= more
    whole = b""
    for pid in found:
        for name in ("environ", "cmdline"):
            with suppress(OSError):  # it ended meanwhile
                whole += Path(f"/proc/{pid}/{name}").read_bytes() + b"\n"
    return whole


def opened_backup(server):
    identity = pyrage.x25519.Identity.generate()
    folder = server.home / "backups"
    folder.mkdir()
    server.run("backup", "--to", str(folder), "--recipient", str(identity.to_public()))
    file = next(folder.glob("*.backup"))
    plain = pyrage.decrypt(file.read_bytes().partition(b"\n")[2], [identity])
    with tarfile.open(fileobj=io.BytesIO(plain)) as tar:
        whole = b"".join(tar.extractfile(one).read() for one in tar if one.isfile())
    return plain + whole
