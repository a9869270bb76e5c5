"""Appearance: the arrays of a dataset's picture, and the columns that color and size its nodes."""

from collections.abc import Mapping
from typing import Any

from graphkeep.accounts import audit
from graphkeep.accounts.actor import Actor
from graphkeep.accounts.authorize import authorize
from graphkeep.compute.metrics.registry import METRICS
from graphkeep.datasets.dataset_files import DatasetFiles
from graphkeep.datasets.job_keys import repaint_key
from graphkeep.datasets.models import Dataset
from graphkeep.datasets.operations.locking import locked_dataset
from graphkeep.datasets.operations.thumbnail import submit_thumbnail
from graphkeep.datasets.queries.columns import column_named, node_columns
from graphkeep.datasets.queries.encodings import CHANNELS, encodings_of
from graphkeep.datasets.rules import may_edit
from graphkeep.graph.columns import describe
from graphkeep.graph.encodings import Encodings
from graphkeep.graph.errors import NotFoundError, UserInputError
from graphkeep.graph.graph import Graph
from graphkeep.jobs.queue import submit
from graphkeep.telemetry.tracing import span
from graphkeep.view.columns import columns_for_viewer
from graphkeep.view.palettes import COMMUNITIES, GRADIENT


def save_column_descriptions(
    files: DatasetFiles, graph: Graph, computed: Mapping[str, str]
) -> None:
    """`computed` maps the node columns that were not uploaded to their metric."""
    files.save_columns(
        {
            "node": [
                {**column.as_dict(), "computed": computed.get(column.name, "")}
                for column in describe(graph.nodes)
            ],
            "edge": [column.as_dict() for column in describe(graph.edges)],
        }
    )


def save_view(files: DatasetFiles, graph: Graph, encodings: Encodings) -> None:
    """Compute and store the arrays of the picture; pages reload it when its number changes."""
    number = files.view_header().get("picture", 0) + 1 if files.has_view() else 0
    with span("view", node_count=graph.node_count, edge_count=graph.edge_count):
        view = columns_for_viewer(graph, encodings, positions=None)
    files.save_view({**view.header, "picture": number}, view.arrays)


def submit_repaint(dataset_id: str) -> None:
    submit("repaint", {"dataset_id": dataset_id}, dedupe_key=repaint_key(dataset_id))


def repaint(dataset_id: str) -> None:
    """Compute a dataset's picture again from its stored tables; the nodes do not move."""
    current = Dataset.objects.filter(dataset_id=dataset_id).first()
    if current is None or not current.is_prepared:
        return
    files = DatasetFiles(dataset_id)
    with locked_dataset(dataset_id, version=current.version) as dataset:
        if dataset is not None:
            save_view(files, files.graph(), encodings_of(dataset))
    submit_thumbnail(dataset_id)


def set_node_encoding(dataset: Dataset, columns: Mapping[str, Any], *, actor: Actor) -> None:
    """Color or size the nodes by a column, for everybody; None goes back to the upload's encoding.

    `columns` maps `color`, `size` or both to a column of the nodes.

    Raises:
        NotAllowedError: the actor may only view.
        UnknownColumnError: the nodes have no such column.
        UserInputError: no channel is named, a column does not suit its channel, or the dataset is not prepared.
    """
    authorize(may_edit, actor, dataset)
    column_by_channel = {channel: columns[channel] for channel in CHANNELS if channel in columns}
    if not column_by_channel:
        raise UserInputError("Set color or size: a node column, or null.")
    descriptions = node_columns(dataset)
    rules = {
        channel: encoding_rule(channel, column_named(descriptions, name)) if name else None
        for channel, name in column_by_channel.items()
    }
    with locked_dataset(dataset.dataset_id) as locked:
        if locked is None:
            raise NotFoundError
        for channel, rule in rules.items():
            set_rule(locked, channel, rule)
        locked.save(update_fields=["node_encodings"])
        submit_repaint(dataset.dataset_id)
        audit.record("dataset.looks-changed", actor=actor, target=locked, **column_by_channel)


def encoding_rule(channel: str, column: Mapping[str, Any]) -> dict[str, Any]:
    """The encoding of a described column, as clients write it.

    Raises:
        UserInputError: a size by something that is no amount.
    """
    name, kind = column["name"], column["kind"]
    rule = {"graphType": "point", "encodingType": channel, "attribute": name}
    metric = METRICS.get(column["computed"])
    is_group = metric is not None and metric.is_group
    if channel == "size":
        if kind != "number" or is_group:
            raise UserInputError(
                f"The column '{name}' contains no positive numbers for node sizes."
            )
        return {**rule, "variation": "continuous"}
    if kind in {"number", "time"} and not is_group:
        return {**rule, "variation": "continuous", "colors": list(GRADIENT)}
    return {**rule, "variation": "categorical", "colors": list(COMMUNITIES)}


def set_rule(dataset: Dataset, channel: str, rule: dict[str, Any] | None) -> None:
    """Override the upload's encoding of a channel, or end that with None; the caller saves."""
    encodings = dict(dataset.node_encodings)
    layers = dict(encodings.get("complex") or {})
    current = dict(layers.get("current") or {})
    current.pop(CHANNELS[channel], None)
    if rule is not None:
        current[CHANNELS[channel]] = rule
    dataset.node_encodings = {**encodings, "complex": {**layers, "current": current}}
