"""Metrics of a graph as columns of its nodes: asked for, worked out by a job, taken away."""

import re
import secrets
from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from graphkeep.accounts import audit
from graphkeep.accounts.actor import Actor, system_actor
from graphkeep.accounts.authorize import authorize
from graphkeep.compute.metric import Metric, Values
from graphkeep.compute.metrics.registry import METRICS
from graphkeep.compute.parameters import TablesOnly
from graphkeep.datasets.models import Dataset
from graphkeep.datasets.operations.appearance import (
    ENCODINGS,
    encodings_of,
    locked_dataset,
    node_columns,
    put_column_descriptions,
    put_view,
    set_rule,
)
from graphkeep.datasets.operations.default_columns import with_communities
from graphkeep.datasets.rules import may_edit
from graphkeep.datasets.storage import graph_store
from graphkeep.graph.errors import NotFoundError, UserInputError
from graphkeep.graph.graph import Graph
from graphkeep.jobs.models import Job
from graphkeep.jobs.queue import ACTIVE, active_job, cancel, latest_job, submit
from graphkeep.jobs.registry import JobContext
from graphkeep.store.graph_store import bindings_of, get_graph
from graphkeep.telemetry.tracing import span

MAX_METRICS = 20
COLUMN = re.compile(r"[\w .:-]{1,100}")

# One metric of a dataset, as `extras["metrics"]` keeps it: `metric`, `column`, `options`, the `error` of its
# last run, and `ask`, which changes with every request: a run that is not of the last request lands nowhere.
Entry = dict[str, Any]


def metrics_of(dataset: Dataset) -> list[Entry]:
    found: list[Entry] = dataset.extras.get("metrics") or []
    return found


def job_key(dataset: Dataset, entry: Entry) -> str:
    """Of one request and one version: what still works on former data does not count for new ones."""
    return f"metric:{dataset.dataset_id}:{entry['ask']}:{dataset.version}"


def add_metric(dataset: Dataset, said: Mapping[str, Any], *, actor: Actor) -> None:
    """Have a metric worked out; its column stands beside those of the upload, for everybody.

    Raises:
        NotAllowedError: the actor may only look.
        UserInputError: there is no such metric, option or picture, or the column is the sender's own.
    """
    authorize(may_edit, actor, dataset)
    columns = node_columns(dataset)
    metric = metric_named(said.get("metric"))
    column = str(said.get("column") or metric.name).strip()
    if not COLUMN.fullmatch(column):
        raise UserInputError(
            "A column's name has 1 to 100 letters, digits, spaces, or any of _ . : -."
        )
    if column in columns and not columns[column]["computed"]:
        raise UserInputError(
            f"The nodes have a column '{column}' of their own already. Say another name as column."
        )
    options = said.get("options") or {}
    if not isinstance(options, Mapping):
        raise UserInputError("options must be an object.")
    store = graph_store()
    tables = TablesOnly(
        nodes=store.table(dataset.dataset_id, "nodes"),
        edges=store.table(dataset.dataset_id, "edges"),
        node_column=bindings_of(store, dataset.dataset_id).node or "id",
    )
    checked = metric.check(options, tables)
    entry: Entry = {
        "metric": metric.name,
        "column": column,
        "options": checked,
        "error": "",
        "ask": secrets.token_hex(8),
    }
    with locked_dataset(dataset.dataset_id) as locked:
        if locked is None:
            raise NotFoundError
        others = [one for one in metrics_of(locked) if one["column"] != column]
        if len(others) >= MAX_METRICS:
            raise UserInputError(f"A graph has at most {MAX_METRICS} metrics. Remove one first.")
        cancel_metric_job(locked, column)
        store_metrics(locked, [*others, entry])
        submit_metric(locked, entry)
        audit.record(
            "dataset.metric-added", actor=actor, target=locked, metric=metric.name, column=column
        )


