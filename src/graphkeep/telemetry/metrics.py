"""Metrics in the Prometheus format: counters, gauges and histograms; no cost until they are enabled.

Every process writes its own files below one folder, and the metrics endpoint adds them up. Labels name kinds
(a route, an outcome), never a person, dataset or address.
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
class Metric:
    kind: Literal["counter", "gauge", "latest", "duration"]
    """A `gauge` is summed over running processes; a `latest` is the value that was set last."""
    help: str
    labels: tuple[str, ...] = ()


METRICS = {
    "requests_total": Metric(kind="counter", help="Requests answered.", labels=("route", "status")),
    "request_seconds": Metric(kind="duration", help="From request to last byte.", labels=("route",)),
    "sockets_open": Metric(kind="gauge", help="WebSockets that are open."),
    "sent_bytes_total": Metric(kind="counter", help="Bytes of answers.", labels=("route",)),
    "uploads_total": Metric(kind="counter", help="Uploads received.", labels=("outcome",)),
    "upload_bytes_total": Metric(kind="counter", help="Bytes of uploads received."),
    "parse_seconds": Metric(kind="duration", help="Parsing one upload in its sandbox."),
    "jobs": Metric(kind="latest", help="Jobs by state.", labels=("state",)),
    "jobs_finished_total": Metric(kind="counter", help="Jobs ended.", labels=("kind", "outcome")),
    "job_seconds": Metric(kind="duration", help="Work on one job.", labels=("kind",)),
    "layout_seconds": Metric(kind="duration", help="Layout of one graph."),
    "egress_connections_total": Metric(
        kind="counter", help="Connections to other machines.", labels=("component", "outcome")
    ),
    "egress_bytes_total": Metric(
        kind="counter", help="Bytes sent to other machines.", labels=("component",)
    ),
    "connector_queries_total": Metric(
        kind="counter", help="Queries to connectors, refused ones included.", labels=("kind", "outcome")
    ),
    "connector_query_seconds": Metric(
        kind="duration", help="A query, from its turn's wait to its stored rows.", labels=("kind",)
    ),
    "connector_rows_total": Metric(kind="counter", help="Rows fetched by connectors.", labels=("kind",)),
    "connector_bytes_total": Metric(kind="counter", help="Bytes of these rows.", labels=("kind",)),
    "connector_tests_total": Metric(kind="counter", help="Tests of connectors.", labels=("outcome",)),
    "sign_in_failures_total": Metric(kind="counter", help="Sign-ins refused.", labels=("why",)),
    "database_connections": Metric(kind="gauge", help="Pooled connections.", labels=("state",)),
    "process_resident_bytes": Metric(kind="gauge", help="Memory of the processes.", labels=("part",)),
    "store_bytes": Metric(kind="latest", help="Bytes of graphs and uploads on disk."),
    "graphs": Metric(kind="latest", help="Stored graphs."),
    "disk_free_bytes": Metric(kind="latest", help="Free space below data/."),
    "build_info": Metric(kind="latest", help="Always 1.", labels=("version", "database")),
}  # fmt: skip
BUCKETS = (0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60, 300)
_collectors: dict[str, Any] = {}


def enable_metrics(folder: Path) -> None:
    """Record metrics from now on, into files of this process below `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)
    from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, values

    values.ValueClass = values.MultiProcessValue(process_name)  # type: ignore[no-untyped-call]
    registry = CollectorRegistry()
    for name, metric in METRICS.items():
        arguments: dict[str, Any] = {
            "name": PREFIX + name, "documentation": metric.help, "labelnames": metric.labels,
            "registry": registry,
        }  # fmt: skip
        if metric.kind == "counter":
            _collectors[name] = Counter(**arguments)
        elif metric.kind == "duration":
            _collectors[name] = Histogram(**arguments, buckets=BUCKETS)
        else:
            mode: Any = "livesum" if metric.kind == "gauge" else "mostrecent"
            _collectors[name] = Gauge(**arguments, multiprocess_mode=mode)


def is_enabled() -> bool:
    """Whether metrics are recorded in this process."""
    return bool(_collectors)


def inc(name: str, amount: float = 1, **labels: str) -> None:
    """Increment a counter; a gauge also decrements, by a negative amount."""
    if _collectors:
        labelled(name, labels).inc(amount)


def set_gauge(name: str, value: float, **labels: str) -> None:
    """Set a gauge or a `latest`."""
    if _collectors:
        labelled(name, labels).set(value)


def observe(name: str, seconds: float, **labels: str) -> None:
    """Add one duration to a histogram."""
    if _collectors:
        labelled(name, labels).observe(seconds)


@contextmanager
def observe_duration(name: str, **labels: str) -> Iterator[None]:
    """Observe the wall time of the block, also when it raises."""
    started_at = monotonic()
    try:
        yield
    finally:
        observe(name, monotonic() - started_at, **labels)


def labelled(name: str, labels: dict[str, str]) -> Any:
    return _collectors[name].labels(**labels) if labels else _collectors[name]


def process_name() -> str:
    """Host and process id: containers of one stack share process ids, never host names."""
    return f"{machine()}-{os.getpid()}"


def machine() -> str:
    return re.sub(r"[^A-Za-z0-9-]", "-", socket.gethostname())


def remove_ended_processes(folder: Path) -> None:
    """Remove the gauges of this host's ended processes; their counters stay."""
    for file in folder.glob(f"gauge_live*_{machine()}-*.db"):
        number = file.stem.rpartition("-")[2]
        if number.isdigit() and not Path(f"/proc/{number}").exists():
            file.unlink(missing_ok=True)


def remove_own_files(folder: Path) -> None:
    """Remove the files of this host's former processes."""
    for file in folder.glob(f"*{machine()}-*.db"):
        file.unlink(missing_ok=True)


def exposition(folder: Path) -> bytes:
    """All metrics of all processes in the Prometheus text format."""
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)
    from prometheus_client import CollectorRegistry, generate_latest
    from prometheus_client.multiprocess import MultiProcessCollector

    remove_ended_processes(folder)
    registry = CollectorRegistry()
    MultiProcessCollector(registry, path=str(folder))  # type: ignore[no-untyped-call]
    return generate_latest(registry)
