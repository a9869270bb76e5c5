"""The jobs of metric columns: compute one, or drop it."""

from dataclasses import replace

import pyarrow as pa

from graphkeep.accounts import audit
from graphkeep.accounts.actor import system_actor
from graphkeep.compute.metric import Values
from graphkeep.datasets.dataset_files import DatasetFiles
from graphkeep.datasets.models import Dataset
from graphkeep.datasets.operations.appearance import save_column_descriptions, save_view
from graphkeep.datasets.operations.default_columns import with_communities
from graphkeep.datasets.operations.locking import locked_dataset
from graphkeep.datasets.operations.metrics.metric_columns import metric_named, store_metrics
from graphkeep.datasets.operations.thumbnail import submit_thumbnail
from graphkeep.datasets.queries.columns import node_columns, uploaded_columns
from graphkeep.datasets.queries.encodings import encodings_of, is_shown
from graphkeep.datasets.queries.metrics import metric_columns, requested_column
from graphkeep.graph.errors import UserInputError
from graphkeep.graph.graph import Graph
from graphkeep.jobs.registry import JobContext
from graphkeep.telemetry.tracing import span


def compute_metric(context: JobContext, dataset_id: str, request_id: str) -> None:
    """Compute a metric and store its column; an error is stored with it, for the page.

    Raises:
        UserInputError: an option does not suit the graph, such as a weight below 0.
    """
    dataset = Dataset.objects.filter(dataset_id=dataset_id).first()
    column = requested_column(dataset, request_id)
    if dataset is None or column is None or not dataset.is_prepared:
        return
    metric = metric_named(column.metric)
    message = f"Computing {metric.title}"
    context.progress(0.0, message)
    graph = DatasetFiles(dataset_id).graph()
    try:
        if column.column in uploaded_columns(dataset):
            raise UserInputError(
                f"The nodes now have an imported column '{column.column}'; it is not replaced."
            )
        options = metric.check(column.options, graph)
        with span("metric", node_count=graph.node_count, edge_count=graph.edge_count):
            values = metric.compute(graph, options, lambda share: context.progress(share, message))
    except UserInputError as error:
        store_error(dataset_id, request_id, error.message)
        raise
    context.progress(1.0, message)
    store_result(dataset, request_id, values)


def store_error(dataset_id: str, request_id: str, message: str) -> None:
    with locked_dataset(dataset_id) as dataset:
        if dataset is not None:
            set_error(dataset, request_id, message)


def set_error(dataset: Dataset, request_id: str, message: str) -> None:
    store_metrics(
        dataset,
        [
            replace(column, error=message) if column.request_id == request_id else column
            for column in metric_columns(dataset)
        ],
    )


def store_result(prepared: Dataset, request_id: str, values: Values) -> None:
    """Store a metric's values, unless it was removed or the data changed meanwhile."""
    with locked_dataset(prepared.dataset_id, version=prepared.version) as dataset:
        column = requested_column(dataset, request_id)
        if dataset is None or column is None:
            return
        files = DatasetFiles(dataset.dataset_id)
        graph = files.graph()  # read again: another metric may have been stored
        graph = with_column(graph, column.column, pa.array(values))
        save_nodes(files, dataset, graph, column.column)
        if is_shown(dataset, column.column):
            update_view(files, dataset, graph)
        set_error(dataset, request_id, "")
        audit.record(
            "dataset.measured", actor=system_actor("worker"), target=dataset, column=column.column
        )


def drop_column(dataset_id: str, column: str) -> None:
    """Drop a computed column that is no metric any more; the automatic one of its name comes back."""
    current = Dataset.objects.filter(dataset_id=dataset_id).first()
    if current is None or not current.is_prepared:
        return
    with locked_dataset(dataset_id, version=current.version) as dataset:
        if dataset is None or any(
            metric_column.column == column for metric_column in metric_columns(dataset)
        ):
            return
        if not node_columns(dataset).get(column, {}).get("computed"):
            return
        files = DatasetFiles(dataset_id)
        graph = with_communities(without_column(files.graph(), column))
        save_nodes(files, dataset, graph, column)
        update_view(files, dataset, graph)  # its colors may depend on that column


def save_nodes(files: DatasetFiles, dataset: Dataset, graph: Graph, column: str) -> None:
    """Store nodes of which one column changed, and the descriptions of all."""
    computed = {
        name: description["computed"] for name, description in node_columns(dataset).items()
    }
    metrics = {
        metric_column.column: metric_column.metric for metric_column in metric_columns(dataset)
    }
    computed[column] = metrics.get(column, column)
    files.save_nodes(graph.nodes)
    save_column_descriptions(files, graph, computed)


def update_view(files: DatasetFiles, dataset: Dataset, graph: Graph) -> None:
    save_view(files, graph, encodings_of(dataset))
    submit_thumbnail(dataset.dataset_id)


def with_column(graph: Graph, name: str, values: pa.Array) -> Graph:
    nodes = graph.nodes
    if name in nodes.column_names:
        nodes = nodes.set_column(nodes.column_names.index(name), name, values)
    else:
        nodes = nodes.append_column(name, values)
    return replace(graph, nodes=nodes)


def without_column(graph: Graph, name: str) -> Graph:
    has_column = name in graph.nodes.column_names
    return replace(graph, nodes=graph.nodes.drop_columns([name])) if has_column else graph