def remove_metric(dataset: Dataset, column: str, *, actor: Actor) -> None:
    """Stop the work on a metric, and take its column away; one that is not there is none."""
    authorize(may_edit, actor, dataset)
    with locked_dataset(dataset.dataset_id) as locked:
        if locked is None:
            raise NotFoundError
        left = [one for one in metrics_of(locked) if one["column"] != column]
        if len(left) == len(metrics_of(locked)):
            return
        cancel_metric_job(locked, column)
        store_metrics(locked, left)
        rules = encodings_of(locked).channels
        for channel in ENCODINGS:
            rule = rules.get(("node", channel))
            if rule is not None and rule.attribute == column:
                set_rule(locked, channel, None)
        locked.save(update_fields=["node_encodings"])
        submit(
            "drop-metric",
            {"dataset_id": dataset.dataset_id, "column": column},
            dedupe_key=f"metric:{dataset.dataset_id}:drop:{secrets.token_hex(8)}",
        )
        audit.record("dataset.metric-removed", actor=actor, target=locked, column=column)


def metric_named(name: object) -> Metric:
    metric = METRICS.get(str(name))
    if metric is None:
        raise UserInputError(f"There is no metric '{name}'. There are: {', '.join(METRICS)}.")
    return metric


def store_metrics(dataset: Dataset, entries: list[Entry]) -> None:
    dataset.extras = {**dataset.extras, "metrics": entries}
    dataset.save(update_fields=["extras"])


def cancel_metric_job(dataset: Dataset, column: str) -> None:
    for entry in metrics_of(dataset):
        job = active_job(job_key(dataset, entry)) if entry["column"] == column else None
        if job is not None:
            cancel(job)


def submit_metric(dataset: Dataset, entry: Entry) -> None:
    submit(
        "metric",
        {"dataset_id": dataset.dataset_id, "ask": entry["ask"]},
        dedupe_key=job_key(dataset, entry),
    )


def resubmit_metrics(dataset_id: str) -> None:
    """Queue all metrics of a dataset whose tables were read anew."""
    for dataset in Dataset.objects.filter(dataset_id=dataset_id):
        for entry in metrics_of(dataset):
            submit_metric(dataset, entry)


def compute_metric(context: JobContext, dataset_id: str, ask: str) -> None:
    """Work a metric out and keep its column; why that does not go is kept for who asked.

    Raises:
        UserInputError: an option does not fit the graph, such as a weight below 0.
    """
    dataset = Dataset.objects.filter(dataset_id=dataset_id).first()
    entry = entry_of(dataset, ask)
    if dataset is None or entry is None or not dataset.is_prepared:
        return
    metric = metric_named(entry["metric"])
    message = f"Computing {metric.title}"
    context.progress(0.0, message)
    graph = get_graph(graph_store(), dataset_id)
    try:
        if entry["column"] in given_columns(dataset):
            raise UserInputError(
                f"The nodes now have a column '{entry['column']}' of their own; it is kept."
            )
        options = metric.check(entry["options"], graph)
        with span("metric", node_count=graph.node_count, edge_count=graph.edge_count):
            values = metric.compute(graph, options, lambda share: context.progress(share, message))
    except UserInputError as error:
        store_error(dataset_id, ask, error.message)
        raise
    context.progress(1.0, message)
    store_result(dataset, ask, values)


def given_columns(dataset: Dataset) -> set[str]:
    return {name for name, column in node_columns(dataset).items() if not column["computed"]}


def entry_of(dataset: Dataset | None, ask: str) -> Entry | None:
    entries = metrics_of(dataset) if dataset is not None else []
    return next((one for one in entries if one["ask"] == ask), None)


def store_error(dataset_id: str, ask: str, message: str) -> None:
    with locked_dataset(dataset_id) as dataset:
        entry = entry_of(dataset, ask)
        if dataset is not None and entry is not None:
            changed = {**entry, "error": message}
            store_metrics(
                dataset, [changed if one is entry else one for one in metrics_of(dataset)]
            )


def store_result(found: Dataset, ask: str, values: Values) -> None:
    """The column into the table, unless it was called off or the data changed meanwhile."""
    with locked_dataset(found.dataset_id, version=found.version) as dataset:
        entry = entry_of(dataset, ask)
        if dataset is None or entry is None:
            return
        column = entry["column"]
        graph = get_graph(
            graph_store(), dataset.dataset_id
        )  # anew: another metric may have come in
        graph = with_column(graph, column, pa.array(values))
        store_nodes(dataset, graph, column)
        if is_shown(dataset, column):
            rebuild_view(dataset, graph)
        store_metrics(
            dataset,
            [{**one, "error": ""} if one is entry else one for one in metrics_of(dataset)],
        )
        audit.record(
            "dataset.measured", actor=system_actor("worker"), target=dataset, column=column
        )


