"""Metrics and traces that a process reports while it runs."""

import os
import shutil
import threading
from importlib.metadata import version
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, close_old_connections, connection
from django.db.models import Count

from graphkeep.datasets.models import Dataset
from graphkeep.jobs.models import Job
from graphkeep.server.telemetry import otlp_traces
from graphkeep.telemetry import metrics

EVERY_S = 5.0
STORE_EVERY = 60  # measure the size of the store once in so many rounds


def report_metrics(process_name: str) -> None:
    """Start reporting in this process; `process_name` is `web` or `worker`."""
    otlp_traces.open_traces(process_name)
    if not settings.METRICS_LISTEN:
        return
    metrics.enable_metrics(settings.METRICS_DIR)
    threading.Thread(target=report_periodically, args=(process_name,), daemon=True).start()


def report_periodically(process_name: str) -> None:
    pause = threading.Event()
    rounds = 0
    while True:
        write_process_metrics(process_name)
        if process_name == "worker":
            try:
                write_server_metrics(with_store=rounds % STORE_EVERY == 0)
            except DatabaseError:
                metrics.set_gauge("jobs", float("nan"), state="queued")
            finally:
                close_old_connections()
        rounds += 1
        pause.wait(EVERY_S)


def write_process_metrics(process_name: str) -> None:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    metrics.set_gauge(
        "process_resident_bytes", pages * os.sysconf("SC_PAGE_SIZE"), part=process_name
    )
    pool = getattr(connection, "pool", None) if connection.vendor == "postgresql" else None
    if pool is not None:
        stats = pool.get_stats()
        idle = stats.get("pool_available", 0)
        metrics.set_gauge("database_connections", idle, state="idle")
        metrics.set_gauge("database_connections", stats.get("pool_size", 0) - idle, state="used")
        metrics.set_gauge(
            "database_connections", stats.get("requests_waiting", 0), state="waited-for"
        )


def write_server_metrics(*, with_store: bool) -> None:
    """Metrics of the whole server, which only the worker reports."""
    counts = dict(Job.objects.values_list("state").annotate(Count("pk")))
    for state in Job.State.values:
        metrics.set_gauge("jobs", counts.get(state, 0), state=state)
    metrics.set_gauge("graphs", Dataset.objects.count())
    metrics.set_gauge("disk_free_bytes", shutil.disk_usage(settings.DATA_DIR).free)
    metrics.set_gauge("build_info", 1, version=version("graphkeep"), database=connection.vendor)
    if with_store:
        metrics.set_gauge(
            "store_bytes", sum(map(size_of, (settings.STORE_DIR, settings.UPLOAD_DIR)))
        )


def size_of(folder: Path) -> int:
    return sum(
        (Path(parent) / name).lstat().st_size
        for parent, _, names in os.walk(folder)
        for name in names
        if (Path(parent) / name).exists()
    )
