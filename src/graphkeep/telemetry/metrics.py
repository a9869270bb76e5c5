"""What is counted, for whoever watches the server; nothing at all until somebody watches.

Every process writes into files of its own below one folder, and one listener adds them up. A label names a kind
of thing, never a thing: no name, id or address stands here.
"""

import os
import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any, Literal

PREFIX = "graphkeep_"


@dataclass(frozen=True, kw_only=True)
class Number:
    kind: Literal["counter", "gauge", "latest", "duration"]
    """A `gauge` is added up over living processes; of a `latest` the newest word holds."""
    help: str
    labels: tuple[str, ...] = ()


NUMBERS = {
    "requests_total": Number(kind="counter", help="Requests answered.", labels=("route", "status")),
    "request_seconds": Number(kind="duration", help="From request to last byte.", labels=("route",)),
    "sockets_open": Number(kind="gauge", help="WebSockets that are open."),
    "sent_bytes_total": Number(kind="counter", help="Bytes of answers.", labels=("route",)),
    "uploads_total": Number(kind="counter", help="Uploads received.", labels=("outcome",)),
    "upload_bytes_total": Number(kind="counter", help="Bytes of uploads received."),
    "parse_seconds": Number(kind="duration", help="Reading one upload in the jail."),
    "jobs": Number(kind="latest", help="Jobs by state.", labels=("state",)),
    "jobs_finished_total": Number(kind="counter", help="Jobs ended.", labels=("kind", "outcome")),
    "job_seconds": Number(kind="duration", help="Work on one job.", labels=("kind",)),
    "layout_seconds": Number(kind="duration", help="Placing the nodes of one graph."),
    "egress_connections_total": Number(
        kind="counter", help="Connections to other machines.", labels=("component", "outcome")
    ),
    "egress_bytes_total": Number(
        kind="counter", help="Bytes sent to other machines.", labels=("component",)
    ),
    "sign_in_failures_total": Number(kind="counter", help="Sign-ins refused.", labels=("why",)),
    "database_connections": Number(kind="gauge", help="Pooled connections.", labels=("state",)),
    "process_resident_bytes": Number(kind="gauge", help="Memory of the processes.", labels=("part",)),
    "store_bytes": Number(kind="latest", help="What the graphs and uploads take on disk."),
    "graphs": Number(kind="latest", help="Graphs that the server keeps."),
    "disk_free_bytes": Number(kind="latest", help="Free space below data/."),
    "build_info": Number(kind="latest", help="Always 1.", labels=("version", "database")),
}  # fmt: skip
BUCKETS = (0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60, 300)
_made: dict[str, Any] = {}


def open_numbers(folder: Path) -> None:
    """Count from now on, into files of this process; without this call counting costs nothing."""
    folder.mkdir(parents=True, exist_ok=True)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)
    from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, values

    values.ValueClass = values.MultiProcessValue(process_name)  # type: ignore[no-untyped-call]
    registry = CollectorRegistry()
    for name, one in NUMBERS.items():
        said: dict[str, Any] = {
            "name": PREFIX + name, "documentation": one.help, "labelnames": one.labels,
            "registry": registry,
        }  # fmt: skip
        if one.kind == "counter":
            _made[name] = Counter(**said)
        elif one.kind == "duration":
            _made[name] = Histogram(**said, buckets=BUCKETS)
        else:
            mode: Any = "livesum" if one.kind == "gauge" else "mostrecent"
            _made[name] = Gauge(**said, multiprocess_mode=mode)


def is_watched() -> bool:
    return bool(_made)


def add(name: str, amount: float = 1, **labels: str) -> None:
    """Count on; a gauge goes up, or down by a negative amount."""
    if _made:
        labelled(name, labels).inc(amount)


def put(name: str, value: float, **labels: str) -> None:
    if _made:
        labelled(name, labels).set(value)


def took(name: str, seconds: float, **labels: str) -> None:
    if _made:
        labelled(name, labels).observe(seconds)


@contextmanager
def timed(name: str, **labels: str) -> Iterator[None]:
    began = monotonic()
    try:
        yield
    finally:
        took(name, monotonic() - began, **labels)


def labelled(name: str, labels: dict[str, str]) -> Any:
    return _made[name].labels(**labels) if labels else _made[name]


def process_name() -> str:
    """Machine and process: containers beside one another have processes of the same number."""
    return f"{machine()}-{os.getpid()}"


def machine() -> str:
    return re.sub(r"[^A-Za-z0-9-]", "-", socket.gethostname())


def forget_ended(folder: Path) -> None:
    """Gauges of this machine's processes that are no more; what they counted stays."""
    for file in folder.glob(f"gauge_live*_{machine()}-*.db"):
        number = file.stem.rpartition("-")[2]
        if number.isdigit() and not Path(f"/proc/{number}").exists():
            file.unlink(missing_ok=True)


def begin_anew(folder: Path) -> None:
    """What this machine's former processes left behind."""
    for file in folder.glob(f"*{machine()}-*.db"):
        file.unlink(missing_ok=True)


def exposition(folder: Path) -> bytes:
    """Everything, of all processes, in the text format of Prometheus."""
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)
    from prometheus_client import CollectorRegistry, generate_latest
    from prometheus_client.multiprocess import MultiProcessCollector

    forget_ended(folder)
    registry = CollectorRegistry()
    MultiProcessCollector(registry, path=str(folder))  # type: ignore[no-untyped-call]
    return generate_latest(registry)
