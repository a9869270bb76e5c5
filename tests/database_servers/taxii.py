"""medallion, the TAXII 2.1 server of OASIS, on loopback, with collections of STIX objects."""

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from tests.ports import free_port
from tests.waiting import wait_until

USER, PASSWORD = "reader", "canary-taxii-6e02"
INTEL, CLOSED, EMPTY = (f"{number}" * 8 + "-1111-4111-8111-111111111111" for number in "123")
DATE = "2026-11-01T00:00:00.000Z"


def stix_id(kind: str, number: int) -> str:
    return f"{kind}--{number:08d}-0000-4000-8000-000000000000"


def objects() -> list[dict[str, Any]]:
    """30 indicators that each indicate one of three malware families; 63 objects."""
    common = {"spec_version": "2.1", "created": DATE, "modified": DATE}
    malware = [
        {"type": "malware", "id": stix_id("malware", number), "name": f"family {number}", "is_family": True, **common}
        for number in range(3)
    ]  # fmt: skip
    indicators = [
        {"type": "indicator", "id": stix_id("indicator", number), "name": f"address {number}",
         "pattern": f"[ipv4-addr:value = '192.0.2.{number}']", "pattern_type": "stix", "valid_from": DATE, **common}
        for number in range(30)
    ]  # fmt: skip
    relationships = [
        {"type": "relationship", "id": stix_id("relationship", number), "relationship_type": "indicates",
         "source_ref": stix_id("indicator", number), "target_ref": stix_id("malware", number % 3), **common}
        for number in range(30)
    ]  # fmt: skip
    return [*malware, *indicators, *relationships]


def collection(
    identifier: str, title: str, content: list[dict[str, Any]], **rights: bool
) -> dict[str, Any]:
    """`date_added` is a second later for each object."""
    stored = [
        {**each, "_date_added": f"2026-11-02T00:{number // 60:02d}:{number % 60:02d}.000000Z"}
        for number, each in enumerate(content)
    ]
    manifest = [
        {"id": each["id"], "date_added": each["_date_added"], "version": each["modified"],
         "media_type": "application/stix+json;version=2.1"}
        for each in stored
    ]  # fmt: skip
    return {
        "id": identifier, "title": title, "media_types": ["application/stix+json;version=2.1"],
        "can_read": True, "can_write": False, **rights, "manifest": manifest, "objects": content,
    }  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class TaxiiServer:
    port: int

    @property
    def settings(self) -> dict[str, Any]:
        return {"host": "127.0.0.1", "port": self.port, "tls": False, "user": USER}

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/taxii2/"


@contextmanager
def running_taxii(*, can_write: bool = False, name: str = "127.0.0.1") -> Iterator[TaxiiServer]:
    """`name`: the host in the addresses of its API roots."""
    port = free_port()
    folder = Path(tempfile.mkdtemp(prefix="graphkeep-taxii-"))
    root = {
        "information": {"title": "Root", "versions": ["application/taxii+json;version=2.1"],
                        "max_content_length": 10_000_000},
        "status": [],
        "collections": [
            collection(INTEL, "Intelligence", objects(), can_write=can_write),
            collection(CLOSED, "Closed", [], can_read=False),
            collection(EMPTY, "Empty", []),
        ],
    }  # fmt: skip
    data = {
        "/discovery": {"title": "Test", "default": f"http://{name}:{port}/intel/",
                       "api_roots": [f"http://{name}:{port}/intel/", "http://169.254.169.254/other/"]},
        "intel": root,
    }  # fmt: skip
    (folder / "data.json").write_text(json.dumps(data))
    config = {
        "backend": {"module": "medallion.backends.memory_backend", "module_class": "MemoryBackend",
                    "filename": str(folder / "data.json")},
        "users": {USER: PASSWORD},
        "taxii": {"max_page_size": 20},
    }  # fmt: skip
    (folder / "config.json").write_text(json.dumps(config))
    command = [
        Path(sys.executable).with_name("medallion"),
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
    ]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [*command, str(folder / "config.json")], stdout=log, stderr=log, cwd=folder
        )
    server = TaxiiServer(port=port)
    try:
        wait_until(lambda: is_up(server), (folder / "log").read_text)
        yield server
    finally:
        process.kill()
        process.wait()
        shutil.rmtree(folder)


def is_up(server: TaxiiServer) -> bool:
    try:
        return requests.get(server.url, timeout=5).status_code == 401
    except requests.ConnectionError:
        return False