def drop_column(dataset_id: str, column: str) -> None:
    """A column that nobody wants any more; the automatic one of its name comes back."""
    found = Dataset.objects.filter(dataset_id=dataset_id).first()
    if found is None or not found.is_prepared:
        return
    with locked_dataset(dataset_id, version=found.version) as dataset:
        if dataset is None or any(one["column"] == column for one in metrics_of(dataset)):
            return
        if not node_columns(dataset).get(column, {}).get("computed"):
            return
        graph = with_communities(without_column(get_graph(graph_store(), dataset_id), column))
        store_nodes(dataset, graph, column)
        rebuild_view(dataset, graph)  # its colours may have been of that column


def store_nodes(dataset: Dataset, graph: Graph, column: str) -> None:
    """Nodes of which one column changed."""
    computed = {name: one["computed"] for name, one in node_columns(dataset).items()}
    names = {one["column"]: one["metric"] for one in metrics_of(dataset)}
    computed[column] = names.get(column, column)
    graph_store().put_table(dataset.dataset_id, "nodes", graph.nodes)
    put_column_descriptions(dataset.dataset_id, graph, computed)


def is_shown(dataset: Dataset, column: str) -> bool:
    """Whether the picture is drawn by this column."""
    encodings = encodings_of(dataset)
    rules = (*encodings.channels.values(), *encodings.badges)
    return column == "community" or any(rule.attribute == column for rule in rules)


def rebuild_view(dataset: Dataset, graph: Graph) -> None:
    put_view(dataset.dataset_id, graph, encodings_of(dataset))
    key = f"thumbnail:{dataset.dataset_id}"
    submit("thumbnail", {"dataset_id": dataset.dataset_id}, dedupe_key=key)


def with_column(graph: Graph, name: str, values: pa.Array) -> Graph:
    nodes = graph.nodes
    if name in nodes.column_names:
        nodes = nodes.set_column(nodes.column_names.index(name), name, values)
    else:
        nodes = nodes.append_column(name, values)
    return with_nodes(graph, nodes)


def without_column(graph: Graph, name: str) -> Graph:
    has = name in graph.nodes.column_names
    return with_nodes(graph, graph.nodes.drop_columns([name])) if has else graph


def with_nodes(graph: Graph, nodes: pa.Table) -> Graph:
    return Graph(
        nodes=nodes,
        edges=graph.edges,
        bindings=graph.bindings,
        source_index=graph.source_index,
        destination_index=graph.destination_index,
    )


def metric_status(dataset: Dataset, columns: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Every metric of a dataset as the page hears of it."""
    entries = metrics_of(dataset)
    if not entries:
        return []
    keys = [job_key(dataset, one) for one in entries]
    jobs = {
        job.dedupe_key: job for job in Job.objects.filter(dedupe_key__in=keys, state__in=ACTIVE)
    }
    there = {column["name"] for column in columns if column.get("computed")}
    return [
        {
            "metric": entry["metric"],
            "title": metric_named(entry["metric"]).title,
            "column": entry["column"],
            "options": entry["options"],
            **progress_of(dataset, entry, jobs.get(job_key(dataset, entry)), there),
        }
        for entry in entries
    ]


def progress_of(dataset: Dataset, entry: Entry, job: Job | None, there: set[str]) -> dict[str, Any]:
    if job is not None:
        return {"state": str(job.state), "progress": job.progress, "message": job.message}
    if entry["error"]:
        return {"state": "failed", "progress": 0.0, "message": entry["error"]}
    last = None if entry["column"] in there else latest_job(job_key(dataset, entry))
    if last is not None and last.is_over and last.state != Job.State.DONE:
        message = last.message if last.state == Job.State.FAILED else "This work was stopped."
        return {"state": "failed", "progress": 0.0, "message": message}
    state = "done" if entry["column"] in there else "queued"
    return {"state": state, "progress": float(state == "done"), "message": ""}
