"""How a dataset looks: its picture's arrays, and the columns that a person colours and sizes it by."""

import json
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.db import transaction
from django.utils import timezone

from graphkeep.accounts import audit
from graphkeep.accounts.actor import Actor
from graphkeep.accounts.authorize import authorize
from graphkeep.compute.metrics.registry import METRICS
from graphkeep.datasets.models import Dataset
from graphkeep.datasets.rules import may_edit
from graphkeep.datasets.storage import graph_store
from graphkeep.graph.columns import describe
from graphkeep.graph.encodings import Encodings
from graphkeep.graph.errors import NotFoundError, UnknownColumnError, UserInputError
from graphkeep.graph.graph import Graph
from graphkeep.jobs.queue import submit
from graphkeep.store.graph_store import get_graph
from graphkeep.telemetry.tracing import span
from graphkeep.view.columns import columns_for_viewer
from graphkeep.view.palettes import COMMUNITIES, GRADIENT

ENCODINGS = {"color": "pointColorEncoding", "size": "pointSizeEncoding"}


@contextmanager
def locked_dataset(dataset_id: str, *, version: int | None = None) -> Iterator[Dataset | None]:
    """A dataset that nobody else changes meanwhile; nothing where it, or this version of it, is gone."""
    with transaction.atomic():
        rows = Dataset.objects.filter(dataset_id=dataset_id)
        if version is not None:
            rows = rows.filter(version=version, prepared_version=version)
        # To write first takes the row's lock on PostgreSQL, and on SQLite the only one that there is.
        is_there = rows.update(updated_at=timezone.now()) == 1
        yield Dataset.objects.get(dataset_id=dataset_id) if is_there else None


def put_column_descriptions(dataset_id: str, graph: Graph, computed: Mapping[str, str]) -> None:
    """Say which columns there are; those of the nodes that the sender did not bring name their metric."""
    said = {
        "node": [
            {**column.as_dict(), "computed": computed.get(column.name, "")}
            for column in describe(graph.nodes)
        ],
        "edge": [column.as_dict() for column in describe(graph.edges)],
    }
    graph_store().put_bytes(dataset_id, "columns.json", json.dumps(said).encode())


def put_view(dataset_id: str, graph: Graph, encodings: Encodings) -> None:
    """Keep a new picture; the page that shows the former one sees it by its number."""
    home = graph_store()
    number = 0
    if home.has(dataset_id, "view.json"):
        number = json.loads(home.bytes(dataset_id, "view.json")).get("picture", 0) + 1
    with span("view", node_count=graph.node_count, edge_count=graph.edge_count):
        view = columns_for_viewer(graph, encodings, positions=None)
    home.put_arrays(dataset_id, "view", **view.arrays)
    header = {**view.header, "picture": number}
    home.put_bytes(dataset_id, "view.json", json.dumps(header).encode())


def submit_repaint(dataset_id: str) -> None:
    """A job of its own each time: one that runs may have read what held before."""
    key = f"looks:{dataset_id}:{secrets.token_hex(8)}"
    submit("repaint", {"dataset_id": dataset_id}, dedupe_key=key)


def repaint(dataset_id: str) -> None:
    """Draw a dataset's picture anew from what is kept; its nodes stay where they are."""
    found = Dataset.objects.filter(dataset_id=dataset_id).first()
    if found is None or not found.is_prepared:
        return
    with locked_dataset(dataset_id, version=found.version) as dataset:
        if dataset is not None:
            put_view(dataset_id, get_graph(graph_store(), dataset_id), encodings_of(dataset))
    submit("thumbnail", {"dataset_id": dataset_id}, dedupe_key=f"thumbnail:{dataset_id}")


def encodings_of(dataset: Dataset) -> Encodings:
    return Encodings.from_wire(dataset.node_encodings, dataset.edge_encodings)[0]


def node_encoding_columns(dataset: Dataset) -> dict[str, str | None]:
    """By which column a person, or a client's encoding, colours and sizes the nodes."""
    channels = encodings_of(dataset).channels
    found = {channel: channels.get(("node", channel)) for channel in ENCODINGS}
    return {channel: rule.attribute if rule else None for channel, rule in found.items()}


def set_node_encoding(dataset: Dataset, said: Mapping[str, Any], *, actor: Actor) -> None:
    """Colour or size the nodes by a column, for everybody; by none, they look as their sender said.

    Raises:
        NotAllowedError: the actor may only look.
        UnknownColumnError: the nodes have no such column.
        UserInputError: nothing is said, a column cannot be shown so, or there is no picture yet.
    """
    authorize(may_edit, actor, dataset)
    chosen = {channel: said[channel] for channel in ENCODINGS if channel in said}
    if not chosen:
        raise UserInputError("Say color or size: a column of the nodes, or null.")
    columns = node_columns(dataset)
    rules = {
        channel: encoding_of(channel, column_named(columns, name)) if name else None
        for channel, name in chosen.items()
    }
    with locked_dataset(dataset.dataset_id) as locked:
        if locked is None:
            raise NotFoundError
        for channel, rule in rules.items():
            set_rule(locked, channel, rule)
        locked.save(update_fields=["node_encodings"])
        submit_repaint(dataset.dataset_id)
        audit.record("dataset.looks-changed", actor=actor, target=locked, **chosen)


def node_columns(dataset: Dataset) -> dict[str, dict[str, Any]]:
    """The described columns of the nodes by name.

    Raises:
        UserInputError: there are none yet.
    """
    if not dataset.is_prepared:
        raise UserInputError("This graph is not drawn yet: wait until its picture is ready.")
    said = json.loads(graph_store().bytes(dataset.dataset_id, "columns.json"))
    return {column["name"]: {"computed": "", **column} for column in said["node"]}


def column_named(columns: Mapping[str, dict[str, Any]], name: object) -> dict[str, Any]:
    if name not in columns:
        raise UnknownColumnError(str(name), list(columns))
    return columns[str(name)]


def encoding_of(channel: str, column: Mapping[str, Any]) -> dict[str, Any]:
    """The encoding of a column, as clients write it."""
    name, kind = column["name"], column["kind"]
    said = {"graphType": "point", "encodingType": channel, "attribute": name}
    metric = METRICS.get(column["computed"])
    is_group = metric is not None and metric.is_group
    if channel == "size":
        if kind != "number" or is_group:
            raise UserInputError(f"The column '{name}' holds no amounts to size the nodes by.")
        return {**said, "variation": "continuous"}
    if kind in {"number", "time"} and not is_group:
        return {**said, "variation": "continuous", "colors": list(GRADIENT)}
    return {**said, "variation": "categorical", "colors": list(COMMUNITIES)}


def set_rule(dataset: Dataset, channel: str, rule: dict[str, Any] | None) -> None:
    """Set a rule above what the sender said, or take it away."""
    encodings = dict(dataset.node_encodings)
    layers = dict(encodings.get("complex") or {})
    current = dict(layers.get("current") or {})
    current.pop(ENCODINGS[channel], None)
    if rule is not None:
        current[ENCODINGS[channel]] = rule
    dataset.node_encodings = {**encodings, "complex": {**layers, "current": current}}
